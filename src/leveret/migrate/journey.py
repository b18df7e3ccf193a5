"""A journey from one broker to another: definitions first, then the messages of each queue.

Rule: what has been moved is counted at the target, not believed; a difference is told.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from leveret.dial.connection import Connection, DialError
from leveret.migrate.mover import MoveFailed, Mover
from leveret.migrate.survey import STREAM, Left, Load, chosen, loads, waiting_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.dial.address import Address
    from leveret.management.client import Client, Queue

NAME = "leveret migrate"


@dataclass(frozen=True, slots=True)
class Place:
    """A broker: its management API, and AMQP as one user in any vhost."""

    api: Client
    amqp: Address

    def connect(self, vhost: str) -> Connection:
        """Raises DialError."""
        return Connection(dataclasses.replace(self.amqp, vhost=vhost), NAME)


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of one queue. arrived: by how many messages the target's queue has grown.

    failure: why not all of it was moved; empty when it was.
    """

    load: Load
    moved: int
    arrived: int
    failure: str = ""

    @property
    def is_sound(self) -> bool:
        return not self.failure and self.moved == self.arrived


class Watcher(Protocol):
    """Whoever is told how it goes."""

    def begins(self, load: Load) -> None: ...

    def moves(self, count: int) -> None:
        """So many messages more are at the target."""

    def ends(self, moved: Moved) -> None: ...


class Journey:
    """source, target: where from, and where to. watcher: who is told."""

    def __init__(self, source: Place, target: Place, watcher: Watcher) -> None:
        self._source = source
        self._target = target
        self._watcher = watcher

    def copy_definitions(self, vhosts: Sequence[str]) -> None:
        """All of them, or what is in some vhosts. Raises ApiRefused, ApiUnreachable."""
        if not vhosts:
            self._target.api.import_definitions(self._source.api.definitions())
        for vhost in vhosts:
            self._target.api.add_vhost(vhost)
            self._target.api.import_definitions(self._source.api.definitions(vhost), vhost)

    def plan(self, vhosts: Sequence[str], pattern: str) -> tuple[list[Load], list[Left]]:
        """What there is to move, and what is left alone. Raises DialError, ApiRefused."""
        wanted, left = chosen(self._source.api.queues(), frozenset(vhosts), pattern)
        found: list[Load] = []
        for vhost, queues in _by_vhost(wanted):
            found += self._plan_vhost(vhost, queues)
        return found, left

    def _plan_vhost(self, vhost: str, queues: list[Queue]) -> list[Load]:
        names = [each.name for each in queues if each.type != STREAM]
        with self._source.connect(vhost) as source:
            waiting = waiting_in(source, names)
        has_streams = len(names) < len(queues)
        there = self._target.api.queues(vhost) if has_streams else []
        return loads(queues, waiting, {each.name: each.messages for each in there})

    def move(self, load: Load) -> Moved:
        """The messages of one queue."""
        self._watcher.begins(load)
        count = 0

        def moves(more: int) -> None:
            nonlocal count
            count += more
            self._watcher.moves(more)

        failure, before, after = "", 0, 0
        try:
            before = self._waiting_at_target(load)
            with (
                self._source.connect(load.vhost) as source,
                self._target.connect(load.vhost) as target,
            ):
                Mover(source, target, load, moves).run()
        except (MoveFailed, DialError) as error:
            failure = str(error)
        else:
            after = self._waiting_at_target(load)
        arrived = count if load.is_stream or failure else after - before
        moved = Moved(load, count, arrived, failure)
        self._watcher.ends(moved)
        return moved

    def _waiting_at_target(self, load: Load) -> int:
        """A stream's is known to the API alone, and late: its confirms have to do."""
        if load.is_stream:
            return 0
        with self._target.connect(load.vhost) as target:
            return waiting_in(target, [load.queue])[load.queue]


def _by_vhost(queues: list[Queue]) -> Iterator[tuple[str, list[Queue]]]:
    by_vhost = attrgetter("vhost")
    for vhost, together in groupby(sorted(queues, key=by_vhost), by_vhost):
        yield vhost, list(together)
