"""What the catalogue remembers of a stream's block: where it begins and ends.

Rule: it is said in the same group commit as the last message it speaks of, or a later one, and so
never of a message that a crash has taken.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outline:
    """One closed block; see index.py. last_ms: since 1970."""

    first_offset: int
    last_position: int
    count: int
    octets: int
    last_ms: int
