"""Leaders that die at any moment, by seeds: the confirmed is there, the settled is not."""

import asyncio
from random import Random

import pytest

from tests.cluster.mirrors.leading import Leading
from tests.storage.hand import message

JOBS = 1


class Life:
    """One queue through many leaders."""

    def __init__(self, seed):
        self.chance = Random(seed)
        self.node = Leading(chance=self.chance)
        self.node.declare(JOBS)
        self.position = 0
        # Said to be kept, confirmed, waiting here, said to be settled, known to be settled.
        self.confirmed, self.here, self.asked, self.settled = set(), [], set(), set()

    def publish(self):
        self.position += 1
        position = self.position
        self.node.storage.messages.append(message(position, b"%d" % position), (JOBS,))
        self.here.append(position)
        self.node.storage.durability.when_durable(lambda: self.confirmed.add(position))

    def settle(self):
        if self.here:
            position = self.here.pop(self.choose())
            self.asked.add(position)
            self.node.storage.messages.settle(JOBS, position)
            self.node.loop.call_later(0.05, self.wait_settled, self.node, position)

    def choose(self):
        """Which of those that are here is settled: the oldest, about."""
        return self.chance.randrange(min(len(self.here), 5))

    def wait_settled(self, node, position):
        """A transaction that wants to know."""
        if node is self.node and node.mirrors[JOBS].log.is_writer:
            node.mirrors[JOBS].when_safe(lambda: self.settled.add(position), nothing)

    def pass_time(self):
        self.node.own.durability.sync()
        self.node.loop.run_until_complete(_sleep(self.chance.expovariate(100)))

    def die(self):
        """At once, in the middle of whatever is under way; somebody else leads."""
        before = self.node
        before.faults.kill(before.name)
        before.faults.logs_of(before.name)
        self.node = Leading(before)
        found = self.node.store.recovered(JOBS).positions.get(0, [])
        assert list(found) == sorted(found), "out of order"
        lost = self.confirmed - self.asked - set(found)
        assert not lost, "confirmed and gone"
        assert not self.settled & set(found), "settled and back"
        assert len(found) == len(set(found))
        self.here = list(found)


def nothing():
    """It was lost with its leader."""


async def _sleep(seconds):
    await asyncio.sleep(seconds)


@pytest.mark.parametrize("seed", range(40))
def test_confirmed_is_kept_and_settled_stays_away(seed):
    life = Life(seed)
    steps = [life.publish, life.publish, life.settle, life.pass_time]
    for _ in range(12):
        for _ in range(life.chance.randrange(60)):
            life.chance.choice(steps)()
        life.die()
    assert life.confirmed
    assert life.settled
    life.node.close()
