"""One replicated stream's messages on the node that leads it.

A message's key in the log is its offset and one: so whoever leads next gives every message the
offset that readers know it by, whatever has been cut off before it, and needs no catalogue for it.

Rule: the newest message stays in the log, also when the stream has let it go: from it the next
leader knows where offsets go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.streams.laid import Laid
from leveret.cluster.mirrors.mirror import Mirror
from leveret.cluster.mirrors.records import message_of
from leveret.cluster.mirrors.recovery import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.ports import Recovered
    from leveret.cluster.mirrors.mirror import Around
    from leveret.cluster.mirrors.recovery import Waiting
    from leveret.cluster.ports import Record, SharedLog


class StreamRecovery(Recovery):
    """newest: the first sequence of the message with the highest key; 0 when there is none.

    sizes: octets of content, and when it was published, of each that waits, by sequence.
    """

    def __init__(self) -> None:
        super().__init__()
        self.newest = 0
        self.sizes: dict[int, tuple[int, int]] = {}

    def _enter(self, record: Record, pieces: list[bytes]) -> None:
        before = self.highest
        super()._enter(record, pieces)
        if self.highest > before:
            self.newest = self._assembly.first
        found = message_of(pieces)
        if found is None:
            # Nobody gets it: its offset stays a gap.
            del self._waiting[record.sequence]
            return
        message, published_ms = found
        self.sizes[record.sequence] = len(message.content), published_ms


class StreamMirror(Mirror):
    """The same verbs; `lead` says, too, which offsets there are."""

    def __init__(self, number: int, shared: SharedLog, around: Around) -> None:
        super().__init__(number, shared, around)
        # The next message's offset.
        self._end = 0
        # The first sequence of the newest message.
        self._newest = 0
        self._recovery = StreamRecovery()

    def _new_recovery(self) -> Recovery:
        return self._recovery

    def _renumber(self, waiting: Iterable[Waiting]) -> Recovered:
        found, recovery = list(waiting), self._recovery
        self._end, self._newest = recovery.highest, recovery.newest
        recovered = super()._renumber(found)
        recovered.laid = laid = Laid(self._end)
        for each in found:
            laid.add(each.key - 1, *recovery.sizes[each.sequence])
        # It has said all it had to say, and knows something of every message.
        self._recovery = StreamRecovery()
        return recovered

    def _key_of(self, _position: int) -> int:
        self._end += 1
        return self._end

    def _write(self, position: int, pieces: list[bytes]) -> int:
        self._newest = super()._write(position, pieces)
        return self._newest

    def _purgeable(self, oldest: int | None) -> int:
        return (oldest or self._newest) - 1
