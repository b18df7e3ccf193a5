"""Random walks: long scripts that nobody would write, the same on both brokers.

Rule: one move's consequences are over before the next move; what arrives is compared channel by
channel, since the order between channels is nobody's promise. LEVERET_WALKS=500 walks further than
the suite does.
"""

import os
import random
import re
import time
from collections.abc import Iterator

import pytest

from tests.conformance.protocol.script import (
    Run,
    Step,
    bind,
    consume,
    exchange,
    open_channel,
    publish,
    queue,
)
from tests.conformance.raw import Client

WALKS = int(os.environ.get("LEVERET_WALKS", "6"))
MOVES = 60
QUEUES = ["~plain", "~ranked"]
KEYS = ["a", "a.b", "b.c", "a.b.c"]
PATTERNS = ["#", "a.*", "*.b", "a.#", "b.c"]
# RabbitMQ's queues are processes of their own, and count their messages out of turn.
SETTLED_S = 0.003
DELIVERED = re.compile(r"(\d) basic\.(?:deliver|get-ok) .*?delivery_tag=(\d+)")


class Walk:
    """One walk; iterating it starts anew, so that each broker gets the same one."""

    kinds: tuple[str, ...] = ()

    def __init__(self, seed: str) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[Step]:
        self.chance = random.Random(self.seed)
        self.out: dict[int, list[int]] = {1: [], 2: []}
        yield open_channel(2)
        yield queue("~plain")
        yield queue("~ranked", arguments={"x-max-priority": 5})
        yield exchange("~fan", "fanout")
        yield exchange("~topic", "topic")
        yield bind("~plain", "~fan")
        yield bind("~ranked", "~fan")
        yield from self.begin()
        for _ in range(MOVES):
            yield Step(self.move)

    def begin(self) -> Iterator[Step]:
        yield from ()

    def move(self, run: Run, client: Client) -> None:
        """One method by chance, and all that comes of it."""
        channel = self.chance.choice([1, 2])
        move = getattr(self, self.chance.choice(self.kinds))
        move(run, client, channel)
        ask(client, channel, "access.request", realm="/")
        time.sleep(SETTLED_S)
        for name in QUEUES:
            ask(client, channel, "queue.declare", queue=name, passive=1)
        for each in (1, 2):
            ask(client, each, "access.request", realm="/")
        for line in client.transcript:
            if found := DELIVERED.match(line):
                self.out[int(found[1])].append(int(found[2]))
        client.transcript.sort(key=lambda line: line[0])

    # Moves -----------------------------------------------------------------------------------

    def publish(self, run: Run, client: Client, channel: int) -> None:
        chance = self.chance
        exchange_name, key = chance.choice(
            [("", chance.choice(QUEUES)), ("~fan", ""), ("~topic", chance.choice(KEYS))]
        )
        properties: dict[str, object] = {}
        if chance.random() < 0.5:
            properties["priority"] = chance.randrange(8)
        body = b"%d" % chance.randrange(10**6)
        mandatory = chance.randrange(2)
        publish(
            key, body, channel=channel, exchange=exchange_name, mandatory=mandatory, **properties
        ).act(run, client)

    def get(self, _run: Run, client: Client, channel: int) -> None:
        no_ack = self.chance.random() < 0.2
        name = self.chance.choice(QUEUES)
        client.send_method(channel, "basic.get", {"queue": name, "no_ack": no_ack})
        client.receive_until("basic.get-ok", "basic.get-empty", channel=channel)
        if no_ack:  # Written down, but not out: nothing to settle.
            client.transcript = [line.replace("delivery_tag", "tag") for line in client.transcript]

    def ack(self, _run: Run, client: Client, channel: int) -> None:
        self.settle(client, channel, "basic.ack", multiple=self.chance.random() < 0.3)

    def nack(self, _run: Run, client: Client, channel: int) -> None:
        requeue, multiple = self.chance.randrange(2), self.chance.random() < 0.3
        self.settle(client, channel, "basic.nack", multiple=multiple, requeue=requeue)

    def reject(self, _run: Run, client: Client, channel: int) -> None:
        self.settle(client, channel, "basic.reject", requeue=self.chance.randrange(2))

    def settle(self, client: Client, channel: int, name: str, **flags: int) -> None:
        if not self.out[channel]:
            return
        tag = self.chance.choice(self.out[channel])
        client.send_method(channel, name, {"delivery_tag": tag, **flags})
        gone = range(tag + 1) if flags.get("multiple") else (tag,)
        self.out[channel] = [each for each in self.out[channel] if each not in gone]

    def recover(self, _run: Run, client: Client, channel: int) -> None:
        ask(client, channel, "basic.recover", requeue=1)
        self.out[channel] = []

    def purge(self, _run: Run, client: Client, channel: int) -> None:
        if self.chance.random() < 0.2:
            ask(client, channel, "queue.purge", queue=self.chance.choice(QUEUES))

    def rebind(self, _run: Run, client: Client, channel: int) -> None:
        verb = self.chance.choice(["queue.bind", "queue.unbind"])
        name, pattern = self.chance.choice(QUEUES), self.chance.choice(PATTERNS)
        ask(client, channel, verb, queue=name, exchange="~topic", routing_key=pattern)


