"""A queue that moves to and fro while clients use it, by seeds: whichever place is believed has
what they have not settled, in order, and nothing else.
"""

from random import Random

import pytest

from leveret.wire import methods
from tests.cluster.mirrors.living import MirroredWorld, scene
from tests.session.harness import PERSISTENT


class Life:
    """One queue and one client. waiting: bodies; out: those by their delivery tags."""

    def __init__(self, seed):
        self.chance = Random(seed)
        self.world = MirroredWorld()
        self.channel = self.world.channel()
        self.channel.say(methods.QueueDeclare(queue="q", durable=True))
        self.world.sync()
        self.channel.take()
        self.waiting, self.out = [], {}
        self.published = self.tag = self.generation = 0
        self.is_mirrored = False
        self.moving = None

    async def step(self):
        verbs = ("publish", "get", "settle", "give_back", "pass_time", "move", "end")
        (verb,) = self.chance.choices(verbs, (5, 4, 3, 1, 2, 1, 1))
        await getattr(self, verb)()

    async def publish(self):
        self.published += 1
        self.waiting.append(self.published)
        body = b"%d" % self.published
        self.channel.publish(body, key="q", properties=PERSISTENT)

    async def get(self):
        got = self.channel.get()
        if got is None:
            return
        self.tag += 1
        assert int(got.body) == min(self.waiting), "out of order"
        self.waiting.remove(int(got.body))
        self.out[self.tag] = int(got.body)

    async def settle(self):
        if self.out:
            tag = self.chance.choice(list(self.out))
            del self.out[tag]
            self.channel.ack(tag)

    async def give_back(self):
        if self.out:
            tag = self.chance.choice(list(self.out))
            self.waiting.append(self.out.pop(tag))
            self.channel.say(methods.BasicNack(tag, requeue=True))

    async def pass_time(self):
        await self.world.settle(1)

    async def move(self):
        if self.moving is not None:
            return
        if self.is_mirrored:
            self.moving = self.world.begin_move_home()
        else:
            self.generation += 1
            self.moving = await self.world.begin_move(f"q1.{self.generation}")

    async def end(self):
        if self.moving is None or not self.moving.done():
            return
        move, self.moving = self.moving.result(), None
        if self.chance.random() < 0.7:
            move.finish()
            self.is_mirrored = not self.is_mirrored
        else:
            move.give_up()

    async def found(self):
        """Where the queue is believed to be."""
        if self.is_mirrored:
            found = await self.world.found(f"q1.{self.generation}")
        else:
            found = self.world.own()
        return [int(body) for body, _count in found]


@pytest.mark.parametrize("seed", range(40))
@scene
async def test_nothing_is_lost_and_nothing_comes_back(seed):
    life = Life(seed)
    for _ in range(800):
        await life.step()
    await life.world.settle()
    assert await life.found() == sorted([*life.waiting, *life.out.values()])
    assert life.generation
