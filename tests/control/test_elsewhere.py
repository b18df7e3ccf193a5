"""leveretctl's commands through one node, on what is at another."""

import pytest

from leveret.control.call import VerbRefused
from leveret.wire import methods
from tests.cluster.pair import Pair


@pytest.fixture
def pair():
    return Pair(is_durable=True)


def subscribe(world, tag, queue="q"):
    client = world.client()
    client.channel().call(methods.BasicConsume(queue=queue, consumer_tag=tag))
    return client


def names_of(rows):
    return [row[0] for row in rows]


# Listings ---------------------------------------------------------------------------------------


def test_queues_of_all_nodes_are_listed_through_any(pair):
    pair.declare("q")
    pair.declare_at_mouse("r")
    asked = {"vhost": "/", "columns": ["name", "pid", "state"]}
    for node in ("hare", "mouse"):
        rows = sorted(pair.ctl(node, "list_queues", **asked))
        assert [(name, pid.split(".")[0], state) for name, pid, state in rows] == [
            ("q", "<hare", "running"),
            ("r", "<mouse", "running"),
        ]
    assert names_of(pair.ctl("mouse", "list_queues", local=True, **asked)) == ["r"]
    assert sorted(names_of(pair.ctl("mouse", "list_queues", online=True, **asked))) == ["q", "r"]
    assert pair.ctl("mouse", "list_queues", offline=True, **asked) == []


def test_a_queue_whose_home_is_down_has_what_is_known_of_it(pair):
    pair.declare("q", durable=True)
    pair.declare_at_mouse("r")
    pair.lose("hare")
    columns = ["name", "messages", "consumers", "state", "type", "durable", "slave_pids"]
    down = ["q", "", "", "down", "classic", True, ""]
    asked = {"vhost": "/", "columns": columns}
    assert down in pair.ctl("mouse", "list_queues", **asked)
    assert pair.ctl("mouse", "list_queues", offline=True, **asked) == [down]
    for option in ("local", "online"):
        assert names_of(pair.ctl("mouse", "list_queues", **{option: True}, **asked)) == ["r"]


def test_who_does_not_answer_is_named_and_its_queues_are_down(pair):
    pair.declare("q", durable=True)
    pair.peers["mouse"].silent.add("hare")
    rows = pair.ctl("mouse", "list_queues", vhost="/", columns=["name", "state"])
    assert rows == [["q", "down"]]
    assert pair.absent == ["hare"]


def test_connections_channels_and_consumers_of_all_nodes_are_listed(pair):
    pair.declare("q")
    for node in ("hare", "mouse"):
        subscribe(getattr(pair, node), f"of-{node}")
    for verb in ("list_connections", "list_channels"):
        pids = names_of(pair.ctl("mouse", verb, columns=["pid"]))
        assert len(set(pids)) == 2
    asked = {"vhost": "/", "columns": ["consumer_tag", "queue_name"]}
    for node in ("hare", "mouse"):
        told = sorted(pair.ctl(node, "list_consumers", **asked))
        assert told == [["of-hare", "q"], ["of-mouse", "q"]]


def test_a_column_that_there_is_not_is_refused_as_on_one_node(pair):
    with pytest.raises(VerbRefused, match="banana"):
        pair.ctl("mouse", "list_queues", vhost="/", columns=["banana"])


def test_a_vhost_runs_on_the_nodes_that_do(pair):
    (row,) = pair.ctl("mouse", "list_vhosts", columns=["name", "cluster_state"])
    assert row == ["/", {"hare": "running", "mouse": "running"}]


# Doing ------------------------------------------------------------------------------------------


def test_a_queue_is_purged_and_deleted_at_its_home(pair):
    queue, _known = pair.declare("q", durable=True)
    pair.hare.client().channel().publish(key="q")
    assert queue.ready.count == 1
    with pytest.raises(VerbRefused, match="Queue is not empty"):
        pair.ctl("mouse", "delete_queue", vhost="/", queue="q", if_empty=True)
    pair.ctl("mouse", "purge_queue", vhost="/", queue="q")
    assert queue.ready.count == 0
    assert pair.ctl("mouse", "delete_queue", vhost="/", queue="q") == 0
    assert queue.is_deleted


