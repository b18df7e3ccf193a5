"""What a delayed exchange holds back until it is due: the receiver its messages go to meanwhile.

To whoever publishes this is a queue: it has a number, so a persistent message is stored for it and
confirmed once it is safe. When one is due, it is routed anew as if it came just now, and settled
here in the same batch: it is always in one place at least.

    publish ──> held back ──(due)──> at hand ──(a slice in each turn)──> routed, settled here
                   ^                     ^
    a start: positions, read for     what is not in memory is read first
    their delays in the background

Rule: whatever waits costs 17 octets. Beyond a window of messages at hand their bodies are in the
store or, when they need not survive, in the spill. Nothing here takes longer with their number.
"""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import ceil, floor
from typing import TYPE_CHECKING, ClassVar, Final

from leveret.broker.exchanges import x_delay
from leveret.broker.exchanges.schedule import PAGE_MAX, Page, Schedule
from leveret.broker.ports import Leaving
from leveret.broker.publishing import copies_of
from leveret.broker.queues.pages import HELD, SPILLED, STORED, Waiting
from leveret.broker.queues.paging import SPILL_NUMBER, WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from leveret.broker.agenda import Timer
    from leveret.broker.exchanges.exchange import ExchangeHome
    from leveret.broker.message import Message
    from leveret.broker.ports import Recovered

# Messages that are sent on in one turn of the loop: a millisecond of work.
SLICE: Final = 16
# Messages that are read at once, to be sent on; and for their delays, in the background.
READ_COUNT: Final = 128
BACKGROUND_COUNT: Final = 32
# Pages of positions that are forgotten in one turn, likewise, when an exchange is deleted.
FORGET_PAGES: Final = 8
# How long a message waits that has to be sent on once more.
RETRY_S: Final = 1.0
# What a clock reading in seconds may miss a millisecond by; a thousand times as much is nothing.
_INEXACT_MS: Final = 0.001
# The greatest deadline there is: whatever is added to it, an array can hold it.
_FOREVER_MS: Final = 2**62


@dataclass(frozen=True, slots=True)
class Pending:
    """One message that waits, as it can be listed.

    due_at: by the broker's clock; None as long as nobody has read its delay since the start.
    """

    waiting: Waiting
    due_at: float | None


