from leveret.perf.flow import Flow
from leveret.perf.scenarios import many_queues


def test_each_number_of_queues_has_its_cost(address, traffic):
    figures = many_queues.run(address, traffic, lambda _sample: None, counts=(1, 20)).figures
    assert figures["1_queues_cost_ratio"] == 1
    assert figures["20_queues_per_s"] > 0


def test_the_cost_is_relative_to_the_first():
    figures = {}
    many_queues.add_cost(figures, "first", Flow({"delivered_per_s": 100_000.0}, []))
    many_queues.add_cost(figures, "second", Flow({"delivered_per_s": 50_000.0}, []))
    assert figures["first_us_per_message"] == 10
    assert figures["second_cost_ratio"] == 2


def test_the_cost_is_the_brokers_processor_time_if_that_is_known():
    figures = {}
    known = {"delivered_per_s": 100_000.0, "broker_busy_us_per_message": 3.0}
    many_queues.add_cost(figures, "first", Flow(known, []))
    assert figures["first_us_per_message"] == 3


def test_nothing_delivered_has_no_cost():
    figures = {}
    many_queues.add_cost(figures, "first", Flow({}, [], interrupted=True))
    assert figures == {}
