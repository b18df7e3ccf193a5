from leveret.perf.scenarios import bind_churn


def test_bindings_are_made_and_unmade(address, pace):
    result = bind_churn.run(address, pace, lambda _sample: None, at_once=20)
    assert result.figures["bound_per_s"] > 0
    assert result.figures["unbound_per_s"] > 0
    assert result.broker.startswith("Leveret")
