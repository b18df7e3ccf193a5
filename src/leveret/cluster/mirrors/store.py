"""The message store of a node that leads mirrored queues: its own disk, and a log for each of them.

    append ──> own engine, for the queues that are at home here
          └──> each mirrored queue's log

Rule: a message that goes on to another queue (dead-lettered, say) is settled where it was only when
it is safe where it is. One engine writes both at once; between two, the settle waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.ports import Recovered
from leveret.cluster.mirrors.safety import Touched, all_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.broker.ports import MessageStore
    from leveret.cluster.mirrors.mirror import Mirror

    Take = Callable[[list[Message]], None]


class MirrorStore:
    """The port MessageStore. own: for every queue that has no mirror.

    touched: what was appended to lately, for whoever asks when that is safe.
    """

    def __init__(self, own: MessageStore, touched: Touched) -> None:
        self.touched = touched
        self._own = own
        self._mirrors: dict[int, Mirror] = {}
        self._recovered: dict[int, Recovered] = {}
        # Where messages can be read that are not in the own engine.
        self._holders: dict[int, list[Mirror]] = {}

    def add(self, queue: int, mirror: Mirror, recovered: Recovered) -> None:
        """The node leads this queue from now on; recovered: what `lead` has found in its log."""
        self._mirrors[queue] = mirror
        self._recovered[queue] = recovered
        for positions in recovered.positions.values():
            for position in positions:
                self._holders.setdefault(position, []).append(mirror)

    def remove(self, queue: int) -> None:
        """Somebody else leads it, or nobody."""
        mirror = self._mirrors.pop(queue)
        self._recovered.pop(queue, None)
        for position in [each for each, holders in self._holders.items() if mirror in holders]:
            self._let_go(position, mirror)

    def append(self, message: Message, queues: tuple[int, ...]) -> None:
        mirrors = [self._mirrors[each] for each in queues if each in self._mirrors]
        if len(mirrors) < len(queues):
            self._own.append(message, tuple(each for each in queues if each not in self._mirrors))
            self.touched.own()
        for mirror in mirrors:
            mirror.append(message)
            self._holders.setdefault(message.position, []).append(mirror)
            self.touched.mirror(mirror)

    def settle(self, queue: int, position: int) -> None:
        self.settle_all(queue, (position,))

    def settle_all(self, queue: int, positions: Sequence[int]) -> None:
        mirror = self._mirrors.get(queue)
        if mirror is None:
            self._after_others(None, lambda: self._own.settle_all(queue, positions))
        else:
            led = mirror
            self._after_others(led, lambda: self._settle_in(led, positions))

    def delivered(self, queue: int, position: int) -> None:
        mirror = self._mirrors.get(queue)
        if mirror is None:
            self._own.delivered(queue, position)
        else:
            mirror.delivered(position)

    def forget(self, queue: int, positions: Sequence[int]) -> None:
        mirror = self._mirrors.get(queue)
        if mirror is None:
            self._own.forget(queue, positions)
        else:
            self._settle_in(mirror, positions)

    def recovered(self, queue: int) -> Recovered:
        if queue in self._mirrors:
            return self._recovered.pop(queue, None) or Recovered()
        return self._own.recovered(queue)

    def read(self, positions: Sequence[int], take: Take) -> None:
        parts: dict[Mirror | None, list[int]] = {}
        for position in positions:
            holders = self._holders.get(position)
            parts.setdefault(holders[0] if holders else None, []).append(position)
        reading = _Reading(positions, take, len(parts))
        for mirror, part in parts.items():
            if mirror is None:
                self._own.read(part, reading.add)
            else:
                mirror.read(part, reading.add)

    def _after_others(self, where: Mirror | None, action: Callable[[], None]) -> None:
        """Once everything is safe that was appended elsewhere in this turn of the loop."""
        others = self.touched.others_than(where)
        if others:
            all_safe(others, action)
        else:
            action()

    def _settle_in(self, mirror: Mirror, positions: Iterable[int]) -> None:
        known = [position for position in positions if position in mirror]
        mirror.settle_all(known)
        for position in known:
            self._let_go(position, mirror)

    def _let_go(self, position: int, mirror: Mirror) -> None:
        """Whatever is settled after the mirror was removed was let go of then."""
        holders = self._holders.get(position, [])
        if mirror in holders:
            holders.remove(mirror)
            if not holders:
                del self._holders[position]


class _Reading:
    """One `read` whose messages come from several places."""

    def __init__(self, positions: Sequence[int], take: Take, parts_count: int) -> None:
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
