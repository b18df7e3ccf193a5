"""One connection for each pair, whoever dialled, and why a node cannot be reached."""

import asyncio
import socket

import pytest

from leveret.cluster.links.connection import Pace
from leveret.cluster.links.ports import LinkDown
from tests.cluster.links.networks import QUICK, Node, home_of, play_over_sockets
from tests.cluster.links.test_promises import echo, states_of, until, up

AT_ONCE = Pace(pause_s=0, pause_s_max=0.01)
NAMES = ("hare", "mouse", "vole")


@pytest.mark.parametrize("pace", [QUICK, AT_ONCE], ids=["quick", "at once"])
def test_when_all_dial_each_other_at_once_one_connection_of_each_pair_remains(pace):
    async def scene(network):
        links = [network.links(one).to(other) for one in NAMES for other in NAMES if one != other]
        for _ in range(15):
            for link in links:
                await link.wait_up(10)
            await until(lambda: network.connections() == 3)
            told = [states_of(link) for link in links]
            await asyncio.sleep(0.05)
            assert network.connections() == 3
            assert all(states in ([], [False, True]) for states in told)
            for one, other in (("hare", "mouse"), ("hare", "vole"), ("mouse", "vole")):
                await network.lose(one, other)
            await until(lambda told=told: all(states[:1] == [False] for states in told))

    play_over_sockets(scene, pace=pace)


def test_one_way_that_is_blocked_is_no_harm():
    async def scene(network):
        network._relays["hare", "mouse"].cut()
        link, back = network.links("hare").to("mouse"), network.links("mouse").to("hare")
        await link.wait_up(10)
        await back.wait_up(10)
        network._relays["hare", "mouse"].heal()
        network._relays["mouse", "hare"].cut()
        told = states_of(link)
        await until(lambda: told == [False, True])
        assert network.connections() == 1

    play_over_sockets(scene)


def test_a_peer_that_lost_the_connection_alone_comes_back():
    async def scene(network):
        link, back = await up(network), await up(network, "mouse", "hare")
        network.links("hare").serve("echo", echo)
        told = states_of(link)
        # The network swallows what mouse's end has to say of its loss.
        await network.hold("hare", "mouse")
        network.links("mouse")._peers["hare"]._held.connection.end("of the test")
        assert not back.is_up
        await network.release()
        await back.wait_up(10)
        await until(lambda: told[-1:] == [True] and network.connections() == 1)
        assert await back.call("echo", b"", 5) == b"mouse:"

    play_over_sockets(scene)


async def trouble_of(link):
    with pytest.raises(LinkDown) as down:
        await link.wait_up(0.3)
    return str(down.value)


def two_nodes(scene, *, there=None, place=None, is_admitted=lambda _node: True):
    """Run it with the links of hare, which look for mouse where another node is."""

    async def run():
        other = Node(there or home_of("mouse", {}), is_admitted=is_admitted)
        await other.start("127.0.3.5")
        hare = Node(home_of("hare", {"mouse": place or other.place}))
        await hare.start("127.0.3.5")
        try:
            await scene(hare.links)
        finally:
            await hare.stop()
            await other.stop()

    asyncio.run(run())


def test_another_cookie_is_told(caplog):
    async def scene(links):
        told = await trouble_of(links.to("mouse"))
        assert told == "mouse cannot be reached: its cookie is not ours"

    two_nodes(scene, there=home_of("mouse", {}, cookie=b"another"))
    assert caplog.text.count("mouse cannot be reached: its cookie is not ours") == 1


def test_another_node_than_the_one_that_is_looked_for_is_told():
    async def scene(links):
        told = await trouble_of(links.to("mouse"))
        assert told == "mouse cannot be reached: the node there is vole, not mouse"

    two_nodes(scene, there=home_of("vole", {}))


def test_who_is_no_member_is_not_let_in():
    async def scene(links):
        told = await trouble_of(links.to("mouse"))
        assert told == "mouse cannot be reached: hare is no member of the cluster of mouse"

    two_nodes(scene, is_admitted=lambda node: node != "hare")


def test_nobody_there_is_told_as_the_system_says_it():
    async def scene(links):
        assert "cannot be reached: " in (told := await trouble_of(links.to("mouse")))
        assert "refused" in told or "connect call failed" in told

    two_nodes(scene, place=("127.0.3.6", 1))


def test_a_node_of_which_nobody_knows_where_it_is_is_waited_for():
    async def scene(links):
        told = await trouble_of(links.to("vole"))
        assert told == "vole cannot be reached: where it is, is not known"

    two_nodes(scene)


def test_who_accepts_and_says_nothing_is_given_up():
    async def scene():
        # The system accepts for it.
        silent = socket.create_server(("127.0.3.5", 0))
        place = silent.getsockname()[:2]
        pace = Pace(handshake_s=0.1, pause_s=0.01)
        hare = Node(home_of("hare", {"mouse": place}, pace=pace))
        told = await trouble_of(hare.links.to("mouse"))
        assert told == "mouse cannot be reached: no answer within 0.1 s"
        await hare.links.close()
        silent.close()

    asyncio.run(scene())
