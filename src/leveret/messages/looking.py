"""Looking at what a queue has, without taking it: nobody's message is delivered later for it, none
is marked as delivered, and the order stays.

    ready           in line: at hand, or read from the disk for whoever looks
    unacknowledged  out, and who has it
    delayed         held back by an exchange until it is due
    a stream        from an offset on

Rule: a look goes through so many messages and octets and no further, and says where it ended: the
next look goes on there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from leveret.broker.errors import PreconditionFailed
from leveret.broker.streams.reader import with_offsets
from leveret.broker.streams.starts import ARGUMENT, start_of
from leveret.broker.streams.stream import Stream
from leveret.messages.searching import EVERY_MESSAGE, Search
from leveret.unhurried import Slice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from leveret.broker.exchanges.delays import Delays
    from leveret.broker.message import Message
    from leveret.broker.ports import MessageStore
    from leveret.broker.queues.pages import Waiting
    from leveret.broker.queues.queue import Queue
    from leveret.broker.tallies import Held

    # And when it is due.
    Standing = tuple[Waiting, float | None]
    Take = Callable[[list[Message]], None]

# What messages may be looked at.
READY: Final = "ready"
UNACKNOWLEDGED: Final = "unacknowledged"
STATES: Final = (READY, UNACKNOWLEDGED)
# What one answer holds, and what is read for it: the next look goes on.
SHOWN_MAX: Final = 500
SHOWN_OCTETS_MAX: Final = 16 * 2**20
LOOKED_AT_MAX: Final = 20_000
READ_OCTETS_MAX: Final = 64 * 2**20
# Read at once, as long as nobody knows how large they are; and as far as that is known.
_FIRST_READ: Final = 16
_READ_MAX: Final = 512
_READ_OCTETS: Final = 4 * 2**20
# Of a place: below any offset's end.
_DIGITS_MAX: Final = 18


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see. first: the place in line, or the stream's offset, it begins at.

    octets_max: of each payload, as it will be shown; None for all of it.
    """

    first: int = 0
    count: int = SHOWN_MAX
    search: Search = EVERY_MESSAGE
    octets_max: int | None = None


class Seen(NamedTuple):
    """A message that was looked at. place: in line, or its offset in a stream.

    due_at: by the broker's clock, of one that is held back; None while nobody knows.
    """

    place: int
    message: Message
    redelivered: bool = False
    held: Held | None = None
    due_at: float | None = None


