"""Rows of positions, kept small: most streams are written by themselves, and their messages' places
in the broker's order follow one another.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEP_MAX: Final = 2**32


class Steps:
    """Positions that lie within 2**32 of the first: 4 octets each."""

    __slots__ = ("_first", "_steps")

    def __init__(self, positions: array[int]) -> None:
        self._first = positions[0]
        self._steps = array("I", [each - self._first for each in positions])

    def __len__(self) -> int:
        return len(self._steps)

    def part(self, start: int, end: int) -> array[int]:
        first = self._first
        return array("Q", [first + step for step in self._steps[start:end]])


Packed: TypeAlias = "range | Steps | array[int]"


def pack(positions: array[int]) -> Packed:
    """The same, for good: nothing where they keep step, 4 octets each or else 8."""
    if not positions:
        return range(0)
    # Messages that need not survive elsewhere take two positions each; see log.py.
    step = positions[1] - positions[0] if len(positions) > 1 else 1
    regular = range(positions[0], positions[-1] + 1, step)
    if len(regular) == len(positions) and array("Q", regular) == positions:
        return regular
    return Steps(positions) if positions[-1] - positions[0] < _STEP_MAX else positions


def part_of(packed: Packed, start: int, end: int) -> Sequence[int]:
    """Those from one place up to another."""
    return packed.part(start, end) if isinstance(packed, Steps) else packed[start:end]
