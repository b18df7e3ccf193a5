"""What is asked of one node and is on another, or on all."""

import pytest

from leveret.wire import methods


def named(rows):
    return [(row["name"], row["node"]) for row in rows]


def publish(world, queue, count=1):
    channel = world.client().channel()
    for _ in range(count):
        channel.publish(key=queue)


# Listings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("node", ["hare", "mouse"])
def test_any_node_lists_the_queues_of_all_in_one_order(pair, node):
    for name in ("b", "d"):
        pair.declare(name)
    for name in ("a", "c"):
        pair.declare_at_mouse(name)
    shown = named(pair.get(node, "/queues"))
    assert shown == [("a", "mouse"), ("b", "hare"), ("c", "mouse"), ("d", "hare")]
    assert named(pair.get(node, "/queues/%2F")) == shown


@pytest.mark.parametrize("node", ["hare", "mouse"])
@pytest.mark.parametrize("page", [1, 2, 3])
def test_pages_are_cut_from_the_queues_of_all(pair, node, page):
    for number in range(5):
        pair.declare(f"q{number}a")
        pair.declare_at_mouse(f"q{number}b")
    told = pair.get(node, f"/queues?page={page}&page_size=4")
    names = sorted([f"q{number}{more}" for number in range(5) for more in "ab"])
    assert [row["name"] for row in told["items"]] == names[(page - 1) * 4 : page * 4]
    assert (told["total_count"], told["filtered_count"], told["page_count"]) == (10, 10, 3)


def test_a_page_that_is_searched_counts_what_all_nodes_have(pair):
    for number in range(3):
        pair.declare(f"here{number}")
        pair.declare_at_mouse(f"there{number}")
    told = pair.get("hare", "/queues?page=1&page_size=2&name=e2&columns=name")
    assert told["items"] == [{"name": "here2"}, {"name": "there2"}]
    assert (told["total_count"], told["filtered_count"]) == (6, 2)
    told = pair.get("hare", "/queues?page=1&page_size=1&name=there&columns=name")
    assert told["items"] == [{"name": "there0"}]
    assert (told["total_count"], told["filtered_count"], told["page_count"]) == (6, 3, 3)


def test_queues_are_sorted_over_all_nodes_by_what_only_their_homes_know(pair):
    pair.declare("few")
    pair.declare_at_mouse("many")
    publish(pair.mouse, "many", count=2)
    publish(pair.hare, "few")
    for order, reverse in ((["few", "many"], ""), (["many", "few"], "&sort_reverse=true")):
        told = pair.get("hare", f"/queues?sort=messages_ready{reverse}&columns=name,messages")
        assert [row["name"] for row in told] == order
    assert told[0] == {"name": "many", "messages": 2}


def test_a_queue_whose_home_is_down_is_listed_as_rabbitmq_lists_it(pair):
    pair.declare("q", durable=True)
    pair.lose("hare")
    assert pair.get("mouse", "/queues") == [
        {
            "arguments": {},
            "auto_delete": False,
            "durable": True,
            "exclusive": False,
            "name": "q",
            "node": "hare",
            "state": "down",
            "type": "classic",
            "vhost": "/",
        }
    ]
    assert pair.get("mouse", "/queues?columns=name,state,messages") == [
        {"name": "q", "state": "down"}
    ]
    assert pair.ask("mouse", "GET", "/queues/%2F/q").status == 404
    assert pair.ask("mouse", "DELETE", "/queues/%2F/q").status == 404
    assert pair.ask("mouse", "DELETE", "/queues/%2F/q/contents").status == 404
    got = {"ackmode": "ack_requeue_true", "count": 1, "encoding": "auto"}
    refused = pair.ask("mouse", "POST", "/queues/%2F/q/get", got)
    assert refused.status == 404
    down = "home node 'hare' of durable queue 'q' in vhost '/' is down or inaccessible"
    assert refused.json == {"error": "not_found", "reason": f"NOT_FOUND - {down}"}
    refused = pair.ask("mouse", "PUT", "/queues/%2F/q", {"durable": True})
    assert (refused.status, refused.json["reason"]) == (404, down)