class Delays:
    """The messages that one exchange holds back.

    name: the exchange's. number: what the message store knows them by; 0 when it keeps none.
    """

    __slots__ = (
        "_agenda",
        "_held",
        "_home",
        "_is_releasing",
        "_missing",
        "_paging",
        "_ready",
        "_schedule",
        "_timer",
        "_timer_deadline",
        "_under_way",
        "_unread",
        "_unread_from",
        "is_deleted",
        "name",
        "number",
    )

    may_refuse: ClassVar[bool] = False
    tally: ClassVar[None] = None

    def __init__(self, name: str, number: int, home: ExchangeHome) -> None:
        self.name = name
        self.number = number
        self.is_deleted = False
        self._home = home
        self._agenda = home.agenda
        self._paging = home.paging
        self._schedule = Schedule()
        # At hand, by position: transient ones, and the first so many of the stored.
        self._held: dict[int, Message] = {}
        # Due, and being read as far as they are not at hand; how many answers are missing.
        self._under_way: Page | None = None
        self._missing = 0
        # Due and at hand, in order.
        self._ready: deque[Message] = deque()
        # From before the start: the positions whose delays nobody has read yet.
        self._unread = array("Q")
        self._unread_from = 0
        # From the time the first is due until there is nothing more that is.
        self._is_releasing = False
        self._timer: Timer | None = None
        self._timer_deadline = 0

    @property
    def count(self) -> int:
        """How many wait or are on their way."""
        under_way = len(self._under_way) if self._under_way is not None else 0
        unread = len(self._unread) - self._unread_from
        return self._schedule.count + len(self._ready) + under_way + unread

    def pending(self) -> Iterator[Pending]:
        """Those that wait, the earliest first, then those of which the time is not known yet. Good
        until the next turn of the loop."""
        for deadline, position, place in self._schedule:
            yield Pending(self._waiting(position, place), deadline / 1000)
        for position in islice(self._unread, self._unread_from, None):
            yield Pending(self._waiting(position, STORED), None)

    def _waiting(self, position: int, place: int) -> Waiting:
        message = self._held.get(position)
        if message is not None:
            return Waiting(position, message, False)
        store = self._paging.spill if place == SPILLED else self._paging.store
        return Waiting(position, None, False, store, self.number, place == SPILLED)

    # Coming in -------------------------------------------------------------------------------

    def refuses(self, _message: Message) -> bool:
        return False

    def publish(self, message: Message) -> None:
        """Hold it for as long as it says."""
        deadline = _ms(self._agenda.clock()) + x_delay.delay_ms(message.properties)
        position, place = self._keep(message)
        self._schedule.add(min(deadline, _FOREVER_MS), position, place)
        self._watch()

    def _keep(self, message: Message) -> tuple[int, int]:
        """Its position and where it is from now on."""
        paging = self._paging
        has_room = len(self._held) < WINDOW and not paging.is_short()
        is_stored = self._is_stored(message)
        if not is_stored and not has_room and paging.spill is not None:
            return paging.spill_out(message), SPILLED
        if has_room or not is_stored:
            self._held[message.position] = message
            paging.octets += len(message.content)
        return message.position, STORED if is_stored else HELD

    def _is_stored(self, message: Message) -> bool:
        return message.is_stored and self.number > 0

    def recover(self, recovered: Recovered) -> None:
        """Take over what the store had before the start. Their delays are read one part after
        the other, in the background; what is due then is sent on."""
        for positions in recovered.positions.values():
            self._unread.extend(positions)
        if len(recovered.positions) > 1:
            self._unread = array("Q", sorted(self._unread))
        if self._unread:
            self._agenda.soon(self._read_delays)

    def _read_delays(self) -> None:
        first = self._unread_from
        if self.is_deleted:
            return
        if first == len(self._unread):
            self._unread, self._unread_from = array("Q"), 0
            return
        assert self._paging.store is not None
        wanted = self._unread[first : first + BACKGROUND_COUNT]
        self._paging.store.read(wanted, partial(self._learn, len(wanted)), self.number)

    def _learn(self, count: int, messages: list[Message]) -> None:
        """So many were read, as far as they can be."""
        if self.is_deleted:
            return
        self._unread_from += count
        for message in messages:
            delay = x_delay.delay_ms(message.properties)
            deadline = _ms(message.published_at) + delay
            self._schedule.add(min(deadline, _FOREVER_MS), message.position, STORED)
        self._watch()
        self._agenda.soon(self._read_delays)

    # When they are due -----------------------------------------------------------------------

    def _watch(self) -> None:
        """Begin releasing when the first is due, unless that is under way."""
        first = self._schedule.first
        if first is None or self._is_releasing:
            return
        if self._timer is not None:
            if self._timer_deadline <= first:
                return
            self._timer.cancel()
        self._timer_deadline = first
        self._timer = self._agenda.at(first / 1000, self._timer_fired)

    def _timer_fired(self) -> None:
        self._timer = None
        self._is_releasing = True
        self._release()

    def _release(self) -> None:
        """Take out what is due, and read what of it is not at hand."""
        # A timer comes at its deadline or later; what it says in seconds is no exact number.
        now = floor(self._agenda.clock() * 1000 + _INEXACT_MS)
        page = self._schedule.take_due(now, READ_COUNT)
        if page is None:
            self._is_releasing = False
            self._watch()
            return
        self._under_way = page
        asked = {
            STORED: [each for each in page.at(STORED) if each not in self._held],
            SPILLED: page.at(SPILLED),
        }
        self._missing = sum(map(bool, asked.values()))
        if not self._missing:
            self._gather(page)
        for place, store in ((STORED, self._paging.store), (SPILLED, self._paging.spill)):
            if asked[place]:
                assert store is not None
                store.read(asked[place], partial(self._answer, page, place), self.number)

    def _answer(self, page: Page, place: int, messages: list[Message]) -> None:
        if self._under_way is not page:
            return
        if place == SPILLED:
            self._settle_spilled(page.at(SPILLED))
        for message in messages:
            message.is_stored = place == STORED
            self._held[message.position] = message
            self._paging.octets += len(message.content)
        self._missing -= 1
        if not self._missing:
            self._gather(page)

    def _gather(self, page: Page) -> None:
        """All that was due is at hand, except for what can't be read."""
        self._under_way = None
        for position in page.positions:
            message = self._held.pop(position, None)
            if message is not None:
                self._paging.octets -= len(message.content)
                self._ready.append(message)
        self._send_some()

    def _send_some(self) -> None:
        """A slice of what is at hand; the rest in the next turns."""
        for message in [self._ready.popleft() for _ in range(min(SLICE, len(self._ready)))]:
            self._send(message)
        self._agenda.soon(self._send_some if self._ready else self._release)

    def _send(self, message: Message) -> None:
        before = message.properties
        after, properties = x_delay.released(message, before)
        copy_keys = copies_of(before.headers or {})
        route = self._home.route(self.name, message.routing_key, properties, copy_keys)
        if not self._is_stored(message):
            self._home.send(after, route)
            return
        store = self._paging.store
        assert store is not None
        done = partial(store.settle, self.number, message.position)
        again = partial(self._try_again, message)
        self._home.send(after, route, Leaving(self.number, message.position, done, again))

    def _try_again(self, message: Message) -> None:
        """What it was written to was lost, perhaps before it was safe there."""
        self._agenda.at(self._agenda.clock() + RETRY_S, partial(self._send_again, message))

    def _send_again(self, message: Message) -> None:
        if not self.is_deleted:
            self._send(message)

    def _settle_spilled(self, positions: list[int]) -> None:
        assert self._paging.spill is not None
        self._paging.spill.settle_all(SPILL_NUMBER, positions)

    # The end ---------------------------------------------------------------------------------

    def delete(self) -> None:
        """The exchange is gone, and what it held with it.

        The stores are told a part in each turn. A node that ends meanwhile has lost nothing by
        it: a start drops what belongs to an exchange that the catalogue does not have.
        """
        self.is_deleted = True
        if self._timer is not None:
            self._timer.cancel()
        pages = self._schedule.clear()
        if self._under_way is not None:
            pages.append(self._under_way)
            self._under_way = None
        self._forget([each.position for each in self._ready if self._is_stored(each)])
        self._ready.clear()
        self._paging.octets -= sum(len(each.content) for each in self._held.values())
        self._held.clear()
        self._forget_some(deque(pages))

    def _forget_some(self, pages: deque[Page]) -> None:
        for page in [pages.popleft() for _ in range(min(FORGET_PAGES, len(pages)))]:
            self._forget(page.at(STORED))
            if spilled := page.at(SPILLED):
                self._settle_spilled(spilled)
        first = self._unread_from
        unread = self._unread[first : first + FORGET_PAGES * PAGE_MAX]
        self._forget(unread)
        self._unread_from += len(unread)
        if pages or self._unread_from < len(self._unread):
            self._agenda.soon(partial(self._forget_some, pages))

    def _forget(self, positions: Sequence[int]) -> None:
        if positions and self.number:
            assert self._paging.store is not None
            self._paging.store.forget(self.number, positions)


def _ms(seconds: float) -> int:
    """The first whole millisecond that is not before a clock reading."""
    return ceil(seconds * 1000 - _INEXACT_MS)
