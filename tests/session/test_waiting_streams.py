"""Whatever is said on several channels: who waits for the disk hears the same, only later.

The same stream goes to a broker that keeps nothing, and to one whose disk takes its time. Each
channel has queues of its own, so it must hear the same from both, in the same order.
"""

import random

import pytest

from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties
from tests.session.harness import PERSISTENT, World

SEEDS = 100
STEPS = 60
CONFIRMING, TRANSACTED, PLAIN = 1, 2, 3


class Talk:
    """What one channel says, by chance, without waiting for answers."""

    def __init__(self, channel, chance):
        self.channel = channel
        self.number = channel.number
        self.chance = chance
        self.tags = []
        self.moves = [self.publish] * 4 + [self.get] * 2
        self.moves += [self.declare, self.settle, self.bind, self.purge, self.consume, self.cancel]
        # A confirming channel never closes: what is not safe by then is not confirmed.
        self.moves += {CONFIRMING: [], TRANSACTED: [self.end] * 3, PLAIN: [self.delete]}[
            self.number
        ]

    def begin(self):
        select = {CONFIRMING: methods.ConfirmSelect(), TRANSACTED: methods.TxSelect()}
        exchange = methods.ExchangeDeclare(
            exchange=f"x{self.number}", exchange_type="fanout", durable=True
        )
        return self.frames(
            select.get(self.number, methods.AccessRequest()),
            exchange,
            methods.QueueDeclare(queue=f"stored{self.number}", durable=True),
            methods.QueueDeclare(queue=f"transient{self.number}"),
        )

    def next(self):
        return self.chance.choice(self.moves)()

    def frames(self, *said):
        return b"".join(
            frames.encode_frame(frames.METHOD, self.number, codec.encode(each)) for each in said
        )

    def queue(self):
        return self.chance.choice(["stored", "transient"]) + str(self.number)

    def often(self):
        return self.chance.random() < 0.6

    def publish(self):
        exchange, key = self.chance.choice([("", self.queue()), (f"x{self.number}", "")])
        properties = PERSISTENT if self.often() else Properties()
        body = b"%d" % self.chance.randrange(10**6)
        return self.channel.published(body, exchange, key, properties, mandatory=self.often())

    def get(self):
        return self.frames(methods.BasicGet(queue=self.queue(), no_ack=self.often()))

    def settle(self):
        acked = methods.BasicAck(0, multiple=True)
        returned = methods.BasicNack(0, multiple=True, requeue=True)
        recovered = methods.BasicRecover(requeue=True)
        return self.frames(self.chance.choice([acked, acked, returned, recovered]))

    def declare(self):
        name = f"own{self.number}"
        return self.frames(methods.QueueDeclare(queue=name, durable=True, nowait=self.often()))

    def delete(self):
        again = self.frames(methods.ChannelClose(), methods.ChannelOpen())
        return again if self.often() else self.frames(methods.QueueDelete(queue="own3"))

    def bind(self):
        kind = methods.QueueBind if self.often() else methods.QueueUnbind
        return self.frames(kind(queue=self.queue(), exchange=f"x{self.number}"))

    def purge(self):
        return self.frames(methods.QueuePurge(queue=self.queue()))

    def consume(self):
        self.tags.append(f"tag{len(self.tags)}")
        asked = methods.BasicConsume(
            queue=self.queue(), consumer_tag=self.tags[-1], no_ack=self.often()
        )
        return self.frames(asked)

    def cancel(self):
        return self.frames(methods.BasicCancel(self.chance.choice([*self.tags, "nobody"])))

    def end(self):
        return self.frames(methods.TxCommit() if self.often() else methods.TxRollback())


def stream(seed):
    """What the three channels say, in pieces."""
    chance = random.Random(seed)
    client = World().client()
    talks = [Talk(client.channel(), chance) for _ in range(3)]
    return [talk.begin() for talk in talks] + [chance.choice(talks).next() for _ in range(STEPS)]


def heard(world, pieces, seed):
    """What each channel hears; the confirms apart, by their numbers."""
    chance = random.Random(seed)
    client = world.client()
    for _ in range(3):
        client.channel()
    pieces = list(pieces)
    while pieces:
        size = chance.choice([1, 1, 2, 5, 20])
        client.send(b"".join(pieces[:size]))
        del pieces[:size]
        chance.choice([world.engine.durability.begin_sync, world.sync, world.pass_time])()
        assert client.take(0) == []
    for _ in range(STEPS):
        world.sync()
        world.pass_time()
    told = client.take_all()
    confirmed = [tag for number, said in told for tag in confirmed_by(number, said)]
    return {
        number: [said for channel, said in told if channel == number and not is_ack(said)]
        for number in (0, CONFIRMING, TRANSACTED, PLAIN)
    } | {"confirmed": confirmed[-1:]}


def is_ack(said):
    return isinstance(said, methods.BasicAck)


def confirmed_by(number, said):
    if is_ack(said):
        assert number == CONFIRMING
        yield said.delivery_tag


@pytest.mark.parametrize("first", range(0, SEEDS, 10))
def test_who_waits_hears_the_same_later(first):
    for seed in range(first, first + 10):
        pieces = stream(seed)
        at_once = heard(World(), pieces, seed)
        later = heard(World(is_durable=True), pieces, seed)
        assert later == at_once, f"seed {seed}"
