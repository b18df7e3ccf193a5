"""Random routes: bindings of every kind come and go, and each message is counted where it went."""

import os
import random
from collections.abc import Iterator
from itertools import product

import pytest

from tests.conformance.protocol.script import Step, do, exchange, publish, queue, sync

WALKS = int(os.environ.get("LEVERET_WALKS", "6"))
MOVES = 60
QUEUES = [f"~q{number}" for number in range(5)]
EXCHANGES = {
    "~topic": "topic",
    "~more": "topic",
    "~fan": "fanout",
    "~direct": "direct",
    "~headers": "headers",
}
WORDS = ["a", "b", "", "*", "#"]
HEADERS = ["h", "i", "x-j"]
MATCHES = ["all", "any", "all-with-x", "any-with-x"]


class Routes:
    """One walk; iterating it starts anew, so that each broker gets the same one."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    def __iter__(self) -> Iterator[Step]:
        self.chance = random.Random(self.seed)
        self.bound: list[dict[str, object]] = []
        yield from (queue(name) for name in QUEUES)
        for name, kind in EXCHANGES.items():
            alternate = {"alternate-exchange": "~fan"} if self.chance.random() < 0.3 else {}
            yield exchange(name, kind, arguments=alternate)
        for _ in range(MOVES):
            move = self.chance.choice([self.bind, self.bind, self.unbind, self.publish])
            yield from move()

    def bind(self) -> Iterator[Step]:
        chance = self.chance
        binding: dict[str, object] = {"source": chance.choice(list(EXCHANGES))}
        binding["routing_key"] = self.key(WORDS)
        binding["arguments"] = self.arguments() if chance.random() < 0.5 else {}
        binding["destination"] = chance.choice([*QUEUES * 3, *EXCHANGES])
        self.bound.append(binding)
        yield change("bind", binding)

    def unbind(self) -> Iterator[Step]:
        if self.bound:
            binding = self.bound.pop(self.chance.randrange(len(self.bound)))
            yield change("unbind", binding)

    def publish(self) -> Iterator[Step]:
        chance = self.chance
        headers: dict[str, object] = {}
        if chance.random() < 0.3:
            headers[chance.choice(["CC", "BCC"])] = [self.key(WORDS[:3]) for _ in range(2)]
        headers |= {name: chance.randrange(2) for name in HEADERS if chance.random() < 0.5}
        yield publish(
            self.key(WORDS[:3]),
            exchange=chance.choice(list(EXCHANGES)),
            mandatory=1,
            headers=headers,
        )
        yield sync()
        for name in QUEUES:
            yield do("queue.purge", queue=name)

    def key(self, words: list[str]) -> str:
        return ".".join(self.chance.choices(words, k=self.chance.randint(1, 4)))

    def arguments(self) -> dict[str, object]:
        chance = self.chance
        wanted = {name: chance.choice([0, 1, None]) for name in HEADERS if chance.random() < 0.6}
        return {"x-match": chance.choice(MATCHES), **wanted}


def change(verb: str, binding: dict[str, object]) -> Step:
    values = dict(binding)
    destination = values.pop("destination")
    if destination in EXCHANGES:
        return do(f"exchange.{verb}", destination=destination, **values)
    values["exchange"] = values.pop("source")
    return do(f"queue.{verb}", queue=destination, **values)


def every_topic() -> Iterator[Step]:
    """Each pattern of up to three words against each key of up to three."""
    patterns = [".".join(words) for size in (1, 2, 3) for words in product("a*#", repeat=size)]
    keys = ["", *(".".join(words) for size in (1, 2, 3) for words in product("ab", repeat=size))]
    yield exchange("~x", "topic")
    yield queue("~q")
    for pattern in patterns:
        yield do("queue.bind", queue="~q", exchange="~x", routing_key=pattern)
        yield from (publish(key, key.encode(), exchange="~x") for key in keys)
        yield sync()
        yield do("queue.purge", queue="~q")
        yield do("queue.unbind", queue="~q", exchange="~x", routing_key=pattern)


SCRIPTS = {f"routes {number}": Routes(f"routes {number}") for number in range(WALKS)}
SCRIPTS["every short pattern against every short key"] = list(every_topic())


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
