"""One schedule played to one cluster under load, and what the checker makes of what was seen.

Rule: whatever was broken is mended before the end, in reverse where it matters, and a drain that
cannot be finished makes the run prove nothing: it never makes it pass.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tests.cluster.chaos.checker import Promise, Violation, check
from tests.cluster.chaos.history import (
    MENDED,
    Claimed,
    Confirmed,
    Delivered,
    Drained,
    Faulted,
    History,
    Read,
)
from tests.cluster.chaos.load import FAILURES, Address, Load, drain
from tests.cluster.chaos.places import Network
from tests.cluster.chaos.schedule import Episode, Fault, Part, Schedule

WARM_S = 3.0
ASK_EVERY_S = 0.5
QUIET_S = 1.5
DRAIN_S_MAX = 60.0

Act = Callable[[int, Part], None]


class Cluster(Protocol):
    """What can be done to nodes, by number from 1; none of it waits for the cluster to be well."""

    network: Network | None

    def kill(self, node: int, part: Part) -> None: ...

    def stop(self, node: int, part: Part) -> None: ...

    def start(self, node: int, part: Part) -> None: ...

    def freeze(self, node: int, part: Part) -> None: ...

    def thaw(self, node: int, part: Part) -> None: ...

    def fill_disk(self, node: int) -> None: ...

    def empty_disk(self, node: int) -> None: ...


class Broker(Cluster, Protocol):
    """One that speaks AMQP. serves: what a node says itself of the load's queue; None: nothing."""

    addresses: list[Address]

    def settle(self) -> bool:
        """All is mended: wait until the queue is whole again; whether it is."""

    def serves(self, node: int) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    schedule: Schedule
    violations: list[Violation]
    history: History

    def __str__(self) -> str:
        counts = {kind: self._count(kind) for kind in (Confirmed, Delivered, Read)}
        told = ", ".join(
            f"{count} {kind.__name__.lower()}" for kind, count in counts.items() if count
        )
        told = f"{told}, longest pause {self.history.longest_pause_s():.1f} s"
        told = f"{told}, back {self.history.slowest_return_s():.1f} s after mending"
        return f"{self.schedule}\n  {told}; {self._wrong()}"

    def _count(self, kind: type) -> int:
        return sum(isinstance(event, kind) for event in self.history.events)

    def _wrong(self) -> str:
        kinds = [violation.promise for violation in self.violations]
        counts = {kind.value: kinds.count(kind) for kind in dict.fromkeys(kinds)}
        return str(counts) if counts else "all promises kept"


def play(cluster: Broker, schedule: Schedule) -> Outcome:
    """The cluster is whole and its queue is there and empty; so it is left, if it can be."""
    history = History()
    load = Load(cluster.addresses, history, schedule.seed)
    with asking(cluster, history):
        found = perform_under(load, cluster, schedule)
        drain_all(cluster.addresses, history)
    return Outcome(schedule, [*check(history.events), *found], history)


def perform_under(load: Load, cluster: Broker, schedule: Schedule) -> list[Violation]:
    """From the first publish to the last delivery; what was wrong with the cluster at its end."""
    load.start()
    try:
        time.sleep(WARM_S)
        perform(cluster, schedule, load.history)
    finally:
        load.stop_publishing()
        is_whole = cluster.settle()
        load.stop()
    return [] if is_whole else [Violation(Promise.NOT_WHOLE, "its queue")]


def perform(cluster: Cluster, schedule: Schedule, history: History) -> None:
    for episode in schedule.episodes:
        history.tell(Faulted(history.now_s(), str(episode)))
        with broken(cluster, episode):
            time.sleep(episode.hold_s)
        history.tell(Faulted(history.now_s(), MENDED))
        time.sleep(episode.breath_s)


@contextlib.contextmanager
def broken(cluster: Cluster, episode: Episode) -> Iterator[None]:
    """The cluster with something broken, in this block."""
    match episode.fault:
        case Fault.KILL | Fault.KILL_TWO | Fault.KILL_ALL:
            how = around(cluster.kill, cluster.start, episode)
        case Fault.STOP:
            how = around(cluster.stop, cluster.start, episode)
        case Fault.FREEZE | Fault.FREEZE_TWO:
            how = around(cluster.freeze, cluster.thaw, episode)
        case Fault.FULL_DISK:
            how = filled(cluster, episode)
        case _:
            how = disconnected(cluster.network, episode)
    with how:
        yield


@contextlib.contextmanager
def around(undo: Act, redo: Act, episode: Episode) -> Iterator[None]:
    try:
        for node in episode.nodes:
            undo(node, episode.part)
        yield
    finally:
        for node in episode.nodes:
            redo(node, episode.part)


@contextlib.contextmanager
def filled(cluster: Cluster, episode: Episode) -> Iterator[None]:
    (node,) = episode.nodes
    try:
        cluster.fill_disk(node)
        yield
    finally:
        cluster.empty_disk(node)


@contextlib.contextmanager
def disconnected(network: Network | None, episode: Episode) -> Iterator[None]:
    assert network is not None, f"{episode} needs namespaces"
    try:
        disconnect(network, episode)
        yield
    finally:
        network.heal()


def disconnect(network: Network, episode: Episode) -> None:
    first, *more = episode.nodes
    match episode.fault:
        case Fault.ISOLATE:
            others = [place.number for place in network.places if place.number != first]
            pairs = [*((first, other) for other in others), *((other, first) for other in others)]
        case Fault.CUT_PAIR:
            pairs = [(first, more[0]), (more[0], first)]
        case Fault.CUT_ONE_WAY:
            pairs = [(first, more[0])]
        case _:
            assert episode.fault is Fault.SLOW, episode
            pairs = []
            network.slow(first)
    for sender, receiver in pairs:
        network.cut(sender, receiver)


@contextlib.contextmanager
def asking(cluster: Broker, history: History) -> Iterator[None]:
    """Every node is asked, twice a second, whether it serves the queue."""
    over = threading.Event()

    def ask(node: int) -> None:
        while not over.wait(ASK_EVERY_S):
            asked_s = history.now_s()
            serves = cluster.serves(node)
            if serves is not None:
                history.tell(Claimed(f"node {node}", serves, asked_s, history.now_s()))

    threads = [
        threading.Thread(target=ask, args=(number,))
        for number in range(1, len(cluster.addresses) + 1)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def drain_all(addresses: list[Address], history: History) -> None:
    """Through every node, until a whole round gives nothing: a cluster that has fallen apart may
    hold messages in each of its parts, and those are not lost."""
    until = time.monotonic() + DRAIN_S_MAX
    while time.monotonic() < until:
        try:
            if not sum(drain(address, history, QUIET_S) for address in addresses):
                history.tell(Drained())
                return
        except (*FAILURES, TimeoutError) as error:
            history.tell(Faulted(history.now_s(), f"drain: {error!r}"))
            time.sleep(1)