@dataclass(slots=True)
class View:
    """What was found. looked_at: of how many. next: where to go on; None when that was all."""

    seen: list[Seen] = field(default_factory=list)
    looked_at: int = 0
    next: int | None = None
    _read_octets: int = 0
    _shown_octets: int = 0

    def look(self, each: Seen, wish: Wish) -> None:
        self.looked_at += 1
        size = len(each.message.content)
        self._read_octets += size
        if wish.search.finds(each.message):
            self.seen.append(each)
            self._shown_octets += size if wish.octets_max is None else min(size, wish.octets_max)

    def is_full(self, wish: Wish) -> bool:
        return (
            len(self.seen) >= min(wish.count, SHOWN_MAX)
            or self.looked_at >= LOOKED_AT_MAX
            or self._shown_octets >= SHOWN_OCTETS_MAX
            or self._read_octets >= READ_OCTETS_MAX
        )

    @property
    def read_count(self) -> int:
        """How many are worth reading at once, by those that were."""
        if not self.looked_at:
            return _FIRST_READ
        return max(1, min(_READ_MAX, _READ_OCTETS * self.looked_at // max(1, self._read_octets)))


async def look(queue: Queue | Stream, state: str, wish: Wish) -> View:
    """Of a stream nothing is out: who reads it takes nothing. Raises NotFound while nobody is
    served."""
    if isinstance(queue, Stream):
        return await of_stream(queue, wish) if state == READY else View()
    return await (ready if state == READY else unacknowledged)(queue, wish)


def first_of(queue: Queue | Stream | None, said: str, now_s: float) -> int:
    """Where to begin: a place in line; of a stream whatever its consumers may say, too.

    Raises PreconditionFailed."""
    if said.isdecimal():
        return int(said[:_DIGITS_MAX])
    if not isinstance(queue, Stream):
        raise PreconditionFailed(f"'{said}' is no place in line: 0 is the message that comes next")
    return queue.offset_of(start_of(str(queue), {ARGUMENT: said}, lambda: now_s))


# Ready ------------------------------------------------------------------------------------------


async def ready(queue: Queue, wish: Wish) -> View:
    """What waits. Raises NotFound while nobody is served."""
    queue.refuse_while_paused()

    def line(place: int) -> Iterator[Standing]:
        return ((each, None) for each in queue.ready.waiting(place))

    return await _walk(line, wish)


async def delayed(delays: Delays, wish: Wish) -> View:
    """What a delayed exchange holds back here, the earliest first."""

    def line(place: int) -> Iterator[Standing]:
        pending = islice(delays.pending(), place, None)
        return ((each.waiting, each.due_at) for each in pending)

    return await _walk(line, wish)


async def _walk(line: Callable[[int], Iterator[Standing]], wish: Wish) -> View:
    """line: what stands from a place on, as long as nothing changes."""
    view, place, current = View(), wish.first, Slice()
    while not view.is_full(wish):
        part = list(islice(line(place), view.read_count))
        messages = await messages_of(each for each, _due_at in part)
        for each, due_at in part:
            message = messages.get(each.position)
            if message is not None:
                view.look(Seen(place, message, each.redelivered, None, due_at), wish)
            place += 1
            if view.is_full(wish):
                break
            if current.is_over:
                await current.give_way()
        if not part:
            return view
    view.next = place if next(line(place), None) is not None else None
    return view


async def messages_of(waiting: Iterable[Waiting]) -> dict[int, Message]:
    """By position; without those that have gone meanwhile."""
    found: dict[int, Message] = {}
    to_read: dict[tuple[MessageStore, int], list[int]] = {}
    for each in waiting:
        if each.message is not None:
            found[each.position] = each.message
        elif each.store is not None:
            to_read.setdefault((each.store, each.number), []).append(each.position)
    for (store, number), positions in to_read.items():
        # What is read rises.
        messages = await _answer(partial(_read, store, sorted(positions), number))
        found.update((each.position, each) for each in messages)
    return found


async def _answer(read: Callable[[Take], None]) -> list[Message]:
    """What is read, once it is there."""
    done: asyncio.Future[list[Message]] = asyncio.get_running_loop().create_future()

    def take(messages: list[Message]) -> None:
        if not done.done():
            done.set_result(messages)

    read(take)
    return await done


def _read(store: MessageStore, positions: Sequence[int], number: int, take: Take) -> None:
    store.read(positions, take, number)


# Out --------------------------------------------------------------------------------------------


async def unacknowledged(queue: Queue, wish: Wish) -> View:
    """What is out, by who has it."""
    view, current, place = View(), Slice(), wish.first
    out = (held for taker in queue.tally.taken or () for held in taker.held(queue))
    # Who has them settles them meanwhile: all that may be looked at are noted at once.
    for held in list(islice(out, place, place + LOOKED_AT_MAX + 1)):
        if view.is_full(wish):
            view.next = place
            break
        view.look(Seen(place, held.message, held=held), wish)
        place += 1
        if current.is_over:
            await current.give_way()
    return view


# Streams ----------------------------------------------------------------------------------------


async def of_stream(stream: Stream, wish: Wish) -> View:
    """What is safe of a stream; a place is an offset."""
    log, view, current = stream.log, View(), Slice()
    offset = max(log.index.first, wish.first)
    while not view.is_full(wish):
        count = min(view.read_count, log.safe_end - offset)
        if count <= 0:
            return view
        stretch = log.index.stretch(offset, count)
        messages = await _answer(partial(log.read, stretch))
        offset = stretch.end
        for at, message in with_offsets(stretch, messages):
            view.look(Seen(at, message), wish)
            if view.is_full(wish):
                offset = at + 1
                break
            if current.is_over:
                await current.give_way()
    view.next = offset if offset < log.safe_end else None
    return view
