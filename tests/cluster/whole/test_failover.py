"""Scenario 13: the node that leads a mirrored queue ends in every way, and its clients go on.

The clients are those of the chaos runs, and so is who judges: numbered publishes with a confirm
each, acks with fences behind them. They are on the nodes that stay, and must stay connected.
"""

import time
from dataclasses import dataclass

import pytest

from tests.cluster.chaos.checker import check
from tests.cluster.chaos.driving import drain_all
from tests.cluster.chaos.history import Confirmed, History
from tests.cluster.chaos.leveret import leveret_cluster, wait_until_mirrored
from tests.cluster.chaos.load import QUEUE, Load
from tests.cluster.chaos.schedule import Part
from tests.cluster.nats.servers import is_installed
from tests.cluster.whole.nodes import (
    channel_of,
    mirrors_of,
    publish,
    queue_of,
    take_all,
    until,
    until_equal,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not is_installed(), reason="needs nats-server"),
]

WARM_S = 3.0
# How long after the end of the pause the leader stays away.
AWAY_S = 3.0
# What a busy machine may add to the pauses that are promised; bench/clusters.py measures those.
BUSY_S = 5.0


@dataclass(frozen=True, slots=True)
class End:
    """How a node ends, how it comes back, and for how long nobody may hear a confirm."""

    verb: str
    part: Part
    back: str
    pause_s: float


ENDS = {
    "stopped": End("stop", Part.NODE, "start", 1.0),
    "its broker killed": End("kill", Part.BROKER, "start", 3.0),
    "killed": End("kill", Part.NODE, "start", 10.0),
    "frozen": End("freeze", Part.NODE, "thaw", 12.0),
    "its engine killed": End("kill", Part.ENGINE, "start", 10.0),
}


@pytest.fixture(scope="module")
def cluster():
    with leveret_cluster(is_on_loopback=True) as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def _empty(cluster):
    """Acks that no fence stood behind may have been lost with a leader: what they were of waits."""
    with channel_of(cluster.nodes[1]) as channel:
        channel.queue_purge(QUEUE)


def leader_of(cluster):
    """The number of the node that leads the queue."""
    told, *_ = mirrors_of(cluster.nodes[1], QUEUE)
    return next(number for number, node in cluster.nodes.items() if node.name == told)


def whole(cluster):
    wait_until_mirrored(tuple(cluster.nodes.values()))


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_clients_of_the_others_go_on_and_nothing_confirmed_is_lost(cluster, end):
    leader = leader_of(cluster)
    others = [each for number, each in enumerate(cluster.addresses, 1) if number != leader]
    history = History()
    load = Load(others, history, seed=1)
    load.start()
    time.sleep(WARM_S)
    getattr(cluster, end.verb)(leader, end.part)
    time.sleep(end.pause_s + AWAY_S)
    getattr(cluster, end.back)(leader, end.part)
    whole(cluster)
    load.stop_publishing()
    load.stop()
    drain_all(cluster.addresses, history)
    assert not check(history.events)
    assert history.longest_pause_s() < end.pause_s + BUSY_S
    assert len(connections(history)) == 3, "a publisher had to connect anew"


def connections(history):
    """Each publisher names its messages by its connection."""
    return {event.message.line for event in history.events if isinstance(event, Confirmed)}


def test_what_was_not_acked_is_delivered_again_to_the_same_consumer(cluster):
    """It is not cancelled; what it had comes marked redelivered, and acks of old are void."""
    leader = leader_of(cluster)
    staying = cluster.nodes[leader % 3 + 1]
    publish(staying, QUEUE, [b"one", b"two"])
    with channel_of(staying) as channel:
        came = []
        channel.basic_consume(QUEUE, lambda _, method, __, body: came.append((method, body)))
        until(lambda: channel.connection.process_data_events(0.1) or len(came) == 2)
        cluster.stop(leader, Part.NODE)
        until(lambda: channel.connection.process_data_events(0.1) or len(came) == 4)
        again = [(method.redelivered, body) for method, body in came[2:]]
        assert again == [(True, b"one"), (True, b"two")]
        channel.basic_ack(came[0][0].delivery_tag)
        channel.basic_ack(came[3][0].delivery_tag, multiple=True)
        until_equal(lambda: channel.queue_declare(QUEUE, passive=True).method.message_count, 0)
    cluster.start(leader, Part.NODE)
    whole(cluster)
    assert take_all(staying, QUEUE) == []


def test_who_asks_for_it_is_cancelled(cluster):
    leader = leader_of(cluster)
    staying = cluster.nodes[leader % 3 + 1]
    with channel_of(staying) as channel:
        cancelled = []
        channel.add_on_cancel_callback(cancelled.append)
        wanted = {"x-cancel-on-ha-failover": True}
        channel.basic_consume(QUEUE, lambda *_: None, arguments=wanted)
        cluster.kill(leader, Part.NODE)
        until(lambda: channel.connection.process_data_events(0.1) or cancelled)
    cluster.start(leader, Part.NODE)
    whole(cluster)


def test_without_a_majority_publishers_are_blocked_and_go_on_when_it_is_back(cluster):
    leader = leader_of(cluster)
    left = cluster.nodes[leader]
    frozen = [number for number in cluster.nodes if number != leader]
    with channel_of(left) as channel:
        blocked, unblocked = [], []
        channel.connection.add_on_connection_blocked_callback(lambda *_: blocked.append(1))
        channel.connection.add_on_connection_unblocked_callback(lambda *_: unblocked.append(1))
        channel.basic_publish("", QUEUE, b"before")  # Only who has published is told.
        channel.queue_declare("local", exclusive=True)
        for number in frozen:
            cluster.freeze(number, Part.NODE)
        try:
            until(lambda: channel.connection.process_data_events(0.1) or blocked, 15 + BUSY_S)
            until_equal(lambda: queue_of(left, "local")["state"], "running")
        finally:
            for number in frozen:
                cluster.thaw(number, Part.NODE)
        until(lambda: channel.connection.process_data_events(0.1) or unblocked, 10 + BUSY_S)
    whole(cluster)
    publish(left, QUEUE, [b"after"])
    assert take_all(left, QUEUE) == [b"before", b"after"]


def test_killed_all_at_once_they_come_back_with_everything_confirmed(cluster):
    bodies = [b"%d" % number for number in range(200)]
    publish(cluster.nodes[2], QUEUE, bodies)
    for number in cluster.nodes:
        cluster.kill(number, Part.NODE)
    for number in (2, 3, 1):
        cluster.start(number, Part.NODE)
    for node in cluster.nodes.values():
        node.wait_up()
    whole(cluster)
    assert take_all(cluster.nodes[3], QUEUE) == bodies
