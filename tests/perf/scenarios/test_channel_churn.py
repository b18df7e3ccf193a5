from leveret.perf.scenarios import channel_churn


def test_channels_are_made_and_unmade(address, pace):
    result = channel_churn.run(address, pace, lambda _sample: None, at_once=20)
    assert result.figures["opened_per_s"] > 0
    assert result.figures["closed_per_s"] > 0
    assert result.broker.startswith("Leveret")