def test_who_does_not_answer_is_named_and_its_queues_are_told_as_down(pair):
    pair.declare("q", durable=True)
    pair.peers["mouse"].silent.add("hare")
    reply = pair.ask("mouse", "GET", "/queues")
    assert [(row["name"], row["state"]) for row in reply.json] == [("q", "down")]
    assert reply.headers["x-leveret-absent"] == "hare"


def test_a_node_that_is_alone_asks_nobody(pair):
    pair.hosts["hare"].peers = None
    pair.declare("q")
    assert [row["name"] for row in pair.get("hare", "/queues")] == ["q"]
    assert pair.get("hare", "/queues/%2F/q")["name"] == "q"


def test_nobody_asks_round_in_circles(pair):
    pair.get("hare", "/queues")
    assert pair.peers["hare"].asked == ["mouse"]
    assert pair.peers["mouse"].asked == []


def test_connections_channels_and_consumers_are_listed_with_their_nodes(pair):
    pair.declare("q")
    for node in ("hare", "mouse"):
        channel = getattr(pair, node).client().channel()
        channel.call(methods.BasicConsume(queue="q", consumer_tag=f"of-{node}"))
    for path in ("/connections", "/vhosts/%2F/connections", "/connections/username/guest"):
        assert {row["node"] for row in pair.get("mouse", path)} == {"hare", "mouse"}
    for path in ("/channels", "/vhosts/%2F/channels"):
        assert {row["node"] for row in pair.get("mouse", path)} == {"hare", "mouse"}
    for path in ("/consumers", "/consumers/%2F"):
        for node in ("hare", "mouse"):
            told = pair.get(node, path)
            assert sorted(
                (row["consumer_tag"], row["channel_details"]["node"]) for row in told
            ) == [("of-hare", "hare"), ("of-mouse", "mouse")]


def test_who_does_not_monitor_sees_his_own_on_every_node(pair):
    pair.add_user("eve", "management")
    pair.mouse.client()
    assert pair.get("hare", "/connections", user="eve") == []
    assert len(pair.get("hare", "/connections")) == 1


# One thing --------------------------------------------------------------------------------------


def test_a_queue_is_shown_as_its_home_shows_it_with_the_consumers_of_all(pair):
    pair.declare("q")
    for node in ("hare", "mouse"):
        channel = getattr(pair, node).client().channel()
        channel.call(methods.BasicConsume(queue="q", consumer_tag=f"of-{node}"))
    pair.add_user("eve", "management")
    for node in ("hare", "mouse"):
        for user in ("ada", "eve"):
            told = pair.get(node, "/queues/%2F/q", user=user)
            assert (told["node"], told["consumers"]) == ("hare", 2)
            tags = sorted(each["consumer_tag"] for each in told["consumer_details"])
            assert tags == ["of-hare", "of-mouse"]
    assert pair.get("mouse", "/queues/%2F/q?columns=name") == {"name": "q"}
    assert pair.ask("mouse", "GET", "/queues/%2F/none").status == 404


def test_messages_are_published_got_and_purged_at_the_home(pair):
    queue, _known = pair.declare("q", durable=True)
    told = {"routing_key": "q", "properties": {"delivery_mode": 2}, "payload": "hello"}
    told["payload_encoding"] = "string"
    reply = pair.ask("mouse", "POST", "/exchanges/%2F/amq.default/publish", told)
    assert (reply.status, reply.json) == (200, {"routed": True})
    assert queue.ready.count == 1
    got = {"ackmode": "ack_requeue_true", "count": 9, "encoding": "auto"}
    (message,) = pair.ask("mouse", "POST", "/queues/%2F/q/get", got).json
    assert message["payload"] == "hello"
    assert pair.ask("mouse", "DELETE", "/queues/%2F/q/contents").status == 204
    assert queue.ready.count == 0


def test_a_message_that_its_home_refuses_is_refused_here(pair):
    pair.declare("q", arguments={"x-max-length": 0, "x-overflow": "reject-publish"})
    told = {"routing_key": "q", "properties": {}, "payload": "x", "payload_encoding": "string"}
    reply = pair.ask("mouse", "POST", "/exchanges/%2F/amq.default/publish", told)
    assert (reply.status, reply.json["reason"]) == (
        400,
        "rejected Unable to publish message. Check queue limits.",
    )


