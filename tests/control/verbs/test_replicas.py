"""Queues with copies on several nodes, and nodes under maintenance, as a node tells and changes it.

What the nodes make of it is in tests/cluster/test_commanding.py.
"""

import pika
import pytest
from pika.exceptions import AMQPConnectionError, ConnectionClosedByBroker

from leveret.control import exits
from leveret.control.call import VerbRefused
from leveret.control.client import connect
from leveret.control.messages import Begun, Done
from tests.cluster.pair import Pair
from tests.control.served import COOKIE, served

QUORUM = {"x-queue-type": "quorum"}


class Clustering:
    """Behind the port of control/host.py: it notes what it is asked for."""

    def __init__(self):
        self.asked = []

    async def rebalance(self, is_chosen):
        self.asked.append(is_chosen)

    async def set_aside(self):
        self.asked.append("aside")

    def come_back(self):
        self.asked.append("back")


@pytest.fixture
def pair():
    """m and quo have copies at both nodes, led by hare; n is led by mouse; plain has none."""
    pair = Pair(is_durable=True)
    for name in ("m", "plain"):
        pair.declare(name, durable=True)
    pair.declare("quo", durable=True, arguments=QUORUM)
    pair.declare_at_mouse("n", durable=True)
    for node, peers in pair.peers.items():
        pair.nodes[node].clustering = Clustering()
        for name in ("m", "quo", "n"):
            peers.replicated["/", name] = ("hare", "mouse", "owl")
    return pair


def refusal(pair, verb, **arguments):
    with pytest.raises(VerbRefused) as refused:
        pair.ctl("hare", verb, **arguments)
    return refused.value.exit_code, refused.value.text


# Copies -----------------------------------------------------------------------------------------


def test_a_mirrored_queue_is_in_step_by_itself(pair):
    assert pair.ctl("hare", "sync_queue", vhost="/", queue="m") is None
    assert pair.ctl("mouse", "sync_queue", vhost="/", queue="m") is None


@pytest.mark.parametrize(
    ("vhost", "queue", "text"),
    [
        ("/", "plain", "not_mirrored"),
        ("/", "quo", "quorum_queue_not_supported"),
        ("/", "nope", "not_found"),
        ("nope", "m", "not_found"),
    ],
)
def test_other_queues_are_refused_in_rabbitmqs_words(pair, vhost, queue, text):
    told = refusal(pair, "sync_queue", vhost=vhost, queue=queue)
    assert told == (exits.UNAVAILABLE, f"Error:\n{text}")


def test_there_is_no_synchronising_to_be_stopped(pair):
    for queue in ("m", "plain"):
        assert pair.ctl("hare", "cancel_sync_queue", vhost="/", queue=queue) == "not_syncing"
    told = refusal(pair, "cancel_sync_queue", vhost="/", queue="nope")
    assert told == (exits.UNAVAILABLE, "Error:\nnot_found")


def test_queues_that_would_not_bear_the_end_of_a_node(pair):
    """Two of three copies serve: one more gone, and there is no majority."""
    (quo,) = pair.ctl("hare", "critical_queues", type="quorum")
    assert quo == {
        "name": "quo",
        "readable_name": "queue 'quo' in vhost '/'",
        "type": "quorum",
        "virtual_host": "/",
    }
    found = pair.ctl("hare", "critical_queues", type="classic")
    assert {each["name"] for each in found} == {"m", "n"}


def test_with_all_three_there_none_is_critical(pair):
    pair.peers["hare"].living |= {"owl"}
    for kind in ("classic", "quorum"):
        assert pair.ctl("hare", "critical_queues", type=kind) == []


def test_a_node_alone_has_no_copies_to_lose(node):
    assert node.ask("critical_queues", type="classic") is None


# Leaders ----------------------------------------------------------------------------------------


def counts(node, quorum, classic):
    return [
        ["Node name", node],
        ["Number of quorum queues", quorum],
        ["Number of replicated classic queues", classic],
    ]


def test_leaders_are_spread_and_counted(pair):
    told = pair.ctl("hare", "rebalance", type="all")
    assert told == [counts("hare", 1, 1), counts("mouse", 0, 1)]
    (is_chosen,) = pair.nodes["hare"].clustering.asked
    assert is_chosen("/", "m")
    assert is_chosen("/", "quo")
    assert not is_chosen("/", "nope")
    assert not is_chosen("nope", "m")


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ({"type": "quorum"}, {"quo"}),
        ({"type": "classic"}, {"m", "n", "plain"}),
        ({"type": "all", "queue_pattern": "^[mn]$"}, {"m", "n"}),
        ({"type": "all", "vhost_pattern": "^x"}, set()),
    ],
)
def test_some_of_them_alone(pair, asked, chosen):
    pair.ctl("hare", "rebalance", **asked)
    (is_chosen,) = pair.nodes["hare"].clustering.asked
    assert {name for name in ("m", "n", "quo", "plain") if is_chosen("/", name)} == chosen


def test_what_cannot_be_meant_moves_nothing(pair):
    code, text = refusal(pair, "rebalance", type="banana")
    assert code == exits.UNAVAILABLE
    assert text == "Error:\ntype banana is not supported. Try one of all, classic, quorum."
    code, text = refusal(pair, "rebalance", type="all", queue_pattern="(")
    assert code == exits.DATA
    assert "( is no regular expression" in text
    assert pair.nodes["hare"].clustering.asked == []


def test_a_node_alone_has_nothing_to_spread(node):
    node.clustering = Clustering()
    assert node.ask("rebalance", type="all") == []
    assert node.clustering.asked == []


# Maintenance ------------------------------------------------------------------------------------


def test_a_node_is_set_aside_and_comes_back(monkeypatch):
    """Whoever is connected is told why he has to go."""
    clustering = Clustering()
    with served() as node, connect(node.address, COOKIE) as link:
        monkeypatch.setattr(type(node.node), "clustering", property(lambda _node: clustering))
        address = node.node.address
        where = pika.ConnectionParameters(address.host, address.port)
        client = pika.BlockingConnection(where)
        assert list(link.ask("drain", {})) == [Begun(), Done()]
        with pytest.raises(ConnectionClosedByBroker, match="put into maintenance mode") as closed:
            client.process_data_events(5)
        assert closed.value.reply_code == 320
        assert clustering.asked == ["aside"]
        assert node.application.is_under_maintenance
        with pytest.raises(AMQPConnectionError):
            pika.BlockingConnection(where)
        assert list(link.ask("revive", {})) == [Begun(), Done()]
        assert clustering.asked == ["aside", "back"]
        assert not node.application.is_under_maintenance
        pika.BlockingConnection(where).close()


def test_a_node_without_files_can_be_drained_as_well():
    """It leads nothing that another could lead."""
    with served() as alone, connect(alone.address, COOKIE) as link:
        assert list(link.ask("drain", {})) == [Begun(), Done()]
        assert alone.application.is_under_maintenance
