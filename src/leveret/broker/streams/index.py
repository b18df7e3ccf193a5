"""From offsets to positions: what a stream has, in blocks.

    offsets    0 ........... 16383 | 16384 ......... 30000 | 30001 ...... 31500
    blocks     [ closed          ]   [ closed            ]   [ tail, grows  ]

A closed block is remembered by the catalogue with its first offset, so offsets stay what they are
whatever happens to the messages before them. A block keeps no message: some octets for each, and
none at all while a stream's messages follow one another in the broker's order.

Rule: offsets rise by one. A block that has lost messages (damage) is shorter than its offsets.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from leveret.broker.streams.positions import Packed, pack, part_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.broker.message import Message
    from leveret.broker.streams.laid import Laid
    from leveret.broker.streams.outline import Outline

# A reader who looks for a time reads through one block at most, and a start through the last.
BLOCK_COUNT: Final = 16_384
BLOCK_OCTETS: Final = 4 * 2**20

_first_offset = attrgetter("first_offset")


@dataclass(slots=True)
class Block:
    """Messages side by side.

    last_position: set when it is closed.
    count: of offsets, which is that of the positions but where messages were lost.
    octets: of content. last_s: when the last was published, by the clock on the wall.
    """

    first_offset: int
    positions: Packed = field(default_factory=lambda: array("Q"))
    count: int = 0
    octets: int = 0
    last_s: float = 0.0
    last_position: int = 0

    @property
    def end(self) -> int:
        """The offset behind the last."""
        return self.first_offset + self.count

    def all_positions(self) -> Sequence[int]:
        return part_of(self.positions, 0, self.count)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Offsets side by side, `first` up to `end`, and the positions of their messages."""

    first: int
    end: int
    positions: Sequence[int]


class Index:
    """The blocks of one stream. blocks: the closed ones. tail: the one that grows."""

    def __init__(self, first_offset: int = 0) -> None:
        self.blocks: list[Block] = []
        self.tail = Block(first_offset)
        # Of the closed blocks: there may be many, and each that is closed asks.
        self._closed_octets = 0

    @property
    def first(self) -> int:
        """The oldest offset there is; `end` when there is none."""
        return self.blocks[0].first_offset if self.blocks else self.tail.first_offset

    @property
    def end(self) -> int:
        """The next message's offset."""
        return self.tail.end

    @property
    def count(self) -> int:
        return self.end - self.first

    @property
    def octets(self) -> int:
        return self._closed_octets + self.tail.octets

    def append(self, position: int, octets: int, now_s: float) -> None:
        tail = self.tail
        assert isinstance(tail.positions, array)
        tail.positions.append(position)
        tail.count += 1
        tail.octets += octets
        tail.last_s = now_s

    def is_full(self, octets_max: int) -> bool:
        """Whether the tail should be closed."""
        return self.tail.count >= BLOCK_COUNT or self.tail.octets >= min(BLOCK_OCTETS, octets_max)

    def close(self) -> Block:
        """The tail grows no more; another one begins."""
        closed = self.tail
        assert isinstance(closed.positions, array)
        closed.last_position = closed.positions[-1]
        closed.positions = pack(closed.positions)
        self.blocks.append(closed)
        self._closed_octets += closed.octets
        self.tail = Block(closed.end)
        return closed

    def restore(self, outline: Outline) -> None:
        """A closed block as it was before a start, its positions aside."""
        if self.blocks and self.blocks[-1].end < outline.first_offset:
            # What stood between is lost, with what was said of it.
            self.blocks[-1].count = outline.first_offset - self.blocks[-1].first_offset
        block = Block(outline.first_offset, range(0), outline.count, outline.octets)
        block.last_s = outline.last_ms / 1000
        block.last_position = outline.last_position
        self.blocks.append(block)
        self._closed_octets += block.octets
        self.tail = Block(block.end)

    def lay(self, laid: Laid, positions: Sequence[int], octets_max: int) -> None:
        """All there is, block by block, as it was appended once."""
        self.tail = Block(laid.offsets[0] if laid.offsets else laid.end)
        each = zip(laid.offsets, positions, laid.octets, laid.published_ms, strict=True)
        for offset, position, octets, published_ms in each:
            self._skip_to(offset)
            self.append(position, octets, published_ms / 1000)
            if self.is_full(octets_max):
                self.close()
        self._skip_to(laid.end)

    def _skip_to(self, offset: int) -> None:
        """What has the offsets up to this one is lost: it is missing at the end of a block."""
        if offset == self.end:
            return
        if self.tail.count:
            self.close()
        if self.blocks:
            self.blocks[-1].count = offset - self.blocks[-1].first_offset
        self.tail = Block(offset)

    def begin_at(self, offset: int) -> None:
        """What is older was cut off before a start."""
        while self.blocks and self.blocks[0].first_offset < offset:
            self._closed_octets -= self.blocks.pop(0).octets
        self.tail = Block(max(offset, self.tail.first_offset))

    def cut(self, count: int) -> list[Block]:
        """Forget so many of the oldest blocks."""
        gone = self.blocks[:count]
        del self.blocks[:count]
        self._closed_octets -= sum(block.octets for block in gone)
        return gone

    def weigh(self, block: Block, messages: list[Message]) -> None:
        """These were in the tail before a start, and nobody knew how large they are. Of one that
        was closed meanwhile it has been said how large it is."""
        if block is self.tail:
            block.octets += sum(len(each.content) for each in messages)

    def stretch(self, offset: int, count: int) -> Stretch:
        """Up to so many messages from an offset that is there; fewer at the end of a block."""
        block = self._block_with(offset)
        start = offset - block.first_offset
        positions = part_of(block.positions, start, start + count)
        # What was lost is missing at the end of its block.
        end = offset + len(positions) if start + count < block.count else block.end
        return Stretch(offset, min(end, offset + count) if positions else block.end, positions)

    def octets_each(self, offset: int) -> int:
        """About how large messages are there."""
        block = self._block_with(offset)
        return max(1, block.octets // max(1, block.count))

    def first_since(self, time_s: float) -> int:
        """Where the first message that was published at a time or later can be at the earliest,
        less than a block away."""
        for block in reversed(self.blocks):
            if block.last_s < time_s:
                return block.end
        return self.first

    def _block_with(self, offset: int) -> Block:
        if offset >= self.tail.first_offset:
            return self.tail
        return self.blocks[bisect_right(self.blocks, offset, key=_first_offset) - 1]
