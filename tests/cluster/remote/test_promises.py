"""What two nodes promise the clients of one queue, whatever they do and whatever becomes of the
link, by chance from a seed:

    a message that was confirmed is in the queue until somebody acknowledges it, and once
    what was acknowledged, and heard of, does not come back
    nobody holds more than his prefetch
    what comes to a consumer for the first time comes in the order of publishing
"""

import random

import pytest

from leveret.wire import methods
from tests.cluster.remote.two import Two
from tests.session.harness import PERSISTENT, Content

STEPS = 150
SEEDS = 12


class Publisher:
    """Numbers its messages; which of them were confirmed."""

    def __init__(self, world, name):
        self.name = name
        self.channel = world.channel()
        self.channel.say(methods.ConfirmSelect())
        self.count = 0
        self.unanswered = set()
        self.confirmed = set()

    def publish(self, properties=None):
        self.count += 1
        self.unanswered.add(self.count)
        body = b"%s %d" % (self.name, self.count)
        self.channel.publish(body, key="q", properties=properties)

    def publish_stored(self):
        self.publish(PERSISTENT)

    def hear(self, said):
        for answer in said:
            if not isinstance(answer, methods.BasicAck | methods.BasicNack):
                continue
            tag = answer.delivery_tag
            answered = (
                {each for each in self.unanswered if each <= tag} if answer.multiple else {tag}
            )
            assert answered <= self.unanswered, "answered twice"
            self.unanswered -= answered
            if isinstance(answer, methods.BasicAck):
                self.confirmed |= {b"%s %d" % (self.name, each) for each in answered}


class Taker:
    """A channel with one consumer, or without."""

    def __init__(self, scene, world, prefetch, *, is_global):
        self.scene = scene
        self.prefetch = prefetch
        self.is_global = is_global
        # Its consumers, one after the other.
        self.consumer = 0
        self.channel = world.channel()
        self.channel.say(methods.BasicQos(prefetch_count=prefetch, global_=is_global))
        self.held = {}
        self.newest = {}
        self.is_consuming = False
        self.is_closed = False

    @property
    def tag(self):
        """The consumer's; no two have the same."""
        return f"c{self.consumer}"

    def consume(self):
        if not self.is_consuming:
            self.consumer += 1
            self.channel.say(methods.BasicConsume(queue="q", consumer_tag=self.tag))
            self.is_consuming = True

    def cancel(self):
        self.channel.say(methods.BasicCancel(consumer_tag=self.tag))
        self.is_consuming = False

    def hear(self, said):
        for each in said:
            if isinstance(each, Content):
                self._hold(each)
            elif isinstance(each, methods.BasicCancel):
                self.is_consuming = self.is_consuming and each.consumer_tag != self.tag
            elif isinstance(each, methods.ChannelClose):
                assert each.reply_code == 404, each
                self.is_closed = True

    def _hold(self, content):
        assert content.body not in self.scene.settled, "came back"
        tag = getattr(content.method, "consumer_tag", None)
        self.held[content.tag] = content.body, tag
        if tag is None:
            return
        counted = [each for _, each in self.held.values() if each is not None]
        if not self.is_global:
            counted = [each for each in counted if each == tag]
        assert len(counted) <= self.prefetch, "more than its prefetch"
        if not content.method.redelivered:
            name, number = content.body.split()
            assert int(number) > self.newest.get((tag, name), 0), "out of order"
            self.newest[tag, name] = int(number)

    def settle(self, chance):
        if not self.held:
            return
        tag = chance.choice(list(self.held))
        body, _consumer = self.held.pop(tag)
        if chance.random() < 0.7:
            self.channel.ack(tag)
            self.scene.acknowledged.add(body)
        else:
            self.channel.say(methods.BasicNack(tag, requeue=True))


class Scene:
    """The queue, two nodes, and who does what with it."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.two = Two()
        self.two.declare("q", durable=True)
        self.worlds = (self.two.hare, self.two.mouse)
        self.publishers = [Publisher(world, b"p%d" % n) for n, world in enumerate(self.worlds)]
        self.takers = []
        # Acknowledged; and so that the home must have heard of it.
        self.acknowledged, self.settled = set(), set()

    def run(self):
        for _ in range(STEPS):
            self.chance.choices(*zip(*self.deeds(), strict=True))[0]()
        self.end()

    def deeds(self):
        return [
            (self.publish, 10),
            (self.take, 2),
            (self.consume, 3),
            (lambda: self.some(lambda taker: taker.settle(self.chance)), 10),
            (lambda: self.some(Taker.cancel), 1),
            (lambda: self.some(self.get), 1),
            (lambda: self.some(self.leave), 1),
            (self.hold, 3),
            (self.hear, 6),
            (self.lose, 1),
        ]

    def some(self, act):
        if self.takers:
            act(self.chance.choice(self.takers))

    def publish(self):
        publisher = self.chance.choice(self.publishers)
        for _ in range(self.chance.randint(1, 4)):
            publisher.publish()

    def take(self):
        world = self.chance.choice(self.worlds)
        prefetch, is_global = self.chance.randint(1, 3), self.chance.random() < 0.3
        self.takers.append(Taker(self, world, prefetch, is_global=is_global))

    def consume(self):
        self.some(Taker.consume)

    def get(self, taker):
        if not taker.is_consuming:
            taker.channel.say(methods.BasicGet(queue="q"))

    def leave(self, taker):
        """Without a word."""
        taker.channel.client.hang_up()
        self.takers.remove(taker)

    def hold(self):
        """One direction of the link is slow, or is not any more."""
        links = self.chance.choice((self.two.hare_links, self.two.mouse_links))
        links.link.is_held = not links.link.is_held

    def lose(self):
        self.two.change(is_up=False)
        self.hear()
        self.two.change(is_up=True)

    def hear(self):
        for publisher in self.publishers:
            publisher.hear(publisher.channel.take())
        for taker in list(self.takers):
            taker.hear(taker.channel.take())
            if taker.is_closed:
                self.takers.remove(taker)
        self.note_settled()

    def note_settled(self):
        """What is neither waiting nor out at the home, and acknowledged, shall not come back."""
        queue = self.two.hare.vhost.queues["q"]
        there = {each.body for each in queue.ready.at_hand()}
        there |= {each.body for each in queue.tally.out(queue)}
        self.settled |= self.acknowledged - there

    def end(self):
        for links in (self.two.hare_links, self.two.mouse_links):
            links.link.is_held = False
        self.hear()
        self.hear()
        for taker in list(self.takers):
            self.leave(taker)
        self.two.settle()
        queue = self.two.hare.vhost.queues["q"]
        assert queue.tally.unacknowledged == 0
        assert len(queue.consumers) == 0
        left = [each.body for each in queue.ready.at_hand()]
        assert len(left) == len(set(left)), "twice in the queue"
        for publisher in self.publishers:
            assert not publisher.unanswered
            assert publisher.confirmed <= set(left) | self.acknowledged, "lost"
        assert not self.settled & set(left), "came back"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_chance_breaks_no_promise(seed):
    Scene(seed).run()
