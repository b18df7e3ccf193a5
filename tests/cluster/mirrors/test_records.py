"""What a mirrored queue's log is made of."""

import pytest

from leveret.cluster.mirrors.records import (
    DELIVERED,
    FIRST,
    LAST,
    MESSAGE,
    PART,
    SETTLED,
    Assembly,
    Gathered,
    head_of,
    kinds_of,
    message_of,
    pack_sequences,
    pieces_of,
    unpack_sequences,
)
from leveret.cluster.ports import FENCE, RECORD_BYTES_MAX, Record
from tests.storage.hand import message


@pytest.mark.parametrize(("octets", "count"), [(0, 1), (1024, 1), (2 * RECORD_BYTES_MAX, 3)])
def test_a_message_is_put_together_again(octets, count):
    said = message(7, bytes(octets), priority=3)
    pieces = pieces_of(said, 1234, 7)
    assert len(pieces) == count
    assert max(map(len, pieces)) <= RECORD_BYTES_MAX
    back, published_ms = message_of(pieces)
    assert (back.content, back.position, published_ms) == (said.content, 7, 1234)
    assert (head_of(pieces[0]).position, head_of(pieces[0]).priority) == (7, 3)


def test_a_damaged_message_is_none():
    (piece,) = pieces_of(message(7, b"body"), 0, 7)
    assert message_of([piece.replace(b"body", b"bodY")]) is None


def test_sequences_may_be_as_large_as_an_engine_makes_them():
    sequences = [1, 2**16, 2**63 - 1]
    assert list(unpack_sequences(pack_sequences(sequences))) == sequences


def test_pieces_come_together_or_not_at_all():
    octets = [b"a", b"b", b"c"]

    def found(*kinds):
        assembly = Assembly()
        records = [Record(at, kind, octets[at % 3]) for at, kind in enumerate(kinds, 3)]
        return [
            (assembly.first, pieces)
            for record in records
            if (pieces := assembly.add(record)) is not None
        ]

    assert found(MESSAGE, MESSAGE) == [(3, [b"a"]), (4, [b"b"])]
    assert found(FIRST, PART, LAST) == [(3, [b"a", b"b", b"c"])]
    assert found(PART, LAST, MESSAGE) == [(5, [b"c"])]
    assert found(LAST) == []
    assert found(FIRST, FENCE, LAST) == []
    assert found(FIRST, SETTLED, PART, LAST) == []
    assert found(FIRST, MESSAGE, LAST) == [(4, [b"b"])]
    assert found(FIRST, FIRST, LAST) == [(4, [b"b", b"c"])]


def test_the_pieces_are_named_by_how_many_they_are():
    assert kinds_of(1) == [MESSAGE]
    assert kinds_of(2) == [FIRST, LAST]
    assert kinds_of(4) == [FIRST, PART, PART, LAST]


def test_what_is_said_of_many_messages_fits_into_records():
    """As when a queue of a million is purged."""
    gathered = Gathered(settled=list(range(2**40, 2**40 + 70_000)), delivered=[7])
    kinds = [kind for kind, _octets in gathered.records()]
    assert kinds == [DELIVERED, SETTLED, SETTLED, SETTLED]
    said = [list(unpack_sequences(octets)) for _kind, octets in gathered.records()]
    assert [each for part in said[1:] for each in part] == gathered.settled
    assert max(len(octets) for _kind, octets in gathered.records()) <= RECORD_BYTES_MAX
    assert Gathered().records() == []
