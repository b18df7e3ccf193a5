"""Any node shows all of the cluster, over HTTP and to the command line, and hands on what another
has to do."""

import contextlib
import json
import urllib.error
import urllib.request
from base64 import b64encode
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from bench.leveret_cluster import HTTP
from pika.exceptions import ConnectionClosedByBroker

from tests.cluster.whole.nodes import channel_of, queue_of, until, until_equal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

VHOST = "looked at"
AT = quote(VHOST)


def ask(node, method, path, body=None, **headers):
    """Status and value, of any request."""
    port = getattr(node, "http_port", node.port + HTTP)
    login = b64encode(b"guest:guest").decode()
    request = urllib.request.Request(
        f"http://{node.host}:{port}/api/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Basic {login}", "content-type": "application/json", **headers},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        status, content = refused.code, refused.read()
    return SimpleNamespace(status=status, value=json.loads(content) if content else None)


def names_at(node, path):
    """Names and nodes of what is listed."""
    return [(each["name"], each["node"]) for each in node.fetch(path)]


@pytest.fixture
def vhost(cluster):
    """One of this test alone, with a queue at each node: q0, q1, q2."""
    first = cluster[0]
    first.ctl("add_vhost", VHOST)
    first.ctl("set_permissions", "-p", VHOST, "guest", ".*", ".*", ".*")
    until(lambda: all(VHOST in each.ctl("list_vhosts") for each in cluster))
    for number, node in enumerate(cluster):
        with channel_of(node, VHOST) as channel:
            channel.queue_declare(f"q{number}", durable=True)
    queues = [(f"q{number}", node.name) for number, node in enumerate(cluster)]
    for node in cluster:
        until_equal(lambda node=node: names_at(node, f"queues/{AT}"), queues)
    yield VHOST
    first.ctl("delete_vhost", VHOST)


def tags_and_nodes(consumers):
    """Of a channel that is new RabbitMQ knows nothing for some seconds."""
    known = [each for each in consumers if each["channel_details"]]
    return sorted((each["consumer_tag"], each["channel_details"]["node"]) for each in known)


@contextlib.contextmanager
def consuming(node, queue, tag, prefetch=2):
    with channel_of(node, VHOST) as channel:
        channel.basic_qos(prefetch_count=prefetch)
        channel.basic_consume(queue, lambda *_: None, consumer_tag=tag)
        yield channel


@pytest.mark.usefixtures("vhost")
def test_a_page_is_cut_from_the_queues_of_all(cluster):
    for node in cluster:
        told = node.fetch(f"queues/{AT}?page=2&page_size=2&columns=name")
        assert [each["name"] for each in told["items"]] == ["q2"]
        assert (told["total_count"], told["filtered_count"], told["page_count"]) == (3, 3, 2)
        told = node.fetch(f"queues/{AT}?page=1&name=1&columns=name,node")
        assert [(each["name"], each["node"]) for each in told["items"]] == [("q1", cluster[1].name)]


@pytest.mark.usefixtures("vhost")
def test_a_queue_is_shown_with_consumers_of_all_nodes(cluster):
    with consuming(cluster[0], "q2", "from 0"), consuming(cluster[1], "q2", "from 1"):
        wanted = [("from 0", cluster[0].name), ("from 1", cluster[1].name)]

        def details(node):
            return tags_and_nodes(queue_of(node, "q2", VHOST)["consumer_details"])

        def listed(node):
            return tags_and_nodes(node.fetch(f"consumers/{AT}"))

        for node in cluster:
            until_equal(lambda node=node: details(node), wanted)
            until_equal(lambda node=node: listed(node), wanted)
            until_equal(lambda node=node: queue_of(node, "q2", VHOST)["consumers"], 2)
            tags = node.ctl("list_consumers", "-p", VHOST, "consumer_tag")
            assert {"from 0", "from 1"} <= set(tags.splitlines())


@pytest.mark.usefixtures("vhost")
def test_connections_and_channels_are_told_by_their_nodes(cluster):
    with channel_of(cluster[0], VHOST), channel_of(cluster[2], VHOST):
        wanted = sorted([cluster[0].name, cluster[2].name])
        for node in cluster:
            for path in (f"vhosts/{AT}/connections", f"vhosts/{AT}/channels"):
                until_equal(
                    lambda node=node, path=path: sorted(at for _, at in names_at(node, path)),
                    wanted,
                )
        told = cluster[1].ctl("list_connections", "pid", "vhost").splitlines()
        pids = [line.split("\t")[0] for line in told if VHOST in line]
        assert sorted(pid[1:].rsplit(".", 3)[0] for pid in pids) == wanted


