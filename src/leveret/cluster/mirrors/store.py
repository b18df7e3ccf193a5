"""The message store of a node that leads mirrored queues: its own disk, and a log for each of them.

    append ──> own engine, for the queues that are at home here
          └──> each mirrored queue's place: a mirror, or two places while it moves

Rule: a queue that has no place here is the own engine's, and pays for one look. What is said of a
queue that was given up is heard by nobody.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from leveret.broker.ports import Recovered
from leveret.broker.queues.queue import Queue
from leveret.cluster.mirrors.mirror import Mirror
from leveret.cluster.mirrors.moves import Move, Ways
from leveret.cluster.mirrors.own_place import OwnPlace
from leveret.cluster.mirrors.safety import OWN, AnswerDurability, MirrorDurability, Touched
from leveret.cluster.mirrors.stream_mirror import StreamMirror

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.broker.ports import MessageStore, Storage
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.vhost import Vhost
    from leveret.cluster.mirrors.mirror import Around
    from leveret.cluster.mirrors.moving import Place
    from leveret.cluster.ports import SharedLog

    Take = Callable[[list[Message]], None]


class MirrorStore:
    """The port MessageStore. own: for every queue that has no place here.

    places: of the others, by their numbers. touched: what was appended to lately.
    """

    def __init__(self, own: MessageStore, ways: Ways, touched: Touched) -> None:
        self.places: dict[int, Place] = {}
        self.touched = touched
        self._own = own
        self._ways = ways
        self._moves: dict[int, Move] = {}

    # Which queues are here -----------------------------------------------------------------------

    async def lead(self, queue: int, shared: SharedLog, *, is_stream: bool = False) -> Recovered:
        """This node leads the queue from now on: what waits in its log. Raises NoMajority."""
        self.give_up(queue)
        kind = StreamMirror if is_stream else Mirror
        mirror = kind(queue, shared, self._ways.around)
        recovered = await mirror.lead()
        self.places[queue] = mirror
        return recovered

    def give_up(self, queue: int) -> None:
        """Somebody else leads it, or nobody, since it is deleted."""
        move = self._moves.get(queue)
        if move is not None:
            move.give_up()
        place = self.places.get(queue)
        if isinstance(place, Mirror):
            place.give_up()

    async def wait_safe(self, queue: int) -> None:
        """Until all that was said of a queue that is led here is safe, or lost."""
        place, done = self.places.get(queue), asyncio.Event()
        if isinstance(place, Mirror):
            place.when_safe(done.set, done.set)
            await done.wait()

    async def move_to_log(self, vhost: Vhost, queue: AnyQueue, shared: SharedLog) -> Move:
        """Have a new log hold, too, what this node's engine has for the queue. When this returns
        all of it is there, and stays so until `finish` or `give_up`.

        Raises NoMajority, and MoveLost when the log is somebody else's meanwhile.
        """
        mirror = Mirror(queue.number, shared, self._ways.around)
        await mirror.lead()
        return await self._move(vhost, queue, mirror)

    async def move_to_own(self, vhost: Vhost, queue: AnyQueue) -> Move:
        """The same, from its log to this node's engine. Raises MoveLost."""
        return await self._move(vhost, queue, self._ways.own_place(queue.number))

    async def _move(self, vhost: Vhost, queue: AnyQueue, target: Mirror | OwnPlace) -> Move:
        assert isinstance(queue, Queue), f"{queue} does not move"
        number = queue.number
        source = self.places.get(number) or self._ways.own_place(number)
        assert isinstance(source, Mirror | OwnPlace), "it is moving already"
        move = self._moves[number] = Move(
            self.places,
            vhost,
            queue,
            (source, target),
            self._ways,
            partial(self._moves.pop, number, None),
        )
        try:
            await move.wait_alike()
        except BaseException:
            move.give_up()
            raise
        return move

    # The port MessageStore -----------------------------------------------------------------------

    def append(self, message: Message, queues: tuple[int, ...]) -> None:
        places = self.places
        if places.keys().isdisjoint(queues):
            self._own.append(message, queues)
            self.touched.noted.update(OWN)
            return
        there = [places[each] for each in queues if each in places]
        own = tuple(each for each in queues if each not in places or places[each].is_own)
        if own:
            self._own.append(message, own)
            self.touched.noted.update(OWN)
        for place in there:
            place.append(message)
            self.touched.append(place.engines)

    def adopt(self, message: Message, queues: tuple[int, ...]) -> None:
        for queue in queues:
            place = self.places.get(queue)
            if isinstance(place, Mirror | OwnPlace):
                place.adopt(message)
            else:
                self._own.adopt(message, (queue,))

    def settle(self, queue: int, position: int) -> None:
        place = self.places.get(queue)
        if place is None:
            self._own.settle(queue, position)
        else:
            place.settle_all((position,))
            self.touched.say(place.engines)

    def settle_all(self, queue: int, positions: Sequence[int]) -> None:
        place = self.places.get(queue)
        if place is None:
            self._own.settle_all(queue, positions)
        else:
            place.settle_all(positions)
            self.touched.say(place.engines)

    def delivered(self, queue: int, position: int) -> None:
        place = self.places.get(queue)
        if place is None:
            self._own.delivered(queue, position)
        else:
            place.delivered(position)

    def forget(self, queue: int, positions: Sequence[int]) -> None:
        if queue in self.places:
            self.settle_all(queue, positions)
        else:
            self._own.forget(queue, positions)

    def recovered(self, queue: int) -> Recovered:
        """Of a queue that is led here: `lead` has said it."""
        return Recovered() if queue in self.places else self._own.recovered(queue)

    def read(self, positions: Sequence[int], take: Take, queue: int = 0) -> None:
        place = self.places.get(queue)
        if place is not None:
            place.read(positions, take)
        elif queue or not self.places:
            self._own.read(positions, take, queue)
        else:
            self._search(positions, take)

    def _search(self, positions: Iterable[int], take: Take) -> None:
        """For somebody who does not say whose they are."""
        mirrors = [each for each in self.places.values() if isinstance(each, Mirror)]
        parts: dict[Mirror | None, list[int]] = {}
        for position in positions:
            holder = next((each for each in mirrors if position in each), None)
            parts.setdefault(holder, []).append(position)
        reading = _Reading(positions, take, len(parts))
        for mirror, part in parts.items():
            if mirror is None:
                self._own.read(part, reading.add)
            else:
                mirror.read(part, reading.add)


class Mirrors:
    """A node's storage with mirrored queues in it.

    storage: the node's own, but for messages.
    """

    def __init__(self, own: Storage, around: Around, next_position: Callable[[], int]) -> None:
        touched = Touched(partial(around.later, 0))
        ways = Ways(around, own.messages, own.durability, next_position)
        self.store = MirrorStore(own.messages, ways, touched)
        self.confirming = MirrorDurability(own.durability, touched, self.store.places)
        ways.moving_from = self.confirming.moving_from
        self.answers = AnswerDurability(own.durability, touched)
        self.storage = replace(
            own,
            messages=self.store,
            durability=self.answers,
            apart=self.confirming,
            moves=self.confirming,
        )


class _Reading:
    """One `read` whose messages come from several places."""

    def __init__(self, positions: Iterable[int], take: Take, parts_count: int) -> None:
        self._positions = positions
        self._take = take
        self._missing = parts_count
        self._found: dict[int, Message] = {}

    def add(self, messages: list[Message]) -> None:
        self._found.update((each.position, each) for each in messages)
        self._missing -= 1
        if not self._missing:
            found = self._found
            self._take([found[position] for position in self._positions if position in found])
