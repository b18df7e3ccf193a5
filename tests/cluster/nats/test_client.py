"""The client, with real servers that are killed, and frozen."""

import asyncio

import pytest

from leveret.cluster.nats.client import Address, Client, Unanswered
from tests.cluster.nats.servers import free_port
from tests.cluster.until import until


def test_what_is_published_is_heard_and_what_nobody_wants_any_more_is_not(play_client):
    async def scene(client):
        come = asyncio.Queue()
        sid = client.subscribe("field.*", come.put_nowait)
        client.publish("field.grass", b"hop", "reply.here")
        message = await come.get()
        assert (message.subject, message.octets, message.reply) == (
            "field.grass", b"hop", "reply.here",
        )  # fmt: skip
        client.unsubscribe(sid)
        client.publish("field.grass", b"unheard")
        last = client.subscribe("wood", come.put_nowait)
        client.publish("wood", b"heard")
        assert (await come.get()).octets == b"heard"
        client.unsubscribe(last)

    play_client(scene)


def test_a_question_is_answered_by_whoever_listens(play_client):
    async def scene(client):
        client.subscribe("ask", lambda message: client.publish(message.reply, message.octets * 2))
        answers = await asyncio.gather(*(client.request("ask", b"%d" % n) for n in range(100)))
        assert [each.octets for each in answers] == [b"%d" % n * 2 for n in range(100)]

    play_client(scene)


def test_a_question_to_nobody_is_unanswered_at_once(play_client):
    async def scene(client):
        async with asyncio.timeout(1):
            with pytest.raises(Unanswered, match="nobody"):
                await client.request("void", b"")

    play_client(scene)


def says(client, octets):
    """Whether it could."""
    try:
        client.publish("news", octets)
    except Unanswered:
        return False
    return True


def test_a_client_comes_back_with_its_subscriptions(play):
    async def scene(cluster):
        client, come = cluster.client("vole"), asyncio.Queue()
        client.subscribe("news", come.put_nowait)
        await client.connect()
        await cluster.kill("vole")
        await until(lambda: not says(client, b"lost"))
        await cluster.restart("vole")
        await until(lambda: says(client, b"again"))
        assert (await come.get()).octets == b"again"
        await client.close()

    play(scene)


def test_whoever_waits_for_a_server_that_dies_is_told(play):
    async def scene(cluster):
        client = cluster.client("vole")
        client.subscribe("silent", lambda _: None)
        await client.connect()
        asked = asyncio.create_task(client.request("silent", b""))
        await asyncio.sleep(0.05)
        await cluster.kill("vole")
        with pytest.raises(Unanswered, match="lost"):
            await asked
        await client.close()

    play(scene)


def test_a_frozen_server_leaves_questions_unanswered_and_is_as_before_when_it_thaws(play):
    async def scene(cluster):
        client = cluster.client("mouse")
        await client.connect()
        await cluster.cut_off("mouse")
        with pytest.raises(Unanswered, match="in time"):
            await client.request("$JS.API.INFO", b"")
        with pytest.raises(Unanswered):
            await cluster.client("mouse").connect()
        await cluster.heal()
        assert (await client.request("$JS.API.INFO", b"")).octets
        await client.close()

    play(scene)


def test_a_wrong_password_and_nobody_at_all_are_both_unanswered(play_client, nats_servers):
    async def scene(client):
        del client
        hare = nats_servers.by_node["hare"]
        for port, password in ((hare.port, "wrong"), (free_port(hare.host), "carrot")):
            with pytest.raises(Unanswered):
                await Client(Address(hare.host, port, "lev", password)).connect()

    play_client(scene)
