from leveret.perf.scenarios import topic_bindings
from leveret.perf.scenarios.topic_bindings import ROUTING_KEYS, patterns, routing_keys


def test_each_number_of_bindings_has_its_cost(address, traffic, monkeypatch):
    monkeypatch.setattr(topic_bindings, "ROUTING_KEYS", 100)
    figures = topic_bindings.run(address, traffic, lambda _sample: None, counts=(2, 50)).figures
    assert figures["2_bindings_cost_ratio"] == 1
    assert figures["50_bindings_per_s"] > 0


def test_every_routing_key_has_one_pattern():
    for count in (1, 10, 1000):
        sites = {pattern.partition(".")[0] for pattern in patterns(count)}
        keys = routing_keys(count)
        assert len(keys) == ROUTING_KEYS == len(set(keys))
        assert {key.partition(".")[0] for key in keys} == sites


def test_more_patterns_than_keys_are_met_evenly():
    sites = [int(key[4:10]) for key in routing_keys(100_000)]
    assert sites == list(range(0, 100_000, 10))
