"""What three nodes promise the clients of a mirrored queue, whoever leads it and whichever links
are lost, by chance from a seed:

    a message that was confirmed is in the queue until somebody acknowledges it
    what was confirmed, acknowledged, and heard of by who leads, does not come back
    nobody holds more than his prefetch
    what comes to a consumer for the first time comes in the order of publishing, under each leader
    whoever waits for something is answered in the end
"""

import random
from collections import Counter

import pytest

from leveret.broker.queues.queue import Queue
from tests.cluster.remote.test_promises import Publisher, Taker
from tests.cluster.remote.three import NODES, Three
from tests.session.harness import Content

STEPS = 150
SEEDS = 25


class Witness(Taker):
    """Knows what anybody has seen: what comes twice has been said twice, or was lost and found."""

    def _hold(self, content):
        if self.scene.times[content.body] > 1:
            name, number = content.body.split()
            tag = getattr(content.method, "consumer_tag", None)
            self.newest[tag, name] = min(self.newest.get((tag, name), 0), int(number) - 1)
        super()._hold(content)


class Scene:
    """The queue, three nodes, and who does what with it."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.three = Three()
        self.three.declare("q")
        self.apart = None
        self.publishers = [
            Publisher(world, b"p%d" % n) for n, world in enumerate(self.three.worlds.values())
        ]
        self.past = []
        self.takers = []
        # How often anybody has got a message.
        self.times = Counter()
        self.acknowledged, self.settled = set(), set()
        self.elections = 0

    def run(self):
        for _ in range(STEPS):
            self.chance.choices(*zip(*self.deeds(), strict=True))[0]()
        self.end()

    def deeds(self):
        return [
            (self.publish, 10),
            (self.take, 2),
            (lambda: self.some(Taker.consume), 3),
            (lambda: self.some(lambda taker: taker.settle(self.chance)), 10),
            (lambda: self.some(Taker.cancel), 1),
            (lambda: self.some(self.leave), 1),
            (self.hold, 3),
            (self.sync, 4),
            (self.hear, 6),
            (self.lose, 1),
            (self.part, 1),
            (self.hand_over, 1),
        ]

    def some(self, act):
        if self.takers:
            act(self.chance.choice(self.takers))

    def publish(self):
        publisher = self.chance.choice(self.publishers)
        for _ in range(self.chance.randint(1, 4)):
            publisher.publish_stored()

    def take(self):
        world = self.three.worlds[self.chance.choice(NODES)]
        prefetch, is_global = self.chance.randint(1, 3), self.chance.random() < 0.3
        self.takers.append(Witness(self, world, prefetch, is_global=is_global))

    def leave(self, taker):
        taker.channel.client.hang_up()
        self.takers.remove(taker)

    def hold(self):
        """One direction of a link is slow, or is not any more."""
        link = self.chance.choice(self.three.ways())
        link.is_held = not link.is_held

    def lose(self):
        """A link, for a moment."""
        one, other = self.chance.sample(sorted(self.three.living), 2)
        self.three.change(one, other, is_up=False)
        self.three.change(one, other, is_up=True)

    def sync(self):
        if self.apart != self.three.leader:
            self.three.sync()

    # Leaders -----------------------------------------------------------------------------------

    def part(self):
        """A node is cut off, or back; the others go on, with another leader if need be."""
        if self.apart is not None:
            self.unite()
            return
        self.apart = self.chance.choice(NODES)
        self.three.living.discard(self.apart)
        for peer in self.three.living:
            self.three.change(self.apart, peer, is_up=False)
        if self.apart == self.three.leader:
            # It knows that it has no majority before others lead.
            self.three.queue().pause(self.apart)
            self.elect(self.chance.choice(sorted(self.three.living)))

    def elect(self, heir):
        """Somebody takes the log over; what the last leader had not safe it does not answer."""
        old = self.three.leader
        self.hear()
        self.three.worlds[old].engine.durability.actions.clear()
        self.renew(old)
        self.three.elect(heir)
        self.elected()

    def elected(self):
        self.elections += 1
        for taker in self.takers:
            taker.newest.clear()

    def renew(self, node):
        """Those who published there are told to come again."""
        index = NODES.index(node)
        publisher = self.publishers[index]
        publisher.channel.client.hang_up()
        self.past.append(publisher)
        name = publisher.name + b"'"
        self.publishers[index] = Publisher(self.three.worlds[node], name)

    def unite(self):
        node, self.apart = self.apart, None
        three = self.three
        three.living.add(node)
        if node != three.leader:
            if isinstance(three.queue(node), Queue):
                # It has led on without knowing better.
                three.worlds[node].engine.durability.actions.clear()
                self.renew(node)
            three.homes[node].follow(three.worlds[node].vhost, "q", three.leader, is_mirrored=True)
        for peer in three.living - {node}:
            three.change(node, peer, is_up=True)

    def hand_over(self):
        """The leader steps down: nothing is said twice."""
        three = self.three
        if self.apart is not None:
            return
        self.hear()
        heir = self.chance.choice(sorted(three.living))
        leader = three.leader
        queue, world = three.queue(), three.worlds[leader]
        three.sync()
        three.homes[leader].follow(world.vhost, "q", leader, is_mirrored=True)
        three.settle()
        world.sync()
        self.hear_all()
        three.take_over_from(world.engine.messages, queue.number, heir)
        self.elected()

    # Judging -----------------------------------------------------------------------------------

    def hear_all(self):
        for publisher in self.publishers:
            publisher.hear(publisher.channel.take())
        said = [(taker, taker.channel.take()) for taker in self.takers]
        self.times.update(
            each.body for _, came in said for each in came if isinstance(each, Content)
        )
        for taker, came in said:
            taker.hear(came)

    def hear(self):
        self.hear_all()
        queue = self.three.queue()
        there = {each.body for each in queue.ready.at_hand()}
        there |= {each.body for each in queue.tally.out(queue)}
        there |= {queue_message.body for queue_message in self.on_disk(queue)}
        confirmed = set().union(*(each.confirmed for each in (*self.publishers, *self.past)))
        self.settled |= (self.acknowledged & confirmed) - there

    def on_disk(self, queue):
        messages = self.three.worlds[self.three.leader].engine.messages
        return [messages.kept[position] for position in messages.positions(queue.number)]

    def end(self):
        for link in self.three.ways():
            link.is_held = False
        if self.apart is not None:
            self.unite()
        for _ in range(3):
            self.three.sync()
            self.hear()
        for taker in list(self.takers):
            self.leave(taker)
        self.three.sync()
        queue = self.three.queue()
        assert queue.tally.unacknowledged == 0
        assert len(queue.consumers) == 0
        left = {each.body for each in self.on_disk(queue)}
        for publisher in self.publishers:
            assert not publisher.unanswered, f"{publisher.name!r} still waits"
        for publisher in (*self.publishers, *self.past):
            assert publisher.confirmed <= left | self.acknowledged, "lost"
        assert not self.settled & left, "came back"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_chance_breaks_no_promise(seed):
    Scene(seed).run()
