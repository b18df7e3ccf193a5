"""What one node says to another in one turn goes as one piece: to seal, send and open a hundred
frames together costs little more than one of them.

Rule: frames are in the order in which they were said. What was not sent when the link was lost is
never sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.cluster.remote import frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.remote.frames import Frame


class Parcel:
    """To one node. soon: calls at the end of the turn; send: over the link."""

    __slots__ = ("_frames", "_send", "_soon")

    def __init__(
        self, soon: Callable[[Callable[[], None]], None], send: Callable[[bytes], None]
    ) -> None:
        self._soon = soon
        self._send = send
        self._frames: list[Frame] = []

    def add(self, frame: Frame) -> None:
        if not self._frames:
            self._soon(self._close)
        self._frames.append(frame)

    def drop(self) -> None:
        """The link is lost."""
        self._frames = []

    def _close(self) -> None:
        if self._frames:
            said, self._frames = self._frames, []
            self._send(frames.encode(said))
