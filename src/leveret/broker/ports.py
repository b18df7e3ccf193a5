"""What the broker asks of whatever keeps its things: the ports that an engine implements.

`storage` keeps them on this machine's disk, a cluster on many. The suite in tests/ports is what
every engine must pass; memory.py is the engine of a broker that keeps nothing.

Rule: nothing here waits. What must be safe before somebody hears of it is told to the engine, and
the answer is given in `Durability.when_durable`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from leveret.broker.disk_work import DiskWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.changes import Change
    from leveret.broker.message import Message
    from leveret.broker.streams.laid import Laid


@dataclass(slots=True)
class Recovered:
    """What waits for a queue after a start.

    positions: by priority (0 where a message has none), each in the order of publishing.
    deliveries: how often a message was delivered and not settled; absent for never.
    laid: of a stream whose offsets lie beside its messages; None where the catalogue has them.
    """

    positions: dict[int, Sequence[int]] = field(default_factory=dict)
    deliveries: dict[int, int] = field(default_factory=dict)
    laid: Laid | None = None


class MessageStore(Protocol):
    """Keeps messages, each for one or several queues, until all of them have settled it.

    A message is named by its position, a queue by its number.
    """

    def append(self, message: Message, queues: tuple[int, ...]) -> None:
        """Keep it for these queues."""

    def adopt(self, message: Message, queues: tuple[int, ...]) -> None:
        """As `append`, of one that has lain elsewhere: it was published when it says it was."""

    def settle(self, queue: int, position: int) -> None:
        """The queue is done with the message."""

    def settle_all(self, queue: int, positions: Sequence[int]) -> None:
        """The same for many."""

    def delivered(self, queue: int, position: int) -> None:
        """It was handed to somebody who may fail to settle it."""

    def forget(self, queue: int, positions: Sequence[int]) -> None:
        """The queue was deleted while it had these, ready or unacknowledged."""

    def read(
        self, positions: Sequence[int], take: Callable[[list[Message]], None], queue: int = 0
    ) -> None:
        """Fetch messages; `take` gets them later, in order, and never from within this call.

        queue: who asks; where that is not said, they are looked for. They are as they were
        appended, is_stored, and published_at by the broker's clock. What can't be read (a damaged
        record) is missing from the list, reported, and settled.
        """

    def recovered(self, queue: int) -> Recovered:
        """What waited for the queue when the engine was opened. Asked once for each queue."""


class Catalogue(Protocol):
    """Keeps what is durable besides messages."""

    def load(self) -> Iterable[Change]:
        """Everything that was committed, in an order in which it can be applied."""

    def commit(self, change: Change) -> None:
        """Keep it; whoever caused it is told once it is durable (see Durability.demands)."""


class Durability(Protocol):
    """When what was appended, settled and committed is safe: the watermark.

    batch: the number of the group commit that will hold what is said now. Never goes back.
    demands: counts up with everything that is not to be answered before it is durable.
    is_behind: more is waiting for the disk than is good; publishers should wait.
    """

    @property
    def batch(self) -> int: ...

    @property
    def demands(self) -> int: ...

    @property
    def is_behind(self) -> bool: ...

    def demand(self) -> None:
        """What was appended or settled last is not to be answered before it is durable."""

    def when_durable(self, action: Callable[[], None]) -> None:
        """Call it once everything said so far is safe; at once when it already is."""


class Confirming(Durability, Protocol):
    """Durability of messages that lie in several places, each safe in its own time, or lost.

    Rule: whoever says what he has written to waits for that, and for nobody else's.
    """

    @property
    def has_written_copies(self) -> bool:
        """In this turn something was appended that other nodes have, too."""

    def begin(self) -> None:
        """A client's turn begins; `when_kept` is about what is appended from here on. Not to be
        said while another's is under way."""

    def when_kept(self, action: Callable[[], None], lost: Callable[[], None]) -> None:
        """Call `action` once what was appended in this turn is safe, and with it all that was
        settled in the same queues before; or `lost` when that may never be."""

    def when_queue_kept(
        self, queue: int, action: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        """The same of everything said of one queue so far."""


class Answers(Durability, Protocol):
    """Durability of messages alone, for what is answered once it is safe: tx.commit, a purge."""

    def when_kept(self, action: Callable[[], None], lost: Callable[[], None]) -> None:
        """Call `action` once what was demanded in this turn is safe; or `lost` when that may never
        be."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message that goes on from one queue to another.

    queue, position: where it is yet. done: settles it there. again: sends it anew.
    refused: another node's queue has no place for it, which is known late; None: as `done`.
    """

    queue: int
    position: int
    done: Callable[[], None]
    again: Callable[[], None]
    refused: Callable[[], None] | None = None


class Moves(Protocol):
    """How a message goes on between queues that lie in several places, and is always in one."""

    def begin_move(self) -> None:
        """It is about to be appended where it goes."""

    def end_move(self, leaving: Leaving) -> None:
        """It was. Calls `done` when it is safe there, at once where that makes no difference; or
        `again` when it may be lost."""


class Pen(Protocol):
    """Leave to change what other nodes know too: one node of a cluster has it at a time."""

    @property
    def is_writable(self) -> bool:
        """Whether something may be committed right now."""

    def when_writable(self, action: Callable[[], None], give_up: Callable[[], None]) -> None:
        """Call `action` once it may, on what all know by then; or `give_up` after a while."""

    def when_fresh(self, action: Callable[[], None]) -> None:
        """Call it when all that the others were told so far is known here; or after a while."""


def _at_once(action: Callable[[], None]) -> None:
    """A catalogue of one node can be told at any time."""
    action()


@dataclass(frozen=True, slots=True)
class Storage:
    """An engine, by its ports.

    keeps_messages: False when `messages` is never to be asked: nothing is durable.
    spill: for messages that need not survive, when memory is short. None: all stay in memory.
    spilling: when what was given to the spill is on its disk, and out of memory with that.
    first_position, first_queue_number: greater than any that is or was in use.
    is_shared: other nodes follow the catalogue: it is told of everything, durable or not.
    when_writable: calls it when the catalogue can be told of changes, which is soon or now.
    pen: leave to tell it; None where it can be told at any time.
    disk_work: what the engine has asked of its disk; it counts on.
    apart: of messages alone, where they lie in several places, or `durability` waits for more than
        their store. moves: where they lie in several places.
    answers: for answers that wait for messages alone, where `durability` waits for metadata too.
    """

    messages: MessageStore
    catalogue: Catalogue
    durability: Durability
    spill: MessageStore | None
    spilling: Durability
    keeps_messages: bool
    first_position: int = 1
    first_queue_number: int = 1
    is_shared: bool = False
    when_writable: Callable[[Callable[[], None]], None] = _at_once
    pen: Pen | None = None
    disk_work: DiskWork = field(default_factory=DiskWork)
    apart: Confirming | None = None
    moves: Moves | None = None
    answers: Answers | None = None

    @property
    def confirming(self) -> Durability:
        """When messages are safe, and their settling: all that a confirm waits for."""
        return self.durability if self.apart is None else self.apart

    def when_answerable(self, action: Callable[[], None], lost: Callable[[], None]) -> None:
        """See Answers; an engine of one place loses nothing."""
        if self.answers is None:
            self.durability.when_durable(action)
        else:
            self.answers.when_kept(action, lost)

    @property
    def begin_turn(self) -> Callable[[], None] | None:
        """To be called when a client's turn begins; None: that makes no difference."""
        return None if self.apart is None else self.apart.begin

    @property
    def has_written_copies(self) -> bool:
        """See Confirming."""
        return self.apart is not None and self.apart.has_written_copies

    def when_queue_kept(
        self,
        queue: int,
        action: Callable[[], None],
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        """See Confirming."""
        if self.apart is None:
            self.durability.when_durable(action)
        else:
            self.apart.when_queue_kept(queue, action, lost)

    def when_kept(self, action: Callable[[], None], lost: Callable[[], None]) -> None:
        """See Confirming; an engine of one place loses nothing."""
        if self.apart is None:
            self.durability.when_durable(action)
        else:
            self.apart.when_kept(action, lost)
