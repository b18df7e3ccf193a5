from dataclasses import replace

from leveret.perf.scenarios import throughput


def test_messages_flow_through_one_queue(address, traffic):
    samples = []
    result = throughput.run(address, traffic, samples.append)
    assert result.figures["published_total"] == result.figures["delivered_total"] > 0
    assert result.samples == samples
    assert result.settings["arguments"] == {}
    assert result.broker.startswith("Leveret")


def test_without_confirms_nothing_is_lost_either(address, traffic):
    figures = throughput.run(address, replace(traffic, confirm=0), lambda _sample: None).figures
    assert figures["published_total"] == figures["delivered_total"] > 0


def test_with_confirms_acks_and_order_checked(address, traffic):
    careful = replace(
        traffic,
        producers=2,
        consumers=2,
        confirm=50,
        auto_ack=False,
        prefetch=20,
        ack_batch=7,
        persistent=True,
        check_sequence=True,
    )
    figures = throughput.run(address, careful, lambda _sample: None).figures
    assert figures["published_total"] == figures["delivered_total"] > 0


def test_a_rate_is_kept(address, traffic):
    slow = replace(traffic, rate=200.0, duration_s=0.2)
    figures = throughput.run(address, slow, lambda _sample: None).figures
    assert 0 < figures["published_total"] <= 200


def test_the_queue_may_have_arguments(address, traffic):
    arguments = {"x-queue-type": "quorum", "x-max-length": 100_000}
    result = throughput.run(address, traffic, lambda _sample: None, arguments=arguments)
    assert result.figures["published_total"] == result.figures["delivered_total"] > 0
    assert result.settings["arguments"] == arguments
