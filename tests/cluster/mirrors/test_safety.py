"""Who waits for what."""

import asyncio

import pytest

from tests.cluster.mirrors.leading import NODES, Leading
from tests.storage.hand import message

JOBS, MAILS, OWN = 1, 2, 9


@pytest.fixture
def node():
    node = Leading()
    node.declare(JOBS, MAILS)
    yield node
    node.close()


def keep(node, position, *queues):
    node.storage.messages.append(message(position, b"m"), queues)


def told(node, name, heard):
    node.storage.durability.when_durable(lambda: heard.append(name))


def turn(node):
    """A turn of the loop, in which nothing arrives."""
    node.loop.call_soon(node.loop.stop)
    node.loop.run_forever()


def test_a_message_in_several_places_is_safe_when_all_of_them_have_it(node):
    heard = []
    keep(node, 1, JOBS, OWN)
    told(node, "both", heard)
    node.loop.run_until_complete(_sleep())
    assert heard == []
    node.own.durability.sync()
    assert heard == ["both"]


async def _sleep():
    await asyncio.sleep(10)


def test_a_queue_whose_majority_is_away_holds_up_nobody_else(node):
    heard = []
    node.faults.split((NODES[0],))
    keep(node, 1, JOBS)
    told(node, "mirrored", heard)
    turn(node)
    keep(node, 2, OWN)
    told(node, "own", heard)
    node.run()
    assert heard == ["own"]
    node.faults.heal()
    node.run()
    assert heard == ["own", "mirrored"]


def test_a_batch_ends_with_every_append_to_a_mirror_and_with_the_engines_own(node):
    durability = node.storage.durability
    first = durability.batch
    assert durability.batch == first
    keep(node, 1, OWN)
    assert durability.batch == first
    keep(node, 2, JOBS)
    second = durability.batch
    keep(node, 3, MAILS)
    third = durability.batch
    node.own.durability.begin_sync()
    assert first < second < third < durability.batch


def test_what_is_said_after_somebody_began_to_wait_is_of_another_batch(node):
    durability, heard = node.storage.durability, []
    keep(node, 1, JOBS)
    first = durability.batch
    told(node, "mirrored", heard)
    turn(node)
    keep(node, 2, OWN)
    assert durability.batch > first


def test_demands_are_the_engines_own(node):
    before = node.storage.durability.demands
    node.storage.durability.demand()
    assert node.storage.durability.demands == before + 1
