"""Nodes come in at the node port, beside leveretctl; strangers learn nothing and cost nothing."""

import asyncio
import ipaddress
import random
import ssl

import pytest
from cryptography import x509

from leveret.cluster.links import encounter
from leveret.cluster.links.encounter import Hello
from leveret.cluster.links.frames import CALL, head
from leveret.cluster.links.links import NodeLinks
from leveret.cluster.links.peer import Tls
from leveret.cluster.links.ports import LinkDown
from leveret.cluster.links.tls import link_tls
from leveret.control import challenge
from leveret.control.challenge import Purpose
from leveret.control.client import connect
from leveret.node import new_event_loop
from tests.cluster.links.networks import Node, OverSockets, home_of, run, visit
from tests.cluster.links.test_promises import echo, until
from tests.control.served import COOKIE as COOKIE_SERVED
from tests.control.served import served
from tests.server.authority import authority


def with_a_node(scene):
    """Run it with hare's links, and a node mouse that may be visited."""

    async def run():
        mouse = Node(home_of("mouse", {}))
        await mouse.start("127.0.3.7")
        mouse.links.serve("echo", echo)
        hare = Node(home_of("hare", {"mouse": mouse.place}))
        try:
            async with asyncio.timeout(60):
                await scene(hare.links, mouse)
        finally:
            await hare.stop()
            await mouse.stop()

    asyncio.run(run())


async def introduce(came, **who):
    """The verdict on whoever says that."""
    told = {"node": "vole", "goal": "mouse", "boot": "1"} | who
    came.say(encounter.encode(Hello(**told)))
    return encounter.decode_verdict(await came.receive())


def test_leveretctl_and_nodes_come_in_at_the_same_port():
    with served() as node:
        with connect(node.address, COOKIE_SERVED) as link:
            assert len(list(link.ask("list_users", {}))) > 1

        async def scene():
            mouse = NodeLinks(home_of("mouse", {}, cookie=COOKIE_SERVED))
            mouse.serve("echo", echo)
            node.node._node_port.hand_peers_to(mouse.welcome)
            places = {"mouse": node.address}
            hare = NodeLinks(home_of("hare", places, cookie=COOKIE_SERVED))
            return mouse, hare

        mouse, hare = node.do(scene())

        async def talk():
            await hare.to("mouse").wait_up(10)
            return await hare.to("mouse").call("echo", b"a", 5)

        assert node.do(talk()) == b"hare:a"
        with connect(node.address, COOKIE_SERVED) as link:
            assert len(list(link.ask("list_users", {}))) > 1
        node.do(hare.close())
        node.do(mouse.close())


def test_a_node_without_a_cluster_sends_nodes_away(caplog):
    with served() as node:

        async def come():
            async with visit(node.address, COOKIE_SERVED) as came:
                with pytest.raises(OSError, match="closed"):
                    await came.receive()

        node.do(come())
    assert "it is a node of a cluster, and this node takes none" in caplog.text


TLS_MISMATCH = "one of both has TLS between nodes, the other has not"


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """What each node of a cluster has when its nodes meet over TLS: both ends show who they are."""
    ca, directory = authority(), tmp_path_factory.mktemp("tls")
    (directory / "ca.pem").write_bytes(ca.pem)
    address = x509.IPAddress(ipaddress.ip_address("127.0.3.9"))
    files = ca.vouch_for("node", names=[address]).write(directory, "node")
    return link_tls(*files, directory / "ca.pem")


@pytest.mark.parametrize("make_loop", [asyncio.new_event_loop, new_event_loop])
def test_over_tls_nodes_say_all_that_they_say_without_and_nobody_reads_it(tls, make_loop):
    large = bytes(range(256)) * 20_000

    async def scene(network):
        seen = network.overhear()
        network.links("mouse").serve("echo", echo)
        link = network.links("hare").to("mouse")
        for _ in range(3):
            await link.wait_up(10)
            assert await link.call("echo", large, 10) == b"hare:" + large
            await network.lose("hare", "mouse")
            await until(lambda: not link.is_up)
        assert len(seen) > 6 * len(large)
        assert large[:256] not in seen

    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(run(scene, OverSockets(tls=tls)))


def test_without_tls_the_network_reads_what_is_said():
    async def scene(network):
        seen = network.overhear()
        network.links("mouse").serve("echo", echo)
        link = network.links("hare").to("mouse")
        await link.wait_up(10)
        await link.call("echo", b"in the clear", 10)
        assert b"in the clear" in seen

    asyncio.run(run(scene, OverSockets()))


async def meet(hare, mouse, time_s=0.3):
    """Whether the links of hare come up to mouse; each with the TLS that is told."""
    there = Node(home_of("mouse", {}, tls=mouse))
    await there.start("127.0.3.9")
    here = Node(home_of("hare", {"mouse": there.place}, tls=hare))
    try:
        await here.links.to("mouse").wait_up(time_s)
    except LinkDown:
        assert not there.links._peers
        return False
    finally:
        await here.stop()
        await there.stop()
    return True


