from dataclasses import replace

import pytest

from leveret.perf.scenarios import fan_out


@pytest.mark.parametrize("consumers", [1, 2])
def test_every_queue_gets_every_message(address, traffic, consumers):
    several = replace(traffic, consumers=consumers)
    figures = fan_out.run(address, several, lambda _sample: None, queues=3).figures
    assert figures["delivered_total"] == 3 * figures["published_total"] > 0


def test_there_are_no_more_consumers_than_queues(address, traffic):
    several = replace(traffic, consumers=5)
    figures = fan_out.run(address, several, lambda _sample: None, queues=1).figures
    assert figures["delivered_total"] == figures["published_total"] > 0
