from leveret.perf.scenarios import queue_churn


def test_queues_are_made_and_unmade(address, pace):
    result = queue_churn.run(address, pace, lambda _sample: None, at_once=20)
    assert result.figures["declared_per_s"] > 0
    assert result.figures["deleted_per_s"] > 0
    assert result.broker.startswith("Leveret")
