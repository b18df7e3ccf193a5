"""What happens to which node when: values, all of them from one seed.

A schedule is a line of episodes. Each breaks something, holds it for a while, mends it, and leaves
the cluster a breath; a majority is away at times, and at others everybody is.
"""

from dataclasses import dataclass
from enum import Enum
from random import Random


class Fault(Enum):
    """What may happen. The first ones need nothing of the network, the others do."""

    KILL = "kill -9"
    FREEZE = "freeze"
    STOP = "stop"
    KILL_TWO = "kill -9 two"
    FREEZE_TWO = "freeze two"
    KILL_ALL = "kill -9 all"
    ISOLATE = "isolate"
    CUT_PAIR = "cut a pair"
    CUT_ONE_WAY = "cut one way"
    SLOW = "slow link"


OF_NETWORKS = frozenset({Fault.ISOLATE, Fault.CUT_PAIR, Fault.CUT_ONE_WAY, Fault.SLOW})
OF_ONE = frozenset({Fault.KILL, Fault.FREEZE, Fault.STOP, Fault.ISOLATE, Fault.SLOW})

HOLD_S = (3.0, 14.0)
BREATH_S = (3.0, 8.0)


@dataclass(frozen=True, slots=True)
class Episode:
    """nodes: those it happens to, by number, in the order in which they are mended.

    Of a pair that is cut, both; one way, what the first sends to the second.
    """

    fault: Fault
    nodes: tuple[int, ...]
    hold_s: float
    breath_s: float

    def __str__(self) -> str:
        nodes = ", ".join(map(str, self.nodes))
        return f"{self.fault.value} {nodes} for {self.hold_s:g} s, then {self.breath_s:g} s"


@dataclass(frozen=True, slots=True)
class Schedule:
    seed: int
    episodes: tuple[Episode, ...]

    @property
    def seconds(self) -> float:
        return sum(each.hold_s + each.breath_s for each in self.episodes)

    def __str__(self) -> str:
        return f"seed {self.seed}: " + "; ".join(map(str, self.episodes))


def schedule_of(
    seed: int, seconds: float, faults: tuple[Fault, ...] = tuple(Fault), nodes: int = 3
) -> Schedule:
    """As many episodes as fit into so many seconds, one at least."""
    chance = Random(seed)
    episodes = [_episode(chance, faults, nodes)]
    while True:
        one_more = _episode(chance, faults, nodes)
        if Schedule(seed, (*episodes, one_more)).seconds > seconds:
            return Schedule(seed, tuple(episodes))
        episodes.append(one_more)


def _episode(chance: Random, faults: tuple[Fault, ...], nodes: int) -> Episode:
    fault = chance.choice(faults)
    hit = chance.sample(range(1, nodes + 1), _count(fault, nodes))
    hold_s, breath_s = (round(chance.uniform(*span), 1) for span in (HOLD_S, BREATH_S))
    return Episode(fault, tuple(hit), hold_s, breath_s)


def _count(fault: Fault, nodes: int) -> int:
    if fault is Fault.KILL_ALL:
        return nodes
    return 1 if fault in OF_ONE else 2
