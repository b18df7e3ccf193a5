"""What happens in a simulated world: a list of steps, made from one number.

A step holds dice, not decisions: what they mean is found out when it is taken, by what is there at
that time. So any part of a list is a list too, and a failing one can be cut down.
"""

from dataclasses import dataclass
from random import Random

CLIENTS = 3
DICE = 6

WEIGHTS = {
    "open_channel": 3,
    "close_channel": 1,
    "declare_queue": 6,
    "declare_own_queue": 1,
    "delete_queue": 0.7,
    "purge": 1,
    "bind": 5,
    "unbind": 1,
    "declare_exchange": 2,
    "delete_exchange": 0.5,
    "bind_exchange": 2,
    "unbind_exchange": 0.5,
    "publish": 30,
    "publish_many": 3,
    "select": 3,
    "commit": 3,
    "rollback": 1,
    "qos": 2,
    "consume": 12,
    "cancel": 2,
    "ack": 16,
    "nack": 7,
    "reject": 3,
    "recover": 1,
    "get": 4,
    "get_many": 1.5,
    "leave": 0.6,
    "lose": 1,
    "pause": 2,
    "resume": 5,
    "read": 20,
    "turn": 5,
    "pass_time": 5,
    "alarm": 0.5,
    "all_clear": 1.5,
}


@dataclass(frozen=True)
class Step:
    """feed: how much of what the client has said so far reaches the broker, 0 to 1."""

    kind: str
    client: int
    dice: tuple
    feed: float


def steps_of(seed, count):
    """The steps of one seed; more of them begin with the same ones."""
    chance = Random(seed)
    yield from (_step("declare_queue", chance) for _ in range(10))
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    for _ in range(count):
        yield _step(chance.choices(kinds, weights)[0], chance)


def _step(kind, chance):
    feed = chance.choice([0.0, 1.0, 1.0, 1.0, chance.random()])
    dice = tuple(chance.random() for _ in range(DICE))
    return Step(kind, chance.randrange(CLIENTS), dice, feed)


def pick(options, die):
    """One of them; a die below 1 always hits one."""
    return options[int(die * len(options))]