@pytest.mark.usefixtures("vhost")
def test_a_connection_is_closed_through_another_node(cluster):
    with channel_of(cluster[2], VHOST) as channel:
        connections = f"vhosts/{AT}/connections"
        until(lambda: names_at(cluster[0], connections))
        ((name, _),) = names_at(cluster[0], connections)
        assert cluster[0].fetch(f"connections/{quote(name)}")["node"] == cluster[2].name
        assert len(cluster[0].fetch(f"connections/{quote(name)}/channels")) == 1
        closed = ask(cluster[0], "DELETE", f"connections/{quote(name)}", **{"X-Reason": "go away"})
        assert closed.status == 204
        with pytest.raises(ConnectionClosedByBroker, match="go away"):
            channel.connection.process_data_events(10)
    with channel_of(cluster[2], VHOST) as channel:
        until(lambda: VHOST in cluster[0].ctl("list_connections", "pid", "vhost"))
        told = cluster[0].ctl("list_connections", "pid", "vhost").splitlines()
        (pid,) = [line.split("\t")[0] for line in told if VHOST in line]
        cluster[0].ctl("close_connection", pid, "bye")
        with pytest.raises(ConnectionClosedByBroker, match="bye"):
            channel.connection.process_data_events(10)


@pytest.mark.usefixtures("vhost")
def test_messages_are_published_got_and_purged_through_another_node(cluster):
    home, other, _ = cluster
    message = {"properties": {"delivery_mode": 2}, "routing_key": "q0", "payload": "z"}
    message["payload_encoding"] = "string"
    told = ask(other, "POST", f"exchanges/{AT}/amq.default/publish", message)
    assert (told.status, told.value) == (200, {"routed": True})
    wanted = {"ackmode": "ack_requeue_true", "count": 1, "encoding": "auto"}
    told = ask(other, "POST", f"queues/{AT}/q0/get", wanted)
    assert [each["payload"] for each in told.value] == ["z"]
    refused = ask(other, "DELETE", f"queues/{AT}/q0?if-empty=true")
    assert refused.status == 400
    assert ask(other, "DELETE", f"queues/{AT}/q0/contents").status == 204
    with channel_of(home, VHOST) as channel:
        assert channel.basic_get("q0")[0] is None
    other.ctl("purge_queue", "-p", VHOST, "q0")
    assert ask(other, "DELETE", f"queues/{AT}/q0").status == 204
    until_equal(lambda: [name for name, _ in names_at(home, f"queues/{AT}")], ["q1", "q2"])
    other.ctl("delete_queue", "-p", VHOST, "q2")
    until_equal(lambda: [name for name, _ in names_at(home, f"queues/{AT}")], ["q1"])


@pytest.mark.usefixtures("vhost")
def test_a_queue_is_declared_on_the_node_that_is_named(cluster):
    body = {"durable": True, "node": cluster[1].name}
    assert ask(cluster[0], "PUT", f"queues/{AT}/placed", body).status == 201
    until(lambda: ("placed", cluster[1].name) in names_at(cluster[2], f"queues/{AT}"))
    refused = ask(cluster[0], "PUT", f"queues/{AT}/nowhere", {"node": "nobody@nowhere"})
    assert (refused.status, refused.value["reason"]) == (
        400,
        "Node nobody@nowhere could not be contacted",
    )


@pytest.mark.usefixtures("vhost")
def test_an_exclusive_queue_of_another_node_is_locked(cluster):
    with channel_of(cluster[2], VHOST) as channel:
        channel.queue_declare("own", exclusive=True)
        until(lambda: ("own", cluster[2].name) in names_at(cluster[0], f"queues/{AT}"))
        wanted = {"ackmode": "ack_requeue_true", "count": 1, "encoding": "auto"}
        refused = ask(cluster[0], "POST", f"queues/{AT}/own/get", wanted)
        assert refused.status == 400
        assert "RESOURCE_LOCKED" in refused.value["reason"]
        refused = ask(cluster[0], "DELETE", f"queues/{AT}/own")
        assert refused.status == 400
        assert refused.value["reason"].startswith("cannot obtain exclusive access to locked queue")