def test_a_queue_whose_home_is_down_is_not_found(pair):
    pair.declare("q", durable=True)
    pair.lose("hare")
    with pytest.raises(VerbRefused, match="not_found"):
        pair.ctl("mouse", "purge_queue", vhost="/", queue="q")
    with pytest.raises(VerbRefused, match="Queue not found"):
        pair.ctl("mouse", "delete_queue", vhost="/", queue="q")


def test_nobody_knows_what_a_frozen_home_has_done(pair):
    pair.declare("q")
    pair.peers["mouse"].silent.add("hare")
    with pytest.raises(VerbRefused, match="hare has not answered"):
        pair.ctl("mouse", "purge_queue", vhost="/", queue="q")


def test_a_connection_is_closed_where_it_is(pair):
    pair.add_host_names("den")
    client = pair.hare.client()
    ((pid,),) = pair.ctl("mouse", "list_connections", columns=["pid"])
    pair.ctl("mouse", "close_connection", pid=pid, reason="bye")
    assert client.closed_with().reply_text == "CONNECTION_FORCED - bye"
    pair.ctl("mouse", "close_connection", pid="<owl@den.1.2.3>", reason="bye")


@pytest.mark.parametrize(("limit", "closed"), [(0, 4), (1, 1), (3, 3), (9, 4)])
def test_connections_are_closed_on_all_nodes_up_to_a_limit(pair, limit, closed):
    clients = [world.client() for world in (pair.hare, pair.mouse) for _ in range(2)]
    asked = {"global": True, "reason": "bye", "limit": limit}
    told = pair.ctl("mouse", "close_all_connections", **asked)
    assert told == f"Closed {closed} connections"
    told = [said for client in clients for said in client.take(0)]
    assert sum(isinstance(said, methods.ConnectionClose) for said in told) == closed


def test_the_connections_of_a_user_are_closed_everywhere(pair):
    clients = [pair.hare.client(), pair.mouse.client()]
    pair.ctl("mouse", "close_all_user_connections", username="guest", reason="bye")
    for client in clients:
        assert client.closed_with().reply_code == 320


def test_alarms_of_all_nodes_are_told_those_of_this_one_first(pair):
    for node in ("hare", "mouse"):
        pair.hosts[node].broker.alarms.set("disk", "a test")
    told = ["Free disk space alarm on node mouse", "Free disk space alarm on node hare"]
    assert pair.ctl("mouse", "cluster_alarms") == told
    assert pair.ctl("mouse", "alarms") == told[:1]


def test_queues_of_a_node_that_is_frozen_do_not_respond(pair):
    pair.declare("q", durable=True)
    asked = {"vhost": "/", "columns": ["name"]}
    assert pair.ctl("mouse", "list_unresponsive_queues", **asked) == []
    pair.peers["mouse"].silent.add("hare")
    assert pair.ctl("mouse", "list_unresponsive_queues", **asked) == [["q"]]
    assert pair.ctl("mouse", "list_unresponsive_queues", local=True, **asked) == []
    pair.lose("hare")
    assert pair.ctl("mouse", "list_unresponsive_queues", **asked) == []


def test_messages_are_looked_at_and_moved_through_any_node(pair):
    """A listing comes from one node as rows."""
    for queue in ("q", "t"):
        pair.declare(queue)
    for body in (b"a", b"b"):
        pair.hare.channel().publish(body, key="q")
    asked = {"vhost": "/", "queue": "q"}
    rows = pair.ctl("mouse", "peek", **asked)
    assert [row[7] for row in rows] == ["a", "b"]
    told = pair.ctl("mouse", "move_messages", **asked, target="t", positions=str(rows[0][0]))
    assert told["moved"] == 1
    assert [row[7] for row in pair.ctl("mouse", "peek", vhost="/", queue="t")] == ["a"]
