"""A node's part in mirroring, put together from what it has."""

import asyncio
import json

import pytest

from leveret.broker.broker import Broker
from leveret.cluster.links.memory import MemoryNetwork
from leveret.cluster.links.ports import LinkDown
from leveret.cluster.memory_log import MemoryEngine
from leveret.cluster.mirroring.joining_in import GIVE, Members, join_in
from leveret.cluster.mirroring.ports import GatherFailed
from leveret.cluster.mirroring.wanted import Locators
from tests.broker.domain import HandAgenda, random_bytes


class Alone:
    living = frozenset({"hare"})
    has_majority = True
    aside = frozenset()


async def groups_fail(_nodes):
    raise LinkDown("mouse")


def joined(links):
    broker = Broker(HandAgenda().hand, random_bytes())
    logs = MemoryEngine(("hare", "mouse")).logs_of("hare")
    parts = (None, None, None, None, None, Alone())
    members = Members(lambda: ("mouse", "hare"), groups_fail)
    return join_in(broker, links, logs, parts, members, Locators())


def test_it_knows_who_there_is_and_who_cannot_be_gathered():
    async def scene():
        mirroring = joined(MemoryNetwork().links_of("hare"))
        assert mirroring.cluster.members == ("hare", "mouse")
        with pytest.raises(GatherFailed, match="mouse"):
            await mirroring._around.gather(("hare", "mouse"))

    asyncio.run(scene())


def test_a_leader_is_asked_over_the_link_to_give_its_queue_to_another():
    async def scene():
        network, asked = MemoryNetwork(), []
        hare = network.links_of("hare")
        mirroring = joined(hare)
        mouse = network.links_of("mouse")

        async def hear(peer, body):
            asked.append((peer, json.loads(body)))
            return b""

        mouse.serve(GIVE, hear)
        await hare.to("mouse").wait_up(5)
        await mirroring._around.ask_to_give("mouse", ("/", "q"), "hare")
        assert asked == [("hare", ["/", "q", "hare"])]

    asyncio.run(scene())
