"""What happens to which node when: values, all of them from one seed.

A schedule is a line of episodes. Each breaks something, holds it for a while, mends it, and leaves
the cluster a breath; a majority is away at times, and at others everybody is.
"""

from dataclasses import dataclass
from enum import Enum
from random import Random


class Fault(Enum):
    """What may happen: to processes, to the network between them, to what they write on."""

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
    FULL_DISK = "full disk"


OF_PROCESSES = frozenset(
    {Fault.KILL, Fault.FREEZE, Fault.STOP, Fault.KILL_TWO, Fault.FREEZE_TWO, Fault.KILL_ALL}
)
OF_ONE = frozenset(
    {Fault.KILL, Fault.FREEZE, Fault.STOP, Fault.ISOLATE, Fault.SLOW, Fault.FULL_DISK}
)


class Part(Enum):
    """What of a node a process's fault is about: all of it, its engine or its broker alone."""

    NODE = "node"
    ENGINE = "engine of"
    BROKER = "broker of"


WHOLE_NODES = (Part.NODE,)

HOLD_S = (3.0, 20.0)
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
    part: Part = Part.NODE

    def __str__(self) -> str:
        nodes = ", ".join(map(str, self.nodes))
        what = f"{self.fault.value} {self.part.value} {nodes}"
        return f"{what} for {self.hold_s:g} s, then {self.breath_s:g} s"


@dataclass(frozen=True, slots=True)
class Schedule:
    seed: int
    episodes: tuple[Episode, ...]

    @property
    def seconds(self) -> float:
        return sum(each.hold_s + each.breath_s for each in self.episodes)

    def __str__(self) -> str:
        return f"seed {self.seed}: " + "; ".join(map(str, self.episodes))


@dataclass(frozen=True, slots=True)
class Repertoire:
    """What may happen to a kind of cluster."""

    faults: tuple[Fault, ...] = tuple(Fault)
    parts: tuple[Part, ...] = WHOLE_NODES
    nodes: int = 3


ALL_FAULTS = Repertoire()


def schedule_of(seed: int, seconds: float, repertoire: Repertoire = ALL_FAULTS) -> Schedule:
    """As many episodes as fit into so many seconds, one at least."""
    chance = Random(seed)
    episodes = [_episode(chance, repertoire)]
    while True:
        one_more = _episode(chance, repertoire)
        if Schedule(seed, (*episodes, one_more)).seconds > seconds:
            return Schedule(seed, tuple(episodes))
        episodes.append(one_more)


def _episode(chance: Random, repertoire: Repertoire) -> Episode:
    fault = chance.choice(repertoire.faults)
    hit = chance.sample(range(1, repertoire.nodes + 1), _count(fault, repertoire.nodes))
    hold_s, breath_s = (round(chance.uniform(*span), 1) for span in (HOLD_S, BREATH_S))
    part = chance.choice(repertoire.parts) if fault in OF_PROCESSES else Part.NODE
    return Episode(fault, tuple(hit), hold_s, breath_s, part)


def _count(fault: Fault, nodes: int) -> int:
    if fault is Fault.KILL_ALL:
        return nodes
    return 1 if fault in OF_ONE else 2
