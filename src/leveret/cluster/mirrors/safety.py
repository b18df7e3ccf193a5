"""When what was said to a node's own engine and to its mirrors is safe.

Rule: whoever waits, waits for what was appended in the same turn of the loop, and for nothing else:
a queue whose majority is away holds up nobody who did not write to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.ports import Durability
    from leveret.cluster.mirrors.mirror import Mirror

    Action = Callable[[], None]


class Waiter(Protocol):
    """Something that calls back once what was said to it so far is safe."""

    def __call__(self, action: Action) -> None: ...


def all_safe(waiters: Sequence[Waiter], action: Action) -> None:
    """Call it once all of them have called back."""
    missing = len(waiters)

    def one_more() -> None:
        nonlocal missing
        missing -= 1
        if not missing:
            action()

    for waiter in waiters:
        waiter(one_more)


class Touched:
    """What was appended to in this turn of the loop.

    own: the node's engine. soon: calls it in the next turn.
    count: how often anything was appended to a mirror so far.
    """

    def __init__(self, own: Durability, soon: Callable[[Action], object]) -> None:
        self.count = 0
        self.mirrors: dict[Mirror, None] = {}
        self._engine = own
        self._soon = soon
        self._is_own = False
        self._is_clear_due = False

    def own(self) -> None:
        self._is_own = True
        self._clear_later()

    def mirror(self, mirror: Mirror) -> None:
        self.count += 1
        self.mirrors[mirror] = None
        self._clear_later()

    def others_than(self, where: Mirror | None) -> list[Waiter]:
        """All that was appended to besides one mirror, or besides the own engine (None)."""
        waiters: list[Waiter] = [each.when_safe for each in self.mirrors if each is not where]
        if where is not None and self._is_own:
            waiters.append(self._engine.when_durable)
        return waiters

    def _clear_later(self) -> None:
        if not self._is_clear_due:
            self._is_clear_due = True
            self._soon(self._clear)

    def _clear(self) -> None:
        self._is_clear_due = self._is_own = False
        self.mirrors.clear()


class MirrorDurability:
    """The port Durability, of a node that leads mirrored queues.

    A batch ends with the own engine's, with every append to a mirror, and when somebody begins to
    wait for one: what is said later is not what is waited for.
    """

    def __init__(self, own: Durability, touched: Touched) -> None:
        self._own = own
        self._touched = touched
        self._key = (0, 0)
        self._number = 0

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
        return self._own.is_behind or any(each.is_behind for each in self._touched.mirrors)

    def demand(self) -> None:
        self._own.demand()

    def when_durable(self, action: Action) -> None:
        mirrors = self._touched.mirrors
        if mirrors:
            self._number += 1
            all_safe([self._own.when_durable, *(each.when_safe for each in mirrors)], action)
        else:
            self._own.when_durable(action)