def test_one_with_tls_and_one_without_do_not_meet(tls, caplog):
    assert asyncio.run(meet(tls, tls, 10))
    assert not asyncio.run(meet(tls, None))
    assert caplog.text.count(TLS_MISMATCH) == 1
    caplog.clear()
    assert not asyncio.run(meet(None, tls))
    assert caplog.text.count(TLS_MISMATCH) == 1


def test_the_cookie_alone_does_not_do_where_certificates_are_asked_for(tls, tmp_path):
    stranger = ssl.create_default_context()
    stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
    stranger.load_cert_chain(*authority("another").vouch_for("node").write(tmp_path, "node"))
    assert not asyncio.run(meet(Tls(tls.server, stranger), tls))


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ({"goal": "hare"}, "the node there is mouse, not hare"),
        ({"node": "mouse"}, "both are called mouse"),
    ],
)
def test_whoever_comes_is_told_why_not(who, refusal):
    async def scene(_links, mouse):
        async with visit(mouse.place) as came:
            verdict = await introduce(came, **who)
            assert verdict.refusal == refusal
            assert not verdict.is_welcome
            with pytest.raises(OSError, match="closed"):
                await came.receive()

    with_a_node(scene)


def test_a_node_that_starts_again_takes_the_place_of_what_it_was():
    async def scene(_links, mouse):
        link, told = mouse.links._peer("vole").link, []
        async with visit(mouse.place) as before, visit(mouse.place) as after:
            assert (await introduce(before, boot="1")).is_welcome
            await link.wait_up(10)
            link.on_state(told.append)
            assert (await introduce(after, boot="2")).is_welcome
            with pytest.raises(OSError, match=r"closed|reset"):
                await before.receive()
            assert told == [False, True]

    with_a_node(scene)


def test_a_node_that_is_leaving_lets_nobody_in():
    async def scene(_links, mouse):
        await mouse.links.close()
        async with visit(mouse.place) as came:
            assert (await introduce(came)).refusal == "mouse is leaving"

    with_a_node(scene)


async def knock(place, chance):
    """Somebody without the cookie: any octets, or nearly the right ones, in any pieces."""
    hello = bytearray(challenge.hello(chance.randbytes(32), chance.choice(list(Purpose))))
    if chance.random() < 0.5:
        hello[chance.randrange(len(hello))] = chance.randrange(256)
    octets = bytes(hello) + chance.randbytes(chance.randrange(200))
    octets = octets[: chance.randrange(1, len(octets))]
    reader, writer = await asyncio.open_connection(*place)
    writer.write(octets)
    writer.write_eof()
    try:
        return await reader.read(1000)
    except OSError:
        return b""
    finally:
        writer.close()


def test_strangers_hear_a_greeting_or_nothing_and_leave_nothing():
    async def scene(links, mouse):
        await links.to("mouse").wait_up(10)
        for seed in range(150):
            said = await knock(mouse.place, random.Random(seed))
            assert said[challenge.GREETING_OCTETS :] in (b"", challenge.REFUSED)
        await until(lambda: len(mouse.server._visits) == 1)
        assert await links.to("mouse").call("echo", b"a", 5) == b"hare:a"

    with_a_node(scene)


async def babble(place, chance):
    """Somebody with the cookie who does not speak as a node does."""
    said = [encounter.encode(Hello("vole", "mouse", "1")), head(CALL, 1, b"\x04echo") + b"\x04echo"]
    async with visit(place) as came:
        for block in said:
            garbled = bytearray(block)
            if chance.random() < 0.6:
                garbled[chance.randrange(len(garbled))] = chance.randrange(256)
            came.say(bytes(garbled) if chance.random() < 0.8 else chance.randbytes(50))
        await came.drain()


def test_nodes_that_babble_end_their_own_connection_only():
    async def scene(links, mouse):
        told = []
        links.to("mouse").on_state(told.append)
        await links.to("mouse").wait_up(10)
        for seed in range(100):
            await babble(mouse.place, random.Random(seed))
        await until(lambda: len(mouse.server._visits) == 1)
        assert await links.to("mouse").call("echo", b"a", 5) == b"hare:a"
        assert told == [True]

    with_a_node(scene)


def test_a_flood_of_strangers_keeps_no_node_out():
    async def scene(links, mouse):
        flood = [await asyncio.open_connection(*mouse.place) for _ in range(300)]
        await links.to("mouse").wait_up(10)
        flood += [await asyncio.open_connection(*mouse.place) for _ in range(200)]
        assert await links.to("mouse").call("echo", b"a", 5) == b"hare:a"
        assert len(mouse.server._visits) < 140
        for _, writer in flood:
            writer.transport.abort()
        await until(lambda: len(mouse.server._visits) == 1)

    with_a_node(scene)
