"""Rows of positions, packed."""

from array import array

import pytest

from leveret.broker.streams.positions import Steps, pack, part_of

ROWS = {
    "none": [],
    "one": [5],
    "without gaps": list(range(100, 200)),
    "in steps": list(range(100, 1000, 7)),
    "with gaps": [1, 2, 5, 1000, 2**32],
    "far apart": [1, 2**32 + 1, 2**40],
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_what_is_packed_is_the_same(row):
    packed = pack(array("Q", row))
    assert len(packed) == len(row)
    assert list(part_of(packed, 0, len(row))) == row
    assert list(part_of(packed, 1, 3)) == row[1:3]
    assert list(part_of(packed, 0, 10**6)) == row


def test_what_has_no_gaps_takes_nothing_and_most_others_half():
    assert isinstance(pack(array("Q", ROWS["without gaps"])), range)
    assert isinstance(pack(array("Q", ROWS["in steps"])), range)
    assert isinstance(pack(array("Q", ROWS["with gaps"])), Steps)
    assert isinstance(pack(array("Q", ROWS["far apart"])), array)
