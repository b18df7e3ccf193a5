"""What is remembered for people who ask afterwards: the last of a kind, and no more.

Rule: however much happens, what is kept of it is bounded; the oldest goes first.
"""

from __future__ import annotations

from collections import deque
from typing import Final, TypeVar

T = TypeVar("T")

KEPT_MAX: Final = 1000


def nothing_yet() -> deque[T]:
    """To append to."""
    return deque(maxlen=KEPT_MAX)