def test_a_queue_is_deleted_at_its_home(pair):
    queue, _known = pair.declare("q")
    publish(pair.hare, "q")
    assert pair.ask("mouse", "DELETE", "/queues/%2F/q?if-empty=true").status == 400
    assert pair.ask("mouse", "DELETE", "/queues/%2F/q").status == 204
    assert queue.is_deleted


def test_a_queue_is_declared_on_the_node_that_is_named(pair):
    pair.add_host_names("den")
    for node in ("hare", "hare@den"):
        assert pair.ask("mouse", "PUT", f"/queues/%2F/{node}", {"node": node}).status == 201
        assert node in pair.hare.vhost.queues
        assert node not in pair.mouse.vhost.queues
    for node, said in (("owl", "'owl@den'"), ("nobody", "nobody@den")):
        refused = pair.ask("mouse", "PUT", "/queues/%2F/x", {"node": node})
        assert refused.status == 400
        assert refused.json["reason"] == f"Node {said} could not be contacted"


def test_a_connection_is_shown_and_closed_through_any_node(pair):
    client = pair.mouse.client()
    client.channel()
    (row,) = pair.get("hare", "/connections")
    name = row["name"].replace(" ", "%20").replace(">", "%3E")
    assert pair.get("hare", f"/connections/{name}")["node"] == "mouse"
    assert len(pair.get("hare", f"/connections/{name}/channels")) == 1
    assert pair.get("hare", f"/channels/{name}%20(1)")["number"] == 1
    assert pair.ask("hare", "GET", "/connections/nobody").status == 404
    assert pair.ask("hare", "DELETE", f"/connections/{name}", x_reason="go away").status == 204
    assert pair.ask("hare", "DELETE", "/connections/nobody").status == 404
    assert client.closed_with().reply_text == "CONNECTION_FORCED - go away"


def test_the_connections_of_a_user_are_closed_on_all_nodes(pair):
    clients = [pair.hare.client(), pair.mouse.client()]
    assert pair.ask("hare", "DELETE", "/connections/username/guest").status == 204
    for client in clients:
        assert client.closed_with().reply_code == 320


def test_what_a_frozen_node_was_told_to_do_nobody_knows_to_be_done(pair):
    pair.declare("q")
    pair.peers["mouse"].silent.add("hare")
    refused = pair.ask("mouse", "DELETE", "/queues/%2F/q/contents")
    assert refused.status == 503
    assert "hare has not answered" in refused.json["reason"]


# What all nodes have ----------------------------------------------------------------------------


@pytest.mark.parametrize("node", ["hare", "mouse"])
def test_what_is_published_through_an_exchange_counts_on_whatever_node_it_was(pair, node):
    pair.declare("q")
    publish(pair.hare, "q", count=2)
    publish(pair.mouse, "q", count=3)
    for path in ("/exchanges/%2F/amq.default", "/exchanges/%2F", "/exchanges"):
        told = pair.get(node, path)
        (shown,) = [
            each for each in ([told] if isinstance(told, dict) else told) if not each["name"]
        ]
        assert shown["message_stats"]["publish_in"] == 5
        assert shown["message_stats"]["publish_out"] == 5
        assert shown["message_stats"]["publish_in_details"]["rate"] == 0.0
    others = [each for each in pair.get(node, "/exchanges") if each["name"]]
    assert len(others) == len(pair.hare.vhost.exchanges) - 1
    assert not any("message_stats" in each for each in others)


@pytest.mark.parametrize("node", ["hare", "mouse"])
def test_exchanges_are_sorted_by_what_all_nodes_have_counted(pair, node):
    pair.declare("q")
    publish(pair.hare, "q", count=1)
    publish(pair.mouse, "q", count=1)
    sort = "sort=message_stats.publish_in&sort_reverse=true&columns=name,message_stats.publish_in"
    first, *_ = pair.get(node, f"/exchanges?{sort}")
    assert first == {"name": "", "message_stats": {"publish_in": 2}}


