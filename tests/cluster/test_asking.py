"""Peers over links: who is asked answers, and who cannot is absent, whatever the reason."""

import asyncio
from types import SimpleNamespace

import pytest

from leveret.cluster import asking
from leveret.cluster.asking import LinkedPeers
from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.metadata.changes import QueueHoused
from leveret.peers import PeerAbsent

HOUSED = {
    ("/", "ordinary"): QueueHoused("/", "ordinary", "hare"),
    ("/", "mirrored"): QueueHoused("/", "mirrored", "hare", "q1.1", ("hare", "mouse")),
}


def peers_of(links):
    living = SimpleNamespace(living=frozenset({"hare", "mouse"}))
    return LinkedPeers(
        links,
        lambda: ("mouse", "hare"),
        living,
        lambda vhost, name: HOUSED.get((vhost, name)),
        _no_balance,
    )


async def _no_balance():
    """Nothing is out of balance."""


def play(scene):
    async def run():
        network = MemoryNetwork()
        hare, mouse = network.links_of("hare"), network.links_of("mouse")
        await scene(network, hare.to("mouse"), peers_of(hare), peers_of(mouse))

    asyncio.run(run())


def test_who_is_asked_answers():
    async def scene(_network, link, hare, mouse):
        async def answer(body):
            return b"heard " + body

        mouse.serve("http", answer)
        await link.wait_up(1)
        assert await hare.ask("mouse", "http", b"this") == b"heard this"

    play(scene)


def test_who_cannot_be_reached_or_fails_or_knows_no_such_verb_is_absent():
    async def scene(network, link, hare, mouse):
        async def fail(_body):
            raise RuntimeError("ours")

        mouse.serve("http", fail)
        await link.wait_up(1)
        for verb in ("http", "unknown"):
            with pytest.raises(PeerAbsent):
                await hare.ask("mouse", verb, b"")
        network.kill("mouse")
        with pytest.raises(PeerAbsent):
            await hare.ask("mouse", "http", b"")

    play(scene)


def test_who_is_frozen_is_waited_for_a_while(monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE_S", 0.01)

    async def scene(_network, link, hare, mouse):
        mouse.serve("http", lambda _body: asyncio.get_running_loop().create_future())
        await link.wait_up(1)
        with pytest.raises(PeerAbsent):
            await hare.ask("mouse", "http", b"")

    play(scene)


def test_members_stand_in_order_and_only_replicated_queues_have_copies():
    async def scene(_network, _link, hare, _mouse):
        assert hare.members == ("hare", "mouse")
        assert hare.living == {"hare", "mouse"}
        assert hare.copies("/", "mirrored") == ("hare", "mouse")
        assert hare.copies("/", "ordinary") == hare.copies("/", "none") == ()

    play(scene)
