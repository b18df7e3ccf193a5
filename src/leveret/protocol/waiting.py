"""Channels that wait: their frames stand in line, as they came, until the channel goes on.

    running ──wait──> waiting ──resume──> running
             out of the reader's sight     its line is dealt with, in order, until it waits again

Rule: a channel that waits is open in every other respect; other channels notice nothing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.protocol.channel import Channel

# What a session's waiting channels may hold before nothing more is read from its peer: more than
# a client says without waiting for an answer, and little enough for a thousand that do.
OCTETS_MAX: Final = 1024 * 1024
# What a frame in line costs besides its octets, so that a million tiny ones count as they should.
FRAME_COST_OCTETS: Final = 96


class Line:
    """A channel that waits.

    frames: kind and octets of what has come for it.
    is_due: it waits no more, and goes on when the connection is not halted any longer.
    """

    __slots__ = ("channel", "frames", "is_due")

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.frames: deque[tuple[int, bytes]] = deque()
        self.is_due = False


class Waiting:
    """The waiting channels of one connection.

    hold_reading: told when they hold more than is good, and when less again.
    """

    def __init__(self, hold_reading: Callable[[bool], None]) -> None:
        self._lines: dict[int, Line] = {}
        self._octets = 0
        self._is_full = False
        self._hold_reading = hold_reading

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, number: int) -> bool:
        return number in self._lines

    @property
    def numbers(self) -> list[int]:
        return list(self._lines)

    @property
    def channels(self) -> list[Channel]:
        return [line.channel for line in self._lines.values()]

    @property
    def due(self) -> list[Line]:
        return [line for line in self._lines.values() if line.is_due]

    def line(self, number: int) -> Line | None:
        """Where the channel stands, if it waits."""
        return self._lines.get(number)

    def enter(self, channel: Channel) -> Line:
        """The channel waits from now on."""
        assert channel.number not in self._lines
        line = self._lines[channel.number] = Line(channel)
        return line

    def leave(self, line: Line) -> bool:
        """The channel waits no more; False when it is gone."""
        number = line.channel.number
        if self._lines.get(number) is not line:
            return False
        del self._lines[number]
        return True

    def hold(self, number: int, kind: int, frame: bytes) -> None:
        """A frame for a channel that waits."""
        self._lines[number].frames.append((kind, frame))
        self._count(len(frame) + FRAME_COST_OCTETS)

    def take(self, line: Line) -> tuple[int, bytes]:
        """The oldest frame of a line that has left."""
        kind, frame = line.frames.popleft()
        self._count(-len(frame) - FRAME_COST_OCTETS)
        return kind, frame

    def put_behind(self, line: Line) -> bool:
        """What is left in a line joins its channel's new one; False when that does not wait."""
        new = self._lines.get(line.channel.number)
        if new is None:
            return False
        new.frames = line.frames
        return True

    def clear(self) -> None:
        """All of them are gone, with what they held."""
        self._lines.clear()
        self._count(-self._octets)

    def _count(self, octets: int) -> None:
        self._octets += octets
        is_full = self._octets > OCTETS_MAX
        if is_full is not self._is_full:
            self._is_full = is_full
            self._hold_reading(is_full)
