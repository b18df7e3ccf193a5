"""Chosen messages leave their queue: deleted, moved to another, published again, replayed.

    found ──read──> where would it go? ──> withdrawn ──sent──> safe there ──> let go of here
                            | nowhere, no place                  | refused, lost
                            └──────> never left its place <──────┘

Rule: a message is safe where it goes before its queue lets go of it, as with a dead letter; what
finds no place stands where it stood. Whoever takes a message meanwhile has it, and it is not moved.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from leveret.broker.ports import Leaving
from leveret.broker.tallies import Deliveries, Held
from leveret.messages.looking import messages_of
from leveret.messages.onward import Kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.pages import Waiting
    from leveret.broker.queues.queue import Queue
    from leveret.broker.queues.ruled import Withdrawn
    from leveret.broker.vhost import Vhost
    from leveret.messages.onward import Onward

    # Where a message goes, and as what. None: nowhere, it is deleted. Raises Kept, Refused.
    WayOn: TypeAlias = Callable[[Message], Onward | None]
    # Chosen by their positions; None for all that wait.
    Chosen: TypeAlias = Sequence[int] | None

# Moved at once; the next ones when these are safe, so that nobody else waits long for the disk.
BATCH: Final = 128
# As it is said of a message that is out because of this.
HOLDER: Final = "management"
NOT_TAKEN: Final = "the queue it was sent to did not take it"


@dataclass(slots=True)
class Outcome:
    """moved: how many have left. kept: why others are still there, and how many.

    missing: of those that were chosen, how many did not wait any more.
    """

    moved: int = 0
    missing: int = 0
    kept: Counter[str] = field(default_factory=Counter)


async def move(vhost: Vhost, queue: Queue, chosen: Chosen, way_on: WayOn) -> Outcome:
    """Raises NotFound while the queue serves nobody, and what `way_on` raises: what had left by
    then has left."""
    mover = _Mover(vhost, queue, way_on)
    try:
        if chosen is None:
            await mover.move_all()
        else:
            await mover.move_chosen(sorted(frozenset(chosen)))
    finally:
        mover.close()
    return mover.outcome


class _Mover:
    """Somebody who takes messages out of a queue to send them on; a Taker to what is counted
    (broker/tallies.py)."""

    def __init__(self, vhost: Vhost, queue: Queue, way_on: WayOn) -> None:
        self.outcome = Outcome()
        self._vhost = vhost
        self._queue = queue
        self._way_on = way_on
        self._out: dict[int, Withdrawn] = {}
        self._settled = asyncio.Event()
        self._is_closed = False
        self._deliveries = Deliveries()
        queue.tally.begin(self, self._deliveries)

    async def move_all(self) -> None:
        """What waits now: what comes meanwhile stays, be it what was sent on by this."""
        left, skipped = self._queue.ready.count, 0
        while left > 0 and not self._queue.is_deleted:
            part = list(islice(self._queue.ready.waiting(skipped), min(BATCH, left)))
            if not part:
                break
            left -= len(part)
            kept_before = self.outcome.kept.total()
            await self._move_some(part)
            skipped += self.outcome.kept.total() - kept_before

    async def move_chosen(self, positions: Sequence[int]) -> None:
        for first in range(0, len(positions), BATCH):
            wanted = positions[first : first + BATCH]
            found = [] if self._queue.is_deleted else self._queue.ready.find(wanted)
            self.outcome.missing += len(wanted) - len(found)
            await self._move_some(found)

    async def _move_some(self, waiting: Sequence[Waiting]) -> None:
        queue, outcome = self._queue, self.outcome
        queue.refuse_while_paused()
        messages = await messages_of(waiting)
        outcome.missing += len(waiting) - len(messages)
        ways = dict(self._ways(messages.values()))
        taken = [] if queue.is_deleted else queue.withdraw({each: messages[each] for each in ways})
        outcome.missing += len(ways) - len(taken)
        self._deliveries.get += len(taken)
        self._out = {each.message.position: each for each in taken}
        self._settled.clear()
        for each in taken:
            self._send(each, ways[each.message.position])
        queue.pump()
        if self._out:
            await self._settled.wait()
        await asyncio.sleep(0)

    def _ways(self, messages: Iterable[Message]) -> Iterator[tuple[int, Onward | None]]:
        """By position, where those go that can."""
        for message in messages:
            try:
                onward = self._way_on(message)
                if onward is not None:
                    onward.check_place()
            except Kept as kept:
                self.outcome.kept[str(kept)] += 1
            else:
                yield message.position, onward

    def _send(self, withdrawn: Withdrawn, onward: Onward | None) -> None:
        done = partial(self._done, withdrawn.message)
        if onward is None:
            done()
            return
        back = partial(self._back, withdrawn)
        try:
            # Those before it may have filled the queue.
            onward.check_place()
        except Kept as kept:
            self._back(withdrawn, str(kept))
            return
        leaving = Leaving(self._queue.number, withdrawn.message.position, done, back, back)
        self._vhost.sender.send(onward.message, onward.route, leaving)

    def _done(self, message: Message) -> None:
        """It is safe where it went."""
        self._queue.let_go(message)
        self._deliveries.ack += 1
        self._queue.tally.left.taken_out += 1
        self.outcome.moved += 1
        self._forget(message)

    def _back(self, withdrawn: Withdrawn, reason: str = NOT_TAKEN) -> None:
        """It is not, or nobody knows."""
        self._deliveries.returned += 1
        self.outcome.kept[reason] += 1
        self._queue.put_in_place(withdrawn)
        self._forget(withdrawn.message)
        self._queue.pump()

    def _forget(self, message: Message) -> None:
        del self._out[message.position]
        if not self._out:
            self._settled.set()
            self._end()

    def close(self) -> None:
        """Nothing more is taken. What is on its way yet ends by itself."""
        self._is_closed = True
        self._end()

    def _end(self) -> None:
        if self._is_closed and not self._out:
            self._queue.tally.end(self)
            self._vhost.tally.delivered(self._queue.type, self._deliveries)

    # As a taker of messages ------------------------------------------------------------------

    def forget_queue(self, queue: AnyQueue) -> None:
        """It is deleted; what is on its way goes on."""

    def out_of(self, _queue: AnyQueue) -> Iterator[Message]:
        return (each.message for each in self._out.values())

    all_out_of = out_of

    def held(self, queue: AnyQueue) -> Iterator[Held]:
        return (Held(each, HOLDER) for each in self.out_of(queue))
