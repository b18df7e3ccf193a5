"""Where a queue's messages are in its log: sequences by position, and what is known of each.

Hot path of mirrored queues: three calls for each message.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Places:
    """by_position: sequences, rising as they were entered.

    marks: how often messages were delivered; absent for never.
    """

    def __init__(self) -> None:
        self.by_position: dict[int, int] = {}
        self.marks: dict[int, int] = {}
        # The first sequences of messages that are in pieces, by their last.
        self._firsts: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self.by_position)

    def __contains__(self, position: object) -> bool:
        return position in self.by_position

    def __iter__(self) -> Iterator[int]:
        return iter(self.by_position)

    def enter(self, position: int, sequence: int, first: int) -> None:
        self.by_position[position] = sequence
        if first != sequence:
            self._firsts[sequence] = first

    def take(self, position: int) -> int | None:
        """Settled: where it was; None when nobody knows it."""
        sequence = self.by_position.pop(position, None)
        if sequence is not None:
            self.marks.pop(position, None)
            self._firsts.pop(sequence, None)
        return sequence

    def mark(self, position: int) -> int | None:
        """Delivered: where it is."""
        sequence = self.by_position.get(position)
        if sequence is not None:
            self.marks[position] = self.marks.get(position, 0) + 1
        return sequence

    def first_of(self, sequence: int) -> int:
        return self._firsts.get(sequence, sequence)

    @property
    def oldest(self) -> int | None:
        """The first sequence of the oldest message."""
        sequence = next(iter(self.by_position.values()), None)
        return None if sequence is None else self.first_of(sequence)

    def older(self, up_to: int, count: int) -> dict[int, int]:
        """The oldest messages, so many of them, up to a sequence."""
        oldest = islice(self.by_position.items(), count)
        return {position: sequence for position, sequence in oldest if sequence <= up_to}

    def sort(self) -> None:
        """They were entered in another order than they lie in."""
        rising = sorted(self.by_position.items(), key=lambda item: item[1])
        self.by_position = dict(rising)
