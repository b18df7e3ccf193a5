"""What a start finds of a stream whose offsets lie beside its messages, in a log of several nodes.

A node's own store knows messages by positions alone, and its catalogue where blocks begin; such a
log says of each message which offset it has.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field


@dataclass(slots=True)
class Laid:
    """Of each message, in order: its offset, the octets of its content, and when it was published
    (since 1970). end: the next message's offset."""

    end: int
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    octets: array[int] = field(default_factory=lambda: array("Q"))
    published_ms: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, offset: int, octets: int, published_ms: int) -> None:
        """The next message."""
        self.offsets.append(offset)
        self.octets.append(octets)
        self.published_ms.append(published_ms)
