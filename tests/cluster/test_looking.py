"""What whole nodes show of each other, over HTTP and to leveretctl: the parts are tested with
tests/cluster/pair.py, here they are put together over real links."""

import asyncio
import json
from http.client import HTTPConnection

from leveret.control.client import connect
from leveret.control.messages import Batch
from tests.cluster.nodes import COOKIE, HOSTS, name_of, publish
from tests.management.asking import reply_of

ONE, OTHER = HOSTS[:2]
HTTP, NODE_PORT = 15672, 25672


async def ask(host, method, path, body=None):
    connection = HTTPConnection(host, HTTP, timeout=20)
    request = (method, f"/api{path}", body)
    return await asyncio.to_thread(reply_of, connection, request, "guest:guest", {})


async def show(host, path):
    reply = await ask(host, "GET", path)
    assert reply.status == 200, reply
    return json.loads(reply.content)


async def ctl(host, verb, **arguments):
    """The rows of a listing."""

    def asked():
        with connect((host, NODE_PORT), COOKIE.encode()) as link:
            said = list(link.ask(verb, arguments, 20))
        return [row for each in said if isinstance(each, Batch) for row in each.rows]

    return await asyncio.to_thread(asked)


def declare(channel):
    channel.queue_declare("q", durable=True)
    publish(channel, "q", b"first", b"second")


async def two(nodes):
    """One has a queue with two messages, the other has joined it."""
    await nodes.start(ONE, OTHER)
    await nodes.client(ONE, declare)
    await nodes.join(OTHER)


def test_each_of_two_nodes_shows_both(scene_of_nodes):
    async def scene(nodes):
        await two(nodes)
        for host in (ONE, OTHER):
            (queue,) = await show(host, "/queues")
            assert (queue["name"], queue["node"], queue["messages"]) == ("q", name_of(ONE), 2)
            told = await show(host, "/nodes")
            assert [(each["name"], each["running"]) for each in told] == [
                (name_of(ONE), True),
                (name_of(OTHER), True),
            ]
            told = await show(host, "/overview")
            assert {each["node"] for each in told["listeners"]} == {name_of(ONE), name_of(OTHER)}
            assert told["queue_totals"]["messages"] == 2
            (queue,) = await ctl(host, "list_queues", vhost="/", columns=["name", "pid"])
            assert queue[0] == "q"
            assert queue[1].startswith(f"<{name_of(ONE)}.")

    scene_of_nodes(scene)


def test_messages_are_published_got_and_purged_through_the_other_node(scene_of_nodes):
    async def scene(nodes):
        await two(nodes)
        told = {"properties": {}, "routing_key": "q", "payload": "third"}
        told["payload_encoding"] = "string"
        reply = await ask(OTHER, "POST", "/exchanges/%2F/amq.default/publish", told)
        assert reply.json == {"routed": True}
        wanted = {"ackmode": "ack_requeue_true", "count": 9, "encoding": "auto"}
        reply = await ask(OTHER, "POST", "/queues/%2F/q/get", wanted)
        assert [each["payload"] for each in reply.json] == ["first", "second", "third"]
        assert (await ask(OTHER, "DELETE", "/queues/%2F/q/contents")).status == 204
        assert (await show(OTHER, "/queues/%2F/q"))["messages"] == 0

    scene_of_nodes(scene)


def test_a_node_that_has_gone_is_shown_as_down_with_its_queues(scene_of_nodes):
    async def scene(nodes):
        await two(nodes)
        await nodes.stop(ONE)
        gone, there = await show(OTHER, "/nodes")
        assert gone == {
            "name": name_of(ONE),
            "type": "disc",
            "running": False,
            "cluster_links": [],
        }
        assert there["running"]
        (queue,) = await show(OTHER, "/queues")
        assert (queue["name"], queue["state"], queue["node"]) == ("q", "down", name_of(ONE))
        assert (await ask(OTHER, "GET", "/queues/%2F/q")).status == 404
        rows = await ctl(OTHER, "list_queues", vhost="/", columns=["name", "state", "messages"])
        assert rows == [["q", "down", ""]]

    scene_of_nodes(scene)
