"""Dice for a life of queues: what a step means is found out when it is taken (see world.py)."""

from dataclasses import dataclass
from random import Random

DICE = 8
WEIGHTS = {
    "publish": 30,
    "consume": 7,
    "cancel": 3,
    "get": 6,
    "ack": 10,
    "nack": 6,
    "reject": 6,
    "purge": 0.7,
    "pass_time": 10,
    "policy": 3,
    "close_channel": 1.5,
    "restart": 1.5,
}


@dataclass(frozen=True)
class Step:
    kind: str
    dice: tuple

    def below(self, number, limit):
        """One of the dice as a whole number below `limit`."""
        return int(self.dice[number] * limit)

    def one_of(self, number, choices):
        return choices[self.below(number, len(choices))]

    def is_rare(self, number, share):
        return self.dice[number] < share


def steps_of(seed, count):
    chance = Random(seed)
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    # The first is for the queues: what they are declared as.
    yield Step("found", tuple(chance.random() for _ in range(100)))
    for _ in range(count):
        (kind,) = chance.choices(kinds, weights)
        yield Step(kind, tuple(chance.random() for _ in range(DICE)))
