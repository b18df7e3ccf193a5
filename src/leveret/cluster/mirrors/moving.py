"""A queue's messages on their way to another place, while the queue is in use.

    source   1 2 3 4 5 6 7 8 9 ...      has all, and is believed, until the move is over
    target   1 2 3 4 ─── copied in order, a slice at a time ──> 9, in one turn with what is recent
                                                             from then on all is said to both

Rule: messages get to the target in the order of their positions, those that are published
meanwhile too; what was settled before its turn never gets there.
"""

from __future__ import annotations

from array import array
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.cluster.mirrors.mirror import Mirror

# Messages and octets read and copied in one turn: some milliseconds. Nobody knows how large they
# are before one was read.
SLICE_MAX: Final = 256
SLICE_OCTETS: Final = 2**20
# What was published since the last slice is kept in memory, up to so many: the last step, which
# waits for nothing, takes these.
RECENT_MAX: Final = 1024


class Place(Protocol):
    """One queue's.

    is_own: the node's own engine is given new messages beside this place, once for all the queues
        that have them there; `append` is then about everything else.
    engines: what has to be safe for the queue's messages to be; None is the own engine.
    """

    @property
    def is_own(self) -> bool: ...

    @property
    def engines(self) -> dict[Mirror | None, None]: ...

    def append(self, message: Message) -> None: ...

    def settle_all(self, positions: Sequence[int]) -> None:
        """What is not known here was settled, or lost, before."""

    def delivered(self, position: int) -> None: ...

    def read(self, positions: Sequence[int], take: Callable[[list[Message]], None]) -> None: ...


class Target(Place, Protocol):
    """A place to which messages move.

    is_behind: it has more under way than is good.
    """

    @property
    def is_behind(self) -> bool: ...

    def adopt(self, message: Message) -> None:
        """Keep one that is named by its position; it may have been published a while ago."""

    def when_safe(self, action: Callable[[], None], lost: Callable[[], None]) -> None:
        """Call `action` once what was said so far is safe, or `lost`."""


class Moving:
    """The place of a queue whose messages move: the source, and behind it the target.

    waiting: positions of all that the source has for the queue, rising. deliveries: how often
    they were delivered, by position; absent for never. soon: call it in a later turn.
    doubled: called once everything is at both places; both are kept alike from then on.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what a move is between, and of what
        self,
        source: Place,
        target: Target,
        waiting: Iterable[int],
        deliveries: dict[int, int],
        soon: Callable[[Callable[[], None]], object],
        doubled: Callable[[], None],
    ) -> None:
        self.is_doubled = False
        self.is_own = source.is_own
        self._source = source
        self._target = target
        self._soon = soon
        self._doubled = doubled
        # What is to be copied, in order, and how much of it was dealt with; of the rest: what is
        # settled, and the last ones themselves.
        self._line = array("Q", waiting)
        self._done_count = 0
        self._settled: set[int] = set()
        self._recent: deque[Message] = deque(maxlen=RECENT_MAX)
        self._deliveries = dict(deliveries)
        self._copied_up_to = 0
        self._slice_max = 1
        # What the source could not read, though the queue may still have it in memory.
        self._unread: set[int] = set()
        self._is_given_up = False

    def begin(self) -> None:
        self._soon(self._go_on)

    def give_up(self) -> None:
        """Nothing more is said to the target, whose messages are the caller's to forget."""
        self._is_given_up = True
        self._end_chase()

    # The verbs of a Place ------------------------------------------------------------------------

    @property
    def engines(self) -> dict[Mirror | None, None]:
        """Whichever place is believed in the end has what is safe in both."""
        if not self._is_at_both:
            return self._source.engines
        return {**self._source.engines, **self._target.engines}

    @property
    def _is_at_both(self) -> bool:
        return self.is_doubled and not self._is_given_up

    def append(self, message: Message) -> None:
        self._source.append(message)
        if self._is_at_both:
            self._target.adopt(message)
        elif not self._is_given_up:
            self._line.append(message.position)
            self._recent.append(message)

    def settle_all(self, positions: Sequence[int]) -> None:
        self._source.settle_all(positions)
        if self._is_given_up:
            return
        there = [position for position in positions if self._is_there(position)]
        if there:
            self._target.settle_all(there)
        if len(there) < len(positions):
            elsewhere = set(positions).difference(there)
            self._settled.update(elsewhere - self._unread)
            self._unread -= elsewhere

    def delivered(self, position: int) -> None:
        self._source.delivered(position)
        if self._is_given_up:
            return
        if self._is_there(position):
            self._target.delivered(position)
        elif position not in self._unread:
            self._deliveries[position] = self._deliveries.get(position, 0) + 1

    def read(self, positions: Sequence[int], take: Callable[[list[Message]], None]) -> None:
        self._source.read(positions, take)

    def _is_there(self, position: int) -> bool:
        is_reached = self.is_doubled or position <= self._copied_up_to
        return is_reached and position not in self._unread

    # Slice by slice ------------------------------------------------------------------------------

    @property
    def _left_count(self) -> int:
        return len(self._line) - self._done_count

    def _go_on(self) -> None:
        if self._is_given_up:
            return
        if self._target.is_behind:
            self._target.when_safe(self._go_on, _nothing)
            return
        positions = self._take_slice()
        if positions:
            self._source.read(positions, lambda messages: self._arrived(positions, messages))
        else:
            self._double()

    def _take_slice(self) -> list[int]:
        """The next ones; none when everything was settled."""
        positions: list[int] = []
        while self._left_count and len(positions) < self._slice_max:
            position = self._line[self._done_count]
            self._done_count += 1
            if position in self._settled:
                self._settled.remove(position)
                self._deliveries.pop(position, None)
            else:
                positions.append(position)
            # What is dealt with here is not recent any more.
            if self._recent and self._recent[0].position == position:
                self._recent.popleft()
        return positions

    def _arrived(self, positions: list[int], messages: Sequence[Message]) -> None:
        """A slice was read, or what could be of it."""
        if self._is_given_up:
            return
        missing = set(positions).difference(each.position for each in messages)
        self._unread |= missing - self._settled
        self._settled -= missing
        self._copy_all(messages)
        self._copied_up_to = positions[-1]
        octets = sum(len(each.content) for each in messages)
        worth = SLICE_OCTETS * len(messages) // max(1, octets)
        self._slice_max = max(1, min(SLICE_MAX, 8 * self._slice_max, worth))
        if len(self._recent) == self._left_count:
            self._double()
        else:
            self._soon(self._go_on)

    def _double(self) -> None:
        """What is left is in memory: it follows at once."""
        self._copy_all(self._recent)
        self.is_doubled = True
        self._end_chase()
        self._doubled()

    def _end_chase(self) -> None:
        self._line = array("Q")
        self._done_count = 0
        self._recent.clear()
        self._settled.clear()
        self._deliveries.clear()

    def _copy_all(self, messages: Iterable[Message]) -> None:
        for message in messages:
            position = message.position
            count = self._deliveries.pop(position, 0)
            if position in self._settled:
                self._settled.remove(position)
                continue
            self._target.adopt(message)
            for _ in range(count):
                self._target.delivered(position)


def _nothing() -> None:
    """Whoever waits for the move hears it from the target."""