class Getting(Walk):
    """No consumers: everything is fetched."""

    kinds = (
        ("publish",) * 6 + ("get",) * 6 + ("ack", "nack", "reject", "recover", "purge", "rebind")
    )


class Consuming(Walk):
    """Consumers come and go, a queue to each channel; each message settles alone.

    A channel has several consumers without a limit or one with: who is next among several that
    fill up and empty out is not alike, and nobody's promise (RabbitMQ keeps a full consumer's
    turn until it would be served). RabbitMQ also gives back several messages at once consumer by
    consumer, not in their order. Under a limit for the channel nothing is given back at all:
    RabbitMQ's queue hears of the message from one process and of the room from another, and what
    it delivers next depends on whom it hears first.
    """

    kinds = (
        *["publish"] * 8,
        *["acknowledge"] * 5,
        *["reject"] * 2,
        *["join"] * 3,
        *["leave", "relimit"],
    )

    def __iter__(self) -> Iterator[Step]:
        self.joined: dict[int, list[str]] = {1: [], 2: []}
        self.count = 0
        yield from super().__iter__()

    def begin(self) -> Iterator[Step]:
        self.limits = {channel: self.chance.choice([0, 0, 1, 2, 3]) for channel in (1, 2)}
        self.limit_is_shared = {channel: self.chance.randrange(2) for channel in (1, 2)}
        yield from ()

    def acknowledge(self, _run: Run, client: Client, channel: int) -> None:
        self.settle(client, channel, "basic.ack")

    def reject(self, _run: Run, client: Client, channel: int) -> None:
        is_limited = self.limits[channel] and self.limit_is_shared[channel]
        requeue = 0 if is_limited else self.chance.randrange(2)
        self.settle(client, channel, "basic.reject", requeue=requeue)

    def join(self, run: Run, client: Client, channel: int) -> None:
        chance = self.chance
        limit = self.limits[channel]
        if len(self.joined[channel]) == (1 if limit else 3):
            return
        self.count += 1
        tag = f"c{self.count}"
        shared = self.limit_is_shared[channel]
        ask(client, channel, "basic.qos", prefetch_count=limit, global_=shared)
        name = QUEUES[channel - 1]
        priority = chance.choice([None, None, 0, 1, 5])
        arguments = {} if priority is None else {"x-priority": priority}
        consume(name, tag, channel=channel, arguments=arguments).act(run, client)
        self.joined[channel].append(tag)

    def relimit(self, _run: Run, client: Client, channel: int) -> None:
        """A limit for the whole channel holds for the consumer that is there, too."""
        if self.limits[channel] and self.limit_is_shared[channel]:
            count = self.chance.randrange(5)
            ask(client, channel, "basic.qos", prefetch_count=count, global_=1)

    def leave(self, _run: Run, client: Client, channel: int) -> None:
        if self.joined[channel]:
            tag = self.joined[channel].pop(self.chance.randrange(len(self.joined[channel])))
            ask(client, channel, "basic.cancel", consumer_tag=tag)


class Transacting(Walk):
    """Channel 2 works in transactions, channel 1 watches."""

    kinds = (*Getting.kinds, "commit", "commit", "rollback")

    def begin(self) -> Iterator[Step]:
        yield Step(lambda _, client: ask(client, 2, "tx.select"))

    def commit(self, _run: Run, client: Client, _channel: int) -> None:
        ask(client, 2, "tx.commit")

    def rollback(self, _run: Run, client: Client, _channel: int) -> None:
        """What was settled since the last commit is out again; leave it be."""
        ask(client, 2, "tx.rollback")

    def recover(self, run: Run, client: Client, channel: int) -> None:
        if channel == 1:
            super().recover(run, client, channel)


def ask(client: Client, channel: int, name: str, **values: object) -> None:
    client.send_method(channel, name, values)
    client.receive_until(f"{name}-ok", channel=channel)


SCRIPTS = {
    f"{kind.__name__.lower()} {number}": kind(f"{kind.__name__} {number}")
    for kind in (Getting, Consuming, Transacting)
    for number in range(WALKS)
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
