"""What a broker says to its engine in one seed's lives: steps that hold dice, not decisions.

What a step means is found out when it is taken, so any part of a list is a list too, and a failing
one can be cut down.
"""

from dataclasses import dataclass
from random import Random

DICE = 4
LIVES = 3

WEIGHTS = {
    "declare": 3,
    "delete": 1,
    "append": 20,
    "append_many": 6,
    "mark": 9,
    "settle": 14,
    "settle_many": 3,
    "settle_most": 3,
    "purge": 0.7,
    "move": 4,
    "probe": 14,
    "work": 24,
    "turn": 24,
    "pass_time": 8,
    "rest": 9,
    "read": 4,
    "fault": 3,
    "heal": 1,
}


@dataclass(frozen=True)
class Step:
    """One thing that happens. life: in which life of the engine."""

    life: int
    kind: str
    dice: tuple[float, ...]


def steps_of(seed: int, count: int) -> list[Step]:
    """The steps of one seed: so many, shared out among the lives."""
    chance = Random(seed)
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    steps = []
    for life in range(LIVES):
        chosen = ["declare", *chance.choices(kinds, weights, k=count // LIVES)]
        steps += [Step(life, kind, tuple(chance.random() for _ in range(DICE))) for kind in chosen]
    return steps


def pick(options, die):
    """One of them; a die below 1 always hits one."""
    return options[int(die * len(options))]