@pytest.mark.usefixtures("vhost")
def test_what_is_counted_adds_up_over_the_nodes(cluster):
    with contextlib.ExitStack() as stack:
        for node in cluster:
            channel = stack.enter_context(channel_of(node, VHOST))
            for _ in range(4):
                channel.basic_publish("amq.direct", "q1", b"x")
                channel.basic_publish("", "q1", b"x")
        for node in cluster:
            until_equal(lambda node=node: exchange_count(node, "amq.default"), (12, 12))
            until_equal(lambda node=node: exchange_count(node, "amq.direct"), (12, 0))
            until_equal(lambda node=node: node.fetch(f"vhosts/{AT}").get("messages"), 12)
            states = node.fetch(f"vhosts/{AT}")["cluster_state"]
            assert states == {each.name: "running" for each in cluster}


def exchange_count(node, name):
    stats = node.fetch(f"exchanges/{AT}/{name}").get("message_stats", {})
    return stats.get("publish_in", 0), stats.get("publish_out", 0)


def test_all_nodes_are_listed_and_the_overview_counts_them_together(cluster):
    wanted = sorted(each.name for each in cluster)
    with contextlib.ExitStack() as stack:
        for node in cluster:
            stack.enter_context(channel_of(node))
        for node in cluster:
            assert [each["name"] for each in node.fetch("nodes")] == wanted
            until(lambda node=node: node.fetch("overview")["object_totals"]["connections"] >= 3)
            told = node.fetch("overview")
            assert told["node"] == node.name
            amqp = [each["node"] for each in told["listeners"] if each["protocol"] == "amqp"]
            assert sorted(amqp) == wanted
            for other in cluster:
                assert node.fetch(f"nodes/{other.name}")["name"] == other.name
                assert node.fetch(f"nodes/{other.name}/memory")["memory"]["total"]


@pytest.fixture
def third_down(cluster, vhost):
    """The third node's application does not run; the vhost."""
    third = cluster[2]
    third.ctl("stop_app")
    yield vhost
    third.ctl("start_app")
    until(lambda: queue_of(cluster[0], "q2", vhost).get("state") == "running")


@pytest.mark.usefixtures("third_down")
def test_a_node_that_is_down_is_a_member_and_no_more(cluster):
    first, second, third = cluster
    wanted = {"name": third.name, "type": "disc", "running": False, "cluster_links": []}
    until_equal(lambda: first.fetch(f"nodes/{third.name}"), wanted)
    until(lambda: wanted in second.fetch("nodes"))
    state = first.fetch(f"vhosts/{AT}")["cluster_state"]
    assert state == {each.name: "running" for each in (first, second)}


@pytest.mark.usefixtures("third_down")
def test_a_queue_whose_home_is_down_is_known_and_no_more(cluster):
    first, _, third = cluster
    down = {
        "arguments": {},
        "auto_delete": False,
        "durable": True,
        "exclusive": False,
        "name": "q2",
        "node": third.name,
        "state": "down",
        "type": "classic",
        "vhost": VHOST,
    }
    for query in ("", "?disable_stats=true"):
        until_equal(lambda query=query: first.fetch(f"queues/{AT}{query}")[-1:], [down])
    columns = first.fetch(f"queues/{AT}?columns=name,state,messages")[-1]
    assert columns == {"name": "q2", "state": "down"}
    for method, path in (("GET", "q2"), ("DELETE", "q2"), ("DELETE", "q2/contents")):
        assert ask(first, method, f"queues/{AT}/{path}").status == 404
    wanted = {"ackmode": "ack_requeue_true", "count": 1, "encoding": "auto"}
    refused = ask(first, "POST", f"queues/{AT}/q2/get", wanted)
    words = f"home node '{third.name}' of durable queue 'q2' in vhost '{VHOST}'"
    reason = f"NOT_FOUND - {words} is down or inaccessible"
    assert (refused.status, refused.value) == (404, {"error": "not_found", "reason": reason})


@pytest.mark.usefixtures("third_down")
def test_the_command_line_tells_which_queues_are_where(cluster):
    first = cluster[0]

    def listed(*options):
        return set(first.ctl("list_queues", "-p", VHOST, *options, "name").split())

    told = first.ctl("list_queues", "-p", VHOST, "--offline", "name", "state", "messages")
    assert told.splitlines()[-1].split("\t")[:2] == ["q2", "down"]
    assert "q2" not in listed("--online")
    assert {"q0", "q1"} <= listed("--online")
    assert "q0" in listed("--local")
    assert {"q1", "q2"}.isdisjoint(listed("--local"))
    refused = first.ask("purge_queue", "-p", VHOST, "q2")
    assert (refused.code, refused.err.strip()) == (69, "Error:\nnot_found")
    refused = first.ask("delete_queue", "-p", VHOST, "q2")
    assert (refused.code, refused.err.strip()) == (64, "Error:\nQueue not found")