@pytest.mark.parametrize("node", ["hare", "mouse"])
def test_a_vhost_has_the_messages_and_the_traffic_of_all_nodes(pair, node):
    pair.declare("q")
    pair.declare_at_mouse("r")
    publish(pair.hare, "q", count=2)
    publish(pair.mouse, "r", count=3)
    pair.settle()
    alone = [len(host.broker.connections) for host in pair.hosts.values()]
    assert alone == [1, 1]
    (listed,) = pair.get(node, "/vhosts")
    shown = pair.get(node, "/vhosts/%2F")
    for told in (listed, shown):
        assert (told["messages"], told["messages_ready"]) == (5, 5)
        assert told["message_stats"]["publish"] == 5
        assert told["cluster_state"] == {"hare": "running", "mouse": "running"}
    sessions = [each for host in pair.hosts.values() for each in host.broker.connections]
    assert shown["recv_oct"] == sum(each.recv_oct for each in sessions)


def test_statistics_are_forgotten_on_all_nodes_or_on_one(pair):
    told = []
    for name, host in pair.hosts.items():
        host.statistics.reset = lambda name=name: told.append(name)
    assert pair.ask("hare", "DELETE", "/reset").status == 204
    assert sorted(told) == ["hare", "mouse"]
    told.clear()
    assert pair.ask("hare", "DELETE", "/reset/mouse").status == 204
    assert told == ["mouse"]
    assert pair.ask("hare", "DELETE", "/reset/owl").status == 404


def test_leaders_are_spread_when_somebody_asks_for_it(pair):
    assert pair.ask("hare", "POST", "/rebalance/queues").status == 204
    assert pair.peers["hare"].balanced == 1


# Nodes ------------------------------------------------------------------------------------------


def test_all_nodes_are_listed_and_those_that_are_down_as_rabbitmq_lists_them(pair):
    hare, mouse, owl = pair.get("mouse", "/nodes")
    assert [each["name"] for each in (hare, mouse, owl)] == ["hare", "mouse", "owl"]
    assert hare["running"] is mouse["running"] is True
    assert hare["mem_used"] == 7
    assert owl == {"name": "owl", "type": "disc", "running": False, "cluster_links": []}


def test_a_node_that_is_frozen_is_shown_as_down(pair):
    pair.peers["mouse"].silent.add("hare")
    reply = pair.ask("mouse", "GET", "/nodes")
    assert [each["running"] for each in reply.json] == [False, True, False]
    assert reply.headers["x-leveret-absent"] == "hare"


def test_any_node_is_shown_by_any(pair):
    assert pair.get("mouse", "/nodes/hare")["name"] == "hare"
    assert "total" in pair.get("mouse", "/nodes/hare/memory")["memory"]
    assert pair.get("mouse", "/nodes/hare/memory/relative")["memory"]["total"] == 100
    assert pair.get("mouse", "/nodes/owl")["running"] is False
    for path in ("/nodes/owl/memory", "/nodes/owl/memory/relative"):
        assert pair.get("mouse", path) == {"memory": "not_available"}
    assert pair.ask("mouse", "GET", "/nodes/nobody").status == 404


def test_a_vhost_is_started_on_the_node_that_is_named(pair):
    assert pair.ask("mouse", "POST", "/vhosts/%2F/start/hare").status == 204
    refused = pair.ask("mouse", "POST", "/vhosts/%2F/start/owl")
    assert refused.json["reason"] == "Request to node owl failed with nodedown"


def test_alarms_of_all_nodes_are_told_through_any(pair):
    assert pair.get("mouse", "/health/checks/alarms") == {"status": "ok"}
    pair.hare.broker.alarms.set("disk", "a test")
    failed = pair.ask("mouse", "GET", "/health/checks/alarms")
    assert failed.status == 503
    assert failed.json["alarms"] == [{"node": "hare", "resource": "disk space"}]
    assert failed.json["reason"] == "There are alarms in effect in the cluster"
    assert pair.get("mouse", "/health/checks/local-alarms") == {"status": "ok"}


def test_a_vhost_is_alive_wherever_its_queue_is(pair):
    pair.declare("aliveness-test")
    assert pair.get("mouse", "/aliveness-test/%2F") == {"status": "ok"}


# Copies -----------------------------------------------------------------------------------------


