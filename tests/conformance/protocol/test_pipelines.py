"""Hundreds of frames sent without waiting, cut anywhere: the answers come complete and in order."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.conformance.protocol import wire
from tests.conformance.protocol.script import Run, Step, exchange, queue
from tests.conformance.raw import Client

PIPELINES = int(os.environ.get("LEVERET_WALKS", "6"))
METHODS = 150
QUEUES = ["~one", "~two"]
KEYS = ["a", "a.b", "b"]
PATTERNS = ["#", "a.*", "a"]
SIZES = [0, 1, 100, 5000, 140000]


class Pipeline:
    """Methods by chance; iterating it starts anew, so that each broker gets the same ones."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[Step]:
        self.chance = random.Random(self.seed)
        yield from (queue(name) for name in QUEUES)
        yield exchange("~x", "topic")
        yield Step(self.send_all)

    def send_all(self, _: Run, client: Client) -> None:
        moves = [self.publish, self.publish, self.publish, self.get, self.get, self.settle]
        moves += [self.rebind, self.purge]
        octets = b"".join(
            frame for _ in range(METHODS) for frame in self.chance.choice(moves)(client)
        )
        # access.request marks the end: all before it has been answered when it is.
        octets += self.method(client, "access.request", realm="/")
        while octets:
            size = self.chance.choice([1, 7, 100, 3000, 70000])
            client.send(octets[:size])
            octets = octets[size:]
        client.receive_until("access.request-ok", channel=1)

    def method(self, client: Client, name: str, **values: object) -> bytes:
        return wire.encode_frame(1, 1, wire.encode_method(name, client.prefixed(values)))

    def publish(self, client: Client) -> Iterator[bytes]:
        chance = self.chance
        to_queue, to_exchange = ("", chance.choice(QUEUES)), ("~x", chance.choice(KEYS))
        exchange_name, key = chance.choice([to_queue, to_exchange])
        body = chance.randbytes(chance.choices(SIZES, [2, 5, 5, 2, 1])[0])
        properties: dict[str, object] = {}
        if chance.random() < 0.5:
            properties = {"message_id": str(chance.random()), "headers": {"n": chance.random()}}
        flags = {"exchange": exchange_name, "routing_key": key, "mandatory": chance.randrange(2)}
        yield self.method(client, "basic.publish", **flags)
        yield wire.encode_frame(2, 1, wire.encode_header(properties, len(body)))
        piece = chance.choice([1000, 131064])
        for start in range(0, len(body), piece):
            yield wire.encode_frame(3, 1, body[start : start + piece])

    def get(self, client: Client) -> Iterator[bytes]:
        no_ack = self.chance.randrange(2)
        yield self.method(client, "basic.get", queue=self.chance.choice(QUEUES), no_ack=no_ack)

    def settle(self, client: Client) -> Iterator[bytes]:
        """All that is out, since which tags there are is not known yet."""
        name = self.chance.choice(["basic.ack", "basic.nack", "basic.recover"])
        values = {"basic.ack": {}, "basic.nack": {"requeue": 1}, "basic.recover": {"requeue": 1}}
        everything = {} if name == "basic.recover" else {"multiple": 1}
        yield self.method(client, name, **values[name], **everything)

    def rebind(self, client: Client) -> Iterator[bytes]:
        name = self.chance.choice(["queue.bind", "queue.unbind"])
        pattern = self.chance.choice(PATTERNS)
        wanted = {"queue": self.chance.choice(QUEUES), "exchange": "~x", "routing_key": pattern}
        yield self.method(client, name, **wanted)

    def purge(self, client: Client) -> Iterator[bytes]:
        if self.chance.random() < 0.2:
            yield self.method(client, "queue.purge", queue=self.chance.choice(QUEUES))


SCRIPTS = {f"pipeline {number}": Pipeline(f"pipeline {number}") for number in range(PIPELINES)}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
