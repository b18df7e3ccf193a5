"""What all clients of a node may have together."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.errors import NotAllowed, PreconditionFailed
from leveret.broker.node_limits import NodeLimits
from leveret.broker.queues.queue import QueueOptions
from tests.broker.domain import HandClock, random_bytes


def test_without_limits_everything_is_allowed():
    NodeLimits().refuse_channel(10**6, "leveret@burrow")
    NodeLimits().refuse_queue(10**6, "q")


def test_a_channel_beyond_the_limit_is_refused():
    limits = NodeLimits(channels=3)
    limits.refuse_channel(2, "leveret@burrow")
    with pytest.raises(NotAllowed) as refused:
        limits.refuse_channel(3, "leveret@burrow")
    assert str(refused.value) == (
        "number of channels opened on node 'leveret@burrow' has reached the maximum allowed "
        "limit of (3)"
    )


def test_queues_of_all_vhosts_count():
    broker = Broker(HandClock(), random_bytes())
    broker.node_limits = NodeLimits(queues=2)
    one, other = broker.add_vhost("one"), broker.add_vhost("other")
    queue = one.create_queue("a", QueueOptions(), None)
    other.create_queue("b", QueueOptions(), None)
    with pytest.raises(PreconditionFailed) as refused:
        other.create_queue("c", QueueOptions(), None)
    assert str(refused.value) == ("cannot declare queue 'c': queue limit in cluster (2) is reached")
    one.remove_queue(queue)
    other.create_queue("c", QueueOptions(), None)