def test_a_mirrored_queue_is_shown_with_the_nodes_of_its_copies(pair):
    pair.declare("q", durable=True)
    pair.declare("ordinary")
    for peers in pair.peers.values():
        peers.replicated["/", "q"] = ("hare", "mouse", "owl")
    shown = pair.get("mouse", "/queues/%2F/q")
    assert shown["node"] == "hare"
    for name in ("slave_nodes", "synchronised_slave_nodes", "recoverable_slaves"):
        assert shown[name] == ["mouse"]
    bare = {each["name"]: each for each in pair.get("mouse", "/queues?disable_stats=true")}
    assert bare["q"]["slave_nodes"] == bare["q"]["synchronised_slave_nodes"] == ["mouse"]
    ordinary = pair.get("mouse", "/queues/%2F/ordinary")
    assert ordinary["recoverable_slaves"] is None
    assert "slave_nodes" not in ordinary
    assert "slave_nodes" not in bare["ordinary"]


def test_a_quorum_queue_is_shown_with_its_members(pair):
    pair.declare("q", durable=True, arguments={"x-queue-type": "quorum"})
    for peers in pair.peers.values():
        peers.replicated["/", "q"] = ("hare", "mouse", "owl")
    shown = pair.get("mouse", "/queues/%2F/q")
    assert (shown["leader"], shown["online"]) == ("hare", ["hare", "mouse"])
    assert shown["members"] == ["hare", "mouse", "owl"]
    assert pair.get("mouse", "/queues/quorum/%2F/q/status") == [
        {"Node Name": "hare", "Raft State": "leader"},
        {"Node Name": "mouse", "Raft State": "follower"},
        {"Node Name": "owl", "Raft State": "noproc"},
    ]


@pytest.mark.parametrize(
    ("kind", "check", "reason"),
    [
        (
            "classic",
            "node-is-mirror-sync-critical",
            "There are classic mirrored queues without online synchronised mirrors",
        ),
        (
            "quorum",
            "node-is-quorum-critical",
            "There are quorum queues that would lose their quorum if the target node is shut down",
        ),
    ],
)
def test_a_node_without_which_a_queue_would_not_be_served_is_critical(pair, kind, check, reason):
    pair.declare("q", durable=True, arguments={"x-queue-type": kind})
    peers = pair.peers["mouse"]
    for copies, living, is_critical in (
        (("hare", "mouse", "owl"), {"hare", "mouse", "owl"}, False),
        (("hare", "mouse", "owl"), {"hare", "mouse"}, True),
        (("hare", "mouse", "owl"), {"mouse"}, False),
        (("hare", "owl"), {"hare", "mouse", "owl"}, False),
        (("hare", "mouse"), {"hare", "mouse"}, True),
        ((), {"hare", "mouse"}, False),
    ):
        peers.replicated["/", "q"], peers.living = copies, frozenset(living)
        told = pair.ask("mouse", "GET", f"/health/checks/{check}")
        assert told.status == (503 if is_critical else 200)
        if is_critical:
            readable = "queue 'q' in vhost '/'"
            queue = {"name": "q", "readable_name": readable, "type": kind, "virtual_host": "/"}
            assert told.json == {"queues": [queue], "reason": reason, "status": "failed"}


@pytest.mark.parametrize("node", ["hare", "mouse"])
def test_a_queue_that_is_paused_in_a_minority_says_so(pair, node):
    queue, _known = pair.declare("q", durable=True)
    queue.pause("hare")
    assert pair.get(node, "/queues/%2F/q")["state"] == "minority"
    for query in ("", "?disable_stats=true", "?disable_stats=true&enable_queue_totals=true"):
        (told,) = pair.get(node, f"/queues{query}")
        assert told["state"] == "minority"
    assert pair.ctl(node, "list_queues", vhost="/", columns=["state"]) == [["minority"]]
    queue.go_on()
    assert pair.get(node, "/queues/%2F/q")["state"] == "running"


@pytest.mark.parametrize("node", ["hare", "mouse"])
def test_a_mirrored_queue_that_nobody_leads_yet_is_listed_as_down(pair, node):
    pair.declare("q", durable=True)
    pair.hare_homes.follow(pair.hare.vhost, "q", "hare", is_mirrored=True)
    (told,) = pair.get(node, "/queues")
    assert (told["name"], told["node"], told["state"]) == ("q", "hare", "down")
    assert pair.ctl(node, "list_queues", vhost="/", columns=["state"]) == [["down"]]
