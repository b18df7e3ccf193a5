"""When old messages of a mirrored queue are written anew, so that what is behind them can go.

    1 . . . 5 . . . . . . . . . . . . . 20 21 22        one that nobody settles keeps all this
                      20 21 22 1' 5'                    written anew, it keeps nothing

Rule: a pass begins when most of the log is settled, and writes no more than is left: over time,
less than one message for each that was settled.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Final

# Settled messages in a log that are no reason for a pass.
SPARED: Final = 20_000
# The log's length is known from a sequence noted for each so many messages.
NOTED_EACH: Final = 256
# Messages written anew at a time.
SLICE: Final = 64


class Extent:
    """How many messages there are in a log from one of them on, about."""

    def __init__(self) -> None:
        self._count = 0
        # The sequences of the first message of each so many.
        self._noted = array("Q")
        self._noted_before = 0

    def add(self, sequence: int) -> None:
        """The next message."""
        if not self._count % NOTED_EACH:
            self._noted.append(sequence)
        self._count += 1

    def since(self, sequence: int) -> int:
        """From this one on, and a few more."""
        place = max(0, bisect_right(self._noted, sequence) - 1)
        return self._count - (self._noted_before + place) * NOTED_EACH

    def forget_before(self, sequence: int) -> None:
        """They are purged."""
        place = max(0, bisect_right(self._noted, sequence) - 1)
        del self._noted[:place]
        self._noted_before += place


def is_worthwhile(length: int, live: int) -> bool:
    """Whether so few messages should be written anew to be rid of a log of this length."""
    return length > 2 * live + SPARED
