"""What a mirrored queue's log is made of."""

import pytest

from leveret.cluster.mirrors.records import (
    head_of,
    message_of,
    pack_sequences,
    pieces_of,
    unpack_sequences,
)
from leveret.cluster.ports import RECORD_BYTES_MAX
from tests.storage.hand import message


@pytest.mark.parametrize(("octets", "count"), [(0, 1), (1024, 1), (2 * RECORD_BYTES_MAX, 3)])
def test_a_message_is_put_together_again(octets, count):
    said = message(7, bytes(octets), priority=3)
    pieces = pieces_of(said, 1234)
    assert len(pieces) == count
    assert max(map(len, pieces)) <= RECORD_BYTES_MAX
    back, published_ms = message_of(pieces)
    assert (back.content, back.position, published_ms) == (said.content, 7, 1234)
    assert (head_of(pieces[0]).position, head_of(pieces[0]).priority) == (7, 3)


def test_a_damaged_message_is_none():
    (piece,) = pieces_of(message(7, b"body"), 0)
    assert message_of([piece.replace(b"body", b"bodY")]) is None


def test_sequences_may_be_as_large_as_an_engine_makes_them():
    sequences = [1, 2**16, 2**63 - 1]
    assert list(unpack_sequences(pack_sequences(sequences))) == sequences
