"""What a mirrored queue's log is made of, besides fences.

MESSAGE     as in the message log of a single node (storage/record.py), without queue numbers
FIRST, PART, LAST
            the pieces of a message that one record is too small for; together, in this order, or
            nothing: a purge may leave the last ones alone, a leader that dies the first ones
SETTLED     sequences of messages that the queue is done with
DELIVERED   sequences of messages handed to somebody who may fail to settle them
MOVED       messages written anew: old sequence, new sequence, how often they were delivered

A message in pieces is named by the sequence of its last.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from leveret.broker.message import Message
from leveret.cluster.ports import RECORD_BYTES_MAX
from leveret.storage.record import (
    decode_message,
    decode_message_head,
    encode_message,
    from_octets,
    measure,
    to_octets,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leveret.cluster.ports import Record
    from leveret.storage.record import MessageHead

PART: Final = 1
MESSAGE: Final = 2
SETTLED: Final = 3
DELIVERED: Final = 4
FIRST: Final = 5
LAST: Final = 6
MOVED: Final = 7

# Sequences in one record, of a queue that is purged, say: 256 KiB.
SEQUENCES_MAX: Final = 32_768


def pieces_of(message: Message, published_ms: int, key: int) -> list[bytes]:
    """A message's records; usually there is one. key: its place in the queue's order."""
    if key != message.position:
        message = Message(message.address, message.content, message.channel, key, message.traits)
    octets = encode_message(message, b"", published_ms)
    if len(octets) <= RECORD_BYTES_MAX:
        return [octets]
    starts = range(0, len(octets), RECORD_BYTES_MAX)
    return [octets[start : start + RECORD_BYTES_MAX] for start in starts]


def kinds_of(count: int) -> list[int]:
    """The kinds of a message's records, by how many they are."""
    return [MESSAGE] if count == 1 else [FIRST, *([PART] * (count - 2)), LAST]


class Assembly:
    """Messages out of records, as they are read.

    first: the sequence of the first record of the message that `add` gave last.
    """

    def __init__(self) -> None:
        self.first = 0
        self._pieces: list[bytes] = []

    def add(self, record: Record) -> list[bytes] | None:
        """The pieces of the message that ends with this record; None when none does."""
        kind, pieces = record.kind, self._pieces
        if kind in {MESSAGE, FIRST}:
            self.first = record.sequence
            self._pieces = pieces = [record.octets]
        elif kind in {PART, LAST} and pieces:
            pieces.append(record.octets)
        if kind not in {FIRST, PART}:
            # Whatever else is said, the message before it was not said to the end.
            self._pieces = []
        return pieces if kind in {MESSAGE, LAST} and pieces else None


@dataclass(slots=True)
class Gathered:
    """Sequences of which the same is to be said, in as few records as may be."""

    settled: list[int] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.settled) + len(self.delivered)

    def records(self) -> list[tuple[int, bytes]]:
        """Kinds and octets; a mark stands before the settle that may follow it."""
        return [
            (kind, pack_sequences(sequences[first : first + SEQUENCES_MAX]))
            for kind, sequences in ((DELIVERED, self.delivered), (SETTLED, self.settled))
            for first in range(0, len(sequences), SEQUENCES_MAX)
        ]


def head_of(piece: bytes) -> MessageHead:
    """What is to be known of a message without its content, from its first piece."""
    return decode_message_head(piece, 0)


def message_of(pieces: Sequence[bytes]) -> tuple[Message, int] | None:
    """The message, and when it was published (wall clock, ms); None of a damaged one."""
    octets = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return decode_message(octets, 0) if measure(octets, 0) else None


def pack_sequences(sequences: Iterable[int]) -> bytes:
    return to_octets(array("Q", sequences))


def pack_moved(moved: Iterable[tuple[int, int, int]]) -> bytes:
    return pack_sequences(chain.from_iterable(moved))


def unpack_moved(octets: bytes) -> Iterable[tuple[int, int, int]]:
    numbers = iter(unpack_sequences(octets))
    return zip(numbers, numbers, numbers, strict=True)


def unpack_sequences(octets: bytes) -> array[int]:
    return from_octets(octets)
