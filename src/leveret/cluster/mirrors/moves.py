"""One queue's move between the node's own engine and a replicated log, from its beginning until
one of the two is forgotten.

    wait_alike ──> both have all ──(the metadata say where the queue is)──> finish, or give_up

Rule: until `finish` the source is believed, and after it the target. Neither is ever merged with
the other: what a node finds after a crash in the place that is not believed is forgotten.
"""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.cluster.mirrors.mirror import Mirror
from leveret.cluster.mirrors.moving import Moving
from leveret.cluster.mirrors.own_place import OwnPlace
from leveret.cluster.ports import Deposed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from leveret.broker.message import Message
    from leveret.broker.ports import Durability, MessageStore
    from leveret.broker.queues.queue import Queue
    from leveret.broker.vhost import Vhost
    from leveret.cluster.mirrors.mirror import Around
    from leveret.cluster.mirrors.moving import Place

# Messages that the source forgets in one turn once the move is over.
FORGOTTEN_AT_ONCE: Final = 4096


class MoveLost(Deposed):
    """The log became somebody else's while the queue moved."""


@dataclass(slots=True)
class Ways:
    """What moves have of their node.

    store, durability: the own engine's. moving_from: see MirrorDurability.
    """

    around: Around
    store: MessageStore
    durability: Durability
    next_position: Callable[[], int]
    moving_from: Callable[[int], set[int]] = field(default=lambda _queue: set())

    def own_place(self, queue: int) -> OwnPlace:
        return OwnPlace(self.store, self.durability, queue, self.next_position)

    def soon(self, action: Callable[[], None]) -> None:
        self.around.later(0, action)


class Move:
    """ends: from where to where; one of them is the own engine, the other a mirror.

    ended: called when the move is over, one way or the other.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what is moved, and between what
        self,
        places: dict[int, Place],
        vhost: Vhost,
        queue: Queue,
        ends: tuple[Mirror | OwnPlace, Mirror | OwnPlace],
        ways: Ways,
        ended: Callable[[], object],
    ) -> None:
        self.is_over = False
        self._ended = ended
        self._places = places
        self._queue = queue
        self._source, self._target = ends
        self._ways = ways
        self._alike = asyncio.Event()
        self._is_lost = False
        self._kept_all = queue.keeps_all
        self._moving = Moving(
            self._source,
            self._target,
            self._waiting(vhost),
            _deliveries(queue),
            ways.soon,
            self._doubled,
        )
        places[queue.number] = self._moving
        self._moving.begin()

    def _waiting(self, vhost: Vhost) -> array[int]:
        """All that the source has for the queue."""
        if isinstance(self._source, Mirror):
            return array("Q", sorted(self._source))
        queue = self._queue
        # What is dying and on its way to a queue here is named by both.
        near = {each.position for each in _in_memory(vhost, queue) if each.is_stored}
        found = array("Q", near.union(self._ways.moving_from(queue.number)))
        for part in queue.ready.on_disk():
            if part.store is queue.store:
                found.extend(array("Q", part.positions))
        return array("Q", sorted(found))

    async def wait_alike(self) -> None:
        """Until both places have all, and the target safely. Raises MoveLost."""
        await self._alike.wait()
        if self._is_lost or self.is_over:
            raise MoveLost(f"queue {self._queue.number}")

    def _doubled(self) -> None:
        if isinstance(self._target, Mirror):
            self._queue.keep_all(is_on=True)
        self._target.when_safe(self._alike.set, self._lost)

    def _lost(self) -> None:
        self._is_lost = True
        self._alike.set()

    def finish(self) -> None:
        """The target is believed from now on; the source forgets, a slice in each turn."""
        assert not self.is_over
        self._end()
        self._places[self._queue.number] = self._target
        if isinstance(self._source, Mirror):
            self._source.give_up(is_kept=True)
            self._queue.keep_all(is_on=False)
        elif isinstance(self._target, Mirror):
            self._forget_some(array("Q", self._target))

    def _forget_some(self, positions: array[int]) -> None:
        assert isinstance(self._source, OwnPlace)
        self._source.forget(positions[:FORGOTTEN_AT_ONCE])
        rest = positions[FORGOTTEN_AT_ONCE:]
        if rest:
            self._ways.soon(lambda: self._forget_some(rest))

    def give_up(self) -> None:
        """The source stays what it was; what the target has is nobody's."""
        if self.is_over:
            return
        self._end()
        self._alike.set()
        self._moving.give_up()
        self._put_back()
        self._queue.keep_all(is_on=self._kept_all)
        if isinstance(self._target, Mirror):
            self._target.give_up(is_kept=True)
        else:
            self._target.forget_adopted()

    def _end(self) -> None:
        self.is_over = True
        self._ended()

    def _put_back(self) -> None:
        number = self._queue.number
        if isinstance(self._source, OwnPlace) and not self._source.translated_count:
            del self._places[number]
        else:
            self._places[number] = self._source


def _in_memory(vhost: Vhost, queue: Queue) -> Iterator[Message]:
    """Ready, out, or dead and not buried yet."""
    yield from queue.ready.at_hand()
    for taker in queue.tally.taken or ():
        yield from taker.all_out_of(queue)
    yield from vhost.dead_letters.held(queue)


def _deliveries(queue: Queue) -> dict[int, int]:
    """How often what the queue has was delivered and came back, or is out."""
    deliveries = dict(queue.returns)
    for taker in queue.tally.taken or ():
        for message in taker.all_out_of(queue):
            deliveries[message.position] = deliveries.get(message.position, 0) + 1
    return deliveries
