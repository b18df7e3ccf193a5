"""When what was said to a node's own engine and to its mirrors is safe.

Rule: nobody hears that something is safe before it is; and whoever knows what he wrote to
(`when_kept`, `when_queue_kept`) waits for that alone: a queue whose majority is away holds up
nobody else. Whoever does not know (`when_durable`) waits for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from leveret.broker.ports import Durability, Leaving
    from leveret.cluster.mirrors.mirror import Mirror
    from leveret.cluster.mirrors.moving import Place

    Action = Callable[[], None]
    # Mirrors, and None for the node's own engine.
    Engines = dict[Mirror | None, None]


OWN: Final[Engines] = {None: None}


class Waiter(Protocol):
    """Something that calls back once what was said to it so far is safe, or known to be lost."""

    def __call__(self, action: Action, lost: Action, /) -> None: ...


@dataclass(slots=True)
class _Awaited:
    """Several engines that somebody waits for."""

    missing: int
    action: Action
    on_lost: Action
    is_lost: bool = False

    def kept(self) -> None:
        self.missing -= 1
        if not self.missing:
            self.action()

    def lost(self) -> None:
        if not self.is_lost:
            self.is_lost = True
            self.on_lost()


def all_kept(waiters: list[Waiter], action: Action, lost: Action) -> None:
    """Call `action` once all of them have, or `lost` once one of them is."""
    awaited = _Awaited(len(waiters), action, lost)
    for waiter in waiters:
        waiter(awaited.kept, awaited.lost)


class Touched:
    """What is appended to.

    count: how often anything was appended to a mirror so far.
    noted: what was appended to since somebody began to take note.
    turn: what was said anything to in this client's turn, or in this turn of the loop.
    soon: calls it in the next.
    """

    def __init__(self, soon: Callable[[Action], object]) -> None:
        self.count = 0
        self.noted: Engines = {}
        self.turn: Engines = {}
        self._soon = soon
        self._outer: list[Engines] = []
        self._unsafe: Engines = {}

    def append(self, engines: Engines) -> None:
        self.count += 1
        self.noted.update(engines)
        self.say(engines)

    def say(self, engines: Engines) -> None:
        """Whatever it was."""
        if not self.turn:
            self._soon(self.turn.clear)
        self.turn.update(engines)
        self._unsafe.update(engines)

    def begin(self) -> None:
        """Take note anew."""
        self.noted = {}
        self.turn.clear()
        self._outer.clear()

    def begin_inner(self) -> None:
        """Take note of something else, until `end_inner`."""
        self._outer.append(self.noted)
        self.noted = {}

    def end_inner(self) -> Engines:
        inner, self.noted = self.noted, self._outer.pop()
        return inner

    def unsafe(self) -> list[Mirror]:
        """The mirrors to which anything was said that is not safe yet. Whoever waited for one that
        was given up has heard that it is lost."""
        mirrors = [each for each in self._unsafe if each is not None and not each.is_given_up]
        found = [each for each in mirrors if not each.is_safe]
        self._unsafe = dict.fromkeys(found)
        return found

    def said_now(self) -> list[Mirror]:
        """The mirrors that have not kept all that was said to them in this turn, or refused it."""
        mirrors = [each for each in self.turn if each is not None]
        return [each for each in mirrors if each.is_given_up or not each.is_safe]


class MirrorDurability:
    """The port Confirming, of a node that leads mirrored queues.

    A batch ends with the own engine's, with every append to a mirror, and when somebody begins to
    wait for one: what is said later is not what is waited for.
    """

    def __init__(self, own: Durability, touched: Touched, places: Mapping[int, Place]) -> None:
        self._own = own
        self._touched = touched
        self._places = places
        self._key = (0, 0)
        self._number = 0
        # Messages on their way from queue to queue: positions by the number of the queue that
        # has them yet.
        self._moving: dict[int, set[int]] = {}

    # The port Durability -------------------------------------------------------------------------

    @property
    def batch(self) -> int:
        key = (self._own.batch, self._touched.count)
        if key != self._key:
            self._key = key
            self._number += 1
        return self._number

    @property
    def demands(self) -> int:
        return self._own.demands

    @property
    def is_behind(self) -> bool:
        """The node's disk is, or a mirror that was written to in this turn."""
        return self._own.is_behind or any(
            each is not None and each.is_behind for each in self._touched.noted
        )

    @property
    def has_written_copies(self) -> bool:
        """A mirror was written to in this turn."""
        return any(each is not None for each in self._touched.noted)

    def demand(self) -> None:
        self._own.demand()

    def when_durable(self, action: Action) -> None:
        """What is lost with a mirror will not become safe: nobody waits for it for ever."""
        self._wait([None, *self._touched.unsafe()], action, None)

    # Those who know what they wrote to -----------------------------------------------------------

    def begin(self) -> None:
        self._touched.begin()

    def when_kept(self, action: Action, lost: Action) -> None:
        noted = self._touched.noted
        self._wait(noted or [None, *self._touched.unsafe()], action, lost)

    def when_queue_kept(self, queue: int, action: Action, lost: Action) -> None:
        place = self._places.get(queue)
        self._wait(OWN if place is None else place.engines, action, lost)

    def _wait(self, engines: Iterable[Mirror | None], action: Action, lost: Action | None) -> None:
        mirrors = [each for each in engines if each is not None]
        if not mirrors:
            self._own.when_durable(action)
            return
        self._number += 1
        waiters = [self._waiter(each) for each in engines]
        if lost is None:
            waiters, lost = [_either(each) for each in waiters], _nothing
        all_kept(waiters, action, lost)

    def _waiter(self, engine: Mirror | None) -> Waiter:
        if engine is None:
            return self._when_own
        return engine.when_safe

    def _when_own(self, action: Action, _lost: Action) -> None:
        self._own.when_durable(action)

    # The port Moves ------------------------------------------------------------------------------

    def begin_move(self) -> None:
        self._touched.begin_inner()

    def end_move(self, leaving: Leaving) -> None:
        engines = self._touched.end_inner()
        place = self._places.get(leaving.queue)
        where = OWN if place is None else place.engines
        if len(where) == 1:
            # One engine keeps the order of what it is told.
            engines = {each: None for each in engines if each not in where}
        if not engines:
            leaving.done()
            return
        self._number += 1
        self._moving.setdefault(leaving.queue, set()).add(leaving.position)
        all_kept(
            [self._waiter(each) for each in engines],
            lambda: self._moved(leaving, leaving.done),
            lambda: self._moved(leaving, leaving.again),
        )

    def _moved(self, leaving: Leaving, action: Action) -> None:
        self._moving[leaving.queue].discard(leaving.position)
        action()

    def moving_from(self, queue: int) -> set[int]:
        """Positions of messages that the queue will let go of when they are safe elsewhere."""
        return self._moving.get(queue, set())


class AnswerDurability:
    """The port Answers.

    Rule: only answers about messages wait for mirrors, and for those alone that were said anything
    to in the same turn: a queue whose majority is away holds up nobody else.
    """

    def __init__(self, own: Durability, touched: Touched) -> None:
        self._own = own
        self._touched = touched
        self._count = 0

    @property
    def batch(self) -> int:
        return self._own.batch

    @property
    def demands(self) -> int:
        return self._own.demands + self._count

    @property
    def is_behind(self) -> bool:
        return self._own.is_behind

    def demand(self) -> None:
        self._own.demand()
        if self._touched.said_now():
            self._count += 1

    def when_durable(self, action: Action) -> None:
        self._own.when_durable(action)

    def when_kept(self, action: Action, lost: Action) -> None:
        waiters: list[Waiter] = [each.when_safe for each in self._touched.said_now()]
        waiters.append(lambda kept, _lost: self._own.when_durable(kept))
        all_kept(waiters, action, lost)


def _either(waiter: Waiter) -> Waiter:
    """It makes no difference whether it is kept or lost."""
    return lambda action, _lost: waiter(action, action)


def _nothing() -> None:
    """Nobody wants to hear of it."""
