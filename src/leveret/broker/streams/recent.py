"""The newest messages of a stream, at hand for those who read its end.

Rule: kept only while somebody reads, and only what he may still want: a stream that nobody reads
has no message in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.broker.message import Message

# Whoever is further behind reads from the disk, where thousands come at once.
COUNT_MAX: Final = 4096
OCTETS_MAX: Final = 2 * 2**20


class Recent:
    """The messages from `first` on, without a gap."""

    __slots__ = ("_messages", "_octets", "first")

    def __init__(self) -> None:
        self.first = 0
        self._messages: list[Message] = []
        self._octets = 0

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def end(self) -> int:
        return self.first + len(self._messages)

    def append(self, offset: int, message: Message) -> None:
        if offset != self.end:
            self.clear()
            self.first = offset
        self._messages.append(message)
        self._octets += len(message.content)
        if len(self._messages) > COUNT_MAX or self._octets > OCTETS_MAX:
            # Half of it: a list is cut in one step, and not for each message.
            self.drop_before(self.end - len(self._messages) // 2)

    def get(self, offset: int) -> Message | None:
        place = offset - self.first
        return self._messages[place] if 0 <= place < len(self._messages) else None

    def drop_before(self, offset: int) -> None:
        """Nobody wants those any more."""
        count = min(offset - self.first, len(self._messages))
        if count > 0:
            self._octets -= sum(len(each.content) for each in self._messages[:count])
            del self._messages[:count]
            self.first += count

    def clear(self) -> None:
        self._messages.clear()
        self._octets = 0
