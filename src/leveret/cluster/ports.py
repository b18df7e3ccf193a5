"""What a cluster asks of its engine: replicated logs, each with one writer at a time.

`nats` keeps them on the disks of several nodes; memory_log.py in one process, for tests, with every
fault that can be thought of. The suite in tests/cluster/logs is what every engine must pass.

A log is written by whoever took it over last:

    take_over() ── a fence record, read up to it ──> is_writer ── append, append, ... ──> deposed
                                                                   by somebody else's fence

Rule: nothing of a deposed writer becomes part of the log behind the fence of the next. What is
said here is said to the event loop: callbacks come later, never from within a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

# The kind of the records that a log writes itself: who has taken it over.
FENCE: Final = 0
# Of a record that says nothing but that its writer still is the writer.
PROOF: Final = 255

# An engine's entry ends at 8 MiB. Who has more to say says it in several records.
RECORD_BYTES_MAX: Final = 4 * 1024 * 1024


class NoMajority(Exception):
    """Too few members can be reached for this to be done; nothing is known of how it ended."""


class Deposed(Exception):
    """Somebody else writes this log now."""


class NoSuchLog(Exception):
    """It was deleted, or never was."""


@dataclass(frozen=True, slots=True)
class Record:
    """An entry of a log.

    sequence: from 1, growing, each record's its own; with gaps, wide ones too. 63 bits.
    kind: one octet, the writer's business; FENCE is the log's.
    """

    sequence: int
    kind: int
    octets: bytes


@dataclass(frozen=True, slots=True)
class Health:
    """What a node sees of the engine. members: names of those reached, itself among them."""

    members: tuple[str, ...]
    has_majority: bool
    leader: str | None


class SharedLog(Protocol):
    """One node's hold on a log.

    last_sequence: of the last record that this node knows to be safe; 0 for none.
    is_writer: nobody has been heard of who took it over since we did.
    safe_ticket: all that was appended up to this ticket is safe: a majority has it on its disks.

    A ticket is the sequence that the record has once it is safe.
    """

    @property
    def last_sequence(self) -> int: ...

    @property
    def is_writer(self) -> bool: ...

    @property
    def safe_ticket(self) -> int: ...

    def append(self, kind: int, octets: bytes) -> int:
        """As the writer: a record behind all that was appended before.

        Returns its ticket: the sequence that it will have. Raises Deposed.
        """

    def when_safe(self, ticket: int, action: Callable[[], None]) -> None:
        """Call it once the ticket is safe; of a writer that was deposed before, never.

        Asked for in the order of tickets: one out of order waits for those asked for before it."""

    async def take_over(self) -> int:
        """Become the writer. Returns the sequence of the fence: all before it is safe, and known
        here. Raises NoMajority."""

    def on_deposed(self, action: Callable[[], None]) -> None:
        """Call it when somebody else has become the writer in our place."""

    def on_stalled(self, action: Callable[[bool], None]) -> None:
        """Call it with True when what was appended has not become safe for too long, and with
        False when it does again."""

    def read(self, first: int, last: int) -> AsyncIterator[Record]:
        """The records from one sequence to another, both included, as far as they are safe.

        Never what a stale copy has: whatever is missing was purged. Raises NoMajority."""

    def follow(self, first: int) -> AsyncIterator[Record]:
        """The records from a sequence on, as they become safe, without end. Ends with NoSuchLog
        when the log is deleted; waits out whatever keeps it from reading."""

    def purge(self, up_to: int) -> None:
        """Nobody needs records up to this sequence any more; they go, sooner or later.

        What was appended in one turn of the loop goes together, when none of it is needed."""

    async def close(self) -> None:
        """Let go of it; the log stays."""


class SharedLogs(Protocol):
    """The engine, as one node has it. Whatever waits for a majority raises NoMajority."""

    async def open(self, name: str, replicas: int, nodes: tuple[str, ...] = ()) -> SharedLog:
        """A log by its name, made where there is none: with so many replicas, on these nodes if
        they are named. Asked twice, it is the same object."""

    async def change_replicas(self, name: str, replicas: int, nodes: tuple[str, ...] = ()) -> None:
        """While it is written and read."""

    async def leader_of(self, name: str) -> str | None:
        """The node where writing it is quickest; None while none is known."""

    async def move_leader(self, name: str, node: str) -> None:
        """Make that node the one."""

    async def delete(self, name: str) -> None:
        """With everything in it."""

    async def names(self) -> list[str]: ...

    async def health(self) -> Health: ...
