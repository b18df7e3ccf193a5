"""Entries: what goes in comes out, each record with the sequence that was promised for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.cluster.nats.entries import (
    ENTRY_BYTES_MAX,
    ENTRY_RECORDS_MAX,
    PLACE_BITS,
    Entry,
    MalformedEntry,
    entry_of,
    records_of,
    sequence_of,
)

KINDS_AND_OCTETS = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=50)), max_size=20)


def filled(number, said):
    entry = Entry(number, reign=2**64 - 1)
    return entry, [entry.append(kind, octets) for kind, octets in said]


@given(st.integers(1, 2**40), KINDS_AND_OCTETS)
def test_what_was_appended_is_read_with_the_sequences_that_were_told(number, said):
    entry, sequences = filled(number, said)
    read = list(records_of(number, entry.octets()))
    assert [(each.kind, each.octets) for each in read] == said
    assert [each.sequence for each in read] == sequences == sorted(set(sequences))
    assert {entry_of(each) for each in sequences} <= {number}
    assert all(each < sequence_of(number + 1) for each in sequences)


@given(st.binary(min_size=1, max_size=20), st.data())
def test_half_an_entry_is_none(octets, data):
    entry, _ = filled(1, [(1, octets)])
    whole = entry.octets()
    head = len(filled(1, [])[0].octets())
    cut = data.draw(st.integers(0, len(whole) - 1).filter(lambda at: at != head))
    with pytest.raises(MalformedEntry):
        list(records_of(1, whole[:cut]))


def test_another_version_is_not_guessed_at():
    whole = filled(1, [(1, b"x")])[0].octets()
    with pytest.raises(MalformedEntry):
        list(records_of(1, b"\x02" + whole[1:]))


def test_the_octets_of_an_entry():
    entry, _ = filled(5, [(7, b"hop")])
    assert entry.octets() == b"\x01" + b"\xff" * 8 + b"\x07\x00\x00\x00\x03hop"


def test_an_entry_is_full_at_some_point_and_takes_one_that_is_larger_than_all():
    entry = Entry(1, reign=1)
    assert not entry.has_room(b"x" * (ENTRY_BYTES_MAX + 1))
    for _ in range(ENTRY_RECORDS_MAX):
        assert entry.has_room(b"")
        entry.append(1, b"")
    assert not entry.has_room(b"")
    assert ENTRY_RECORDS_MAX <= 1 << PLACE_BITS
