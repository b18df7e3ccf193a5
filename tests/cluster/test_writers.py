"""Whatever changes metadata, through any node of a real cluster: by AMQP, HTTP and at a start."""

import asyncio
import json
import time
import urllib.request
from base64 import b64encode

import pika
import pytest

from tests.cluster.nodes import HOSTS, drain, publish

VISIBLE_S = 0.1


async def cluster(nodes):
    await nodes.start(*HOSTS)
    for host in HOSTS[1:]:
        await nodes.join(host, HOSTS[0])


def broker(nodes, host):
    return nodes.running[host].broker


def queues(nodes, host):
    return broker(nodes, host).vhosts["/"].queues


async def seen(nodes, name, *, is_there=True, since=None):
    """How long it takes until every node has it, or none. since: when its client was told."""
    begun = since or time.monotonic()
    while any((name in queues(nodes, host)) is not is_there for host in HOSTS):
        assert time.monotonic() - begun < 5
        await asyncio.sleep(0.002)
    return time.monotonic() - begun


def declared(name):
    """Declare it; when the reply came."""

    def declare(channel):
        channel.queue_declare(name)
        return time.monotonic()

    return declare


@pytest.mark.slow
def test_every_node_declares_and_every_node_knows_soon(scene_of_nodes):
    async def scene(nodes):
        await cluster(nodes)
        for round_ in range(3):
            for host in HOSTS:
                name = f"{host}-{round_}"
                told = await nodes.client(host, declared(name))
                assert await seen(nodes, name, since=told) < VISIBLE_S

    scene_of_nodes(scene)


@pytest.mark.slow
def test_all_of_them_at_once_make_one_of_each(scene_of_nodes):
    def many(channel):
        for number in range(20):
            channel.queue_declare(f"q{number}", durable=True)
            channel.queue_bind(f"q{number}", "amq.fanout")

    async def scene(nodes):
        await cluster(nodes)
        await asyncio.gather(*(nodes.client(host, many) for host in HOSTS))
        await asyncio.sleep(VISIBLE_S)
        for host in HOSTS:
            assert len(queues(nodes, host)) == 20
            fanout = broker(nodes, host).vhosts["/"].exchanges["amq.fanout"]
            assert len(fanout.bindings) == 20

    scene_of_nodes(scene)


@pytest.mark.slow
def test_a_queue_that_is_elsewhere_is_deleted_and_a_consumers_goes_with_it(scene_of_nodes):
    def consume_and_cancel(channel):
        channel.queue_declare("passing", auto_delete=True)
        channel.basic_consume("passing", lambda *_: None, consumer_tag="c")
        channel.basic_cancel("c")
        with pytest.raises(pika.exceptions.ChannelClosedByBroker):
            channel.queue_declare("passing", passive=True)

    async def scene(nodes):
        await cluster(nodes)
        await nodes.client(HOSTS[1], lambda channel: channel.queue_declare("q", durable=True))
        await nodes.client(HOSTS[2], lambda channel: publish(channel, "q", b"x"))
        await nodes.client(HOSTS[0], lambda channel: channel.queue_delete("q"))
        assert await seen(nodes, "q", is_there=False) < VISIBLE_S
        await nodes.client(HOSTS[1], lambda channel: channel.queue_declare("q", durable=True))
        assert await nodes.client(HOSTS[1], lambda channel: drain(channel, "q")) == []
        await nodes.client(HOSTS[2], consume_and_cancel)

    scene_of_nodes(scene)


@pytest.mark.slow
def test_an_exclusive_queue_is_gone_with_its_connection(scene_of_nodes):
    async def scene(nodes):
        await cluster(nodes)
        await nodes.client(HOSTS[1], lambda channel: channel.queue_declare("mine", exclusive=True))
        assert await seen(nodes, "mine", is_there=False) < 1

    scene_of_nodes(scene)


def put(nodes, host, path, body, method="PUT"):
    """Over HTTP; the status."""
    (place,) = [each for each in nodes.running[host].listeners if each.protocol == "http"]
    request = urllib.request.Request(
        f"http://{place.host}:{place.port}/api/{path}", json.dumps(body).encode(), method=method
    )
    request.add_header("authorization", f"Basic {b64encode(b'guest:guest').decode()}")
    request.add_header("content-type", "application/json")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


@pytest.mark.slow
def test_http_and_definitions_are_known_to_all(scene_of_nodes):
    document = {"queues": [{"name": f"d{n}", "vhost": "/"} for n in range(200)]}

    async def scene(nodes):
        await cluster(nodes)
        assert await asyncio.to_thread(put, nodes, HOSTS[1], "queues/%2f/h", {}) == 201
        assert await asyncio.to_thread(put, nodes, HOSTS[2], "queues/%2f/h", {}) == 204
        assert await asyncio.to_thread(put, nodes, HOSTS[2], "definitions", document, "POST") == 204
        await asyncio.sleep(VISIBLE_S)
        for host in HOSTS:
            assert len(queues(nodes, host)) == 201

    scene_of_nodes(scene)
