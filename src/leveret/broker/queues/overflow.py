"""How much may wait in a queue: messages (`x-max-length`) and octets of their bodies
(`x-max-length-bytes`). Only what is ready counts, not what is out for acknowledgement.

What gives way when it is too much, the oldest message or the newest, is the queue's business.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from leveret.broker.queues.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.message import Message
    from leveret.broker.queues.priority import PriorityReady
    from leveret.broker.queues.ready import Ready


class Limit:
    """The limits of one queue, and the octets that wait in it.

    count_max, octets_max: infinite for no such limit; octets are counted only under one.
    """

    __slots__ = ("_counts_octets", "_ready", "_tally", "count_max", "octets", "octets_max")

    def __init__(
        self, ready: Ready | PriorityReady, count_max: int | None, octets_max: int | None
    ) -> None:
        self.count_max = inf if count_max is None else count_max
        self.octets_max = inf if octets_max is None else octets_max
        self.octets = 0
        self._counts_octets = octets_max is not None
        self._ready = ready
        # While octets of what waits on disk are still unknown.
        self._tally: Tally | None = None

    def weigh(self, weighed: Callable[[], None]) -> None:
        """Count the octets of all that waits; `weighed` is called with each part known later."""
        if not self._counts_octets or not self._ready.count:
            return

        def counted(octets: int) -> None:
            self.octets += octets
            weighed()

        self._tally = Tally(self._ready.on_disk(), counted)
        for message in self._ready.at_hand():
            self.octets += message.body_bytes
            self._tally.know(message)

    @property
    def is_exceeded(self) -> bool:
        """More waits than may."""
        return self._ready.count > self.count_max or self.octets > self.octets_max

    def has_room_for(self, message: Message) -> bool:
        octets = self.octets + message.body_bytes if self._counts_octets else 0
        return self._ready.count < self.count_max and octets <= self.octets_max

    def added(self, message: Message) -> None:
        """It waits now."""
        if self._counts_octets:
            self.octets += message.body_bytes

    def taken(self, message: Message) -> None:
        """It waits no more."""
        if self._counts_octets and not self._is_unknown(message):
            self.octets -= message.body_bytes

    def cleared(self) -> None:
        """Nothing waits any more."""
        self.octets = 0
        if self._tally is not None:
            self._tally.end()
            self._tally = None

    def _is_unknown(self, message: Message) -> bool:
        if self._tally is None:
            return False
        if self._tally.is_done:
            self._tally = None
            return False
        return self._tally.passes(self._ready.line_of(message), message)
