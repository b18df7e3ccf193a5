"""Offsets and positions."""

from array import array

import pytest

from leveret.broker.streams import index as index_module
from leveret.broker.streams.index import Index, Stretch
from leveret.broker.streams.laid import Laid
from leveret.broker.streams.outline import Outline
from leveret.broker.streams.positions import pack
from tests.broker.streams.hand import plain

ANY = 10**9


def filled(*blocks, tail=()):
    """Each block's positions; every message has 10 octets and is published at its position."""
    index = Index()
    for positions in blocks:
        for position in positions:
            index.append(position, 10, float(position))
        index.close()
    for position in tail:
        index.append(position, 10, float(position))
    return index


def stretch(index, offset, count):
    found = index.stretch(offset, count)
    return found.first, found.end, list(found.positions)


def test_offsets_rise_by_one_whatever_the_positions():
    index = filled([1, 5, 9], [10, 11], tail=[20])
    assert (index.first, index.end, index.count, index.octets) == (0, 6, 6, 60)
    assert stretch(index, 1, 2) == (1, 3, [5, 9])
    assert stretch(index, 3, 10) == (3, 5, [10, 11])
    assert stretch(index, 5, 10) == (5, 6, [20])


def test_a_cut_takes_the_oldest_blocks_and_changes_no_offset():
    index = filled([1, 2], [3, 4], [5, 6], tail=[7])
    gone = index.cut(2)
    assert [list(block.positions) for block in gone] == [[1, 2], [3, 4]]
    assert (index.first, index.end, index.count, index.octets) == (4, 7, 3, 30)
    assert stretch(index, 4, 9) == (4, 6, [5, 6])


def test_an_empty_one_ends_where_it_begins():
    assert (Index(7).first, Index(7).end, Index(7).count) == (7, 7, 0)


def test_a_block_is_full_by_octets_or_by_count(monkeypatch):
    index = filled(tail=[1, 2])
    assert index.is_full(20)
    assert not index.is_full(21)
    monkeypatch.setattr(index_module, "BLOCK_OCTETS", 20)
    assert index.is_full(ANY)
    monkeypatch.undo()
    assert not index.is_full(ANY)
    monkeypatch.setattr(index_module, "BLOCK_COUNT", 2)
    assert index.is_full(ANY)


def test_a_time_is_looked_for_from_the_first_block_that_may_have_it():
    index = filled([10, 20], [30, 40], tail=[50])
    assert [index.first_since(time) for time in (0, 20, 21, 40, 41, 99)] == [0, 0, 2, 2, 4, 4]


def test_what_is_weighed_late_counts_unless_its_block_is_closed():
    index = filled(tail=[1])
    tail, weighed = index.tail, plain("x" * 100)
    index.weigh(tail, [weighed])
    assert index.octets == 10 + len(weighed.content)
    index.close()
    index.weigh(tail, [weighed])
    assert index.octets == 10 + len(weighed.content)


def test_how_large_messages_are_is_known_by_block():
    index = filled([1, 2])
    assert index.octets_each(0) == 10
    assert index.octets_each(2) == 1


class TestAfterAStart:
    def restored(self, *blocks):
        index = Index()
        for outline, positions in blocks:
            index.restore(outline)
            index.blocks[-1].positions = pack(array("Q", positions))
        return index

    def test_blocks_are_what_they_were(self):
        index = self.restored(
            (Outline(10, 5, 2, 77, 9_000), [4, 5]),
            (Outline(12, 9, 3, 5, 9_500), [7, 8, 9]),
        )
        assert (index.first, index.end, index.octets) == (10, 15, 82)
        assert stretch(index, 12, 9) == (12, 15, [7, 8, 9])
        assert index.first_since(9.2) == 12

    def test_what_had_been_cut_off_is_no_more(self):
        blocks = [(Outline(first, first, 1, 1, 1), [first]) for first in (0, 1, 2)]
        index = self.restored(*blocks)
        index.begin_at(2)
        assert (index.first, index.end, index.octets) == (2, 3, 1)
        index.begin_at(7)
        assert (index.first, index.end) == (7, 7)

    def test_lost_messages_change_no_offset_of_a_later_block(self):
        index = self.restored((Outline(0, 5, 4, 1, 1), [1, 5]), (Outline(4, 9, 1, 1, 1), [9]))
        assert stretch(index, 0, 9) == (0, 4, [1, 5])
        assert stretch(index, 1, 1) == (1, 2, [5])
        assert stretch(index, 2, 9) == (2, 4, [])
        assert stretch(index, 4, 1) == (4, 5, [9])

    def test_a_lost_block_leaves_a_gap_that_readers_pass(self):
        index = self.restored((Outline(0, 1, 1, 1, 1), [1]), (Outline(10, 9, 1, 1, 1), [9]))
        assert stretch(index, 0, 9) == (0, 1, [1])
        assert stretch(index, 1, 9) == (1, 10, [])
        assert stretch(index, 5, 9) == (5, 10, [])


@pytest.mark.parametrize(
    ("positions", "octets"), [(range(1, 1001), 0), ([each * each for each in range(1, 1001)], 4000)]
)
def test_a_closed_block_keeps_little(positions, octets):
    packed = filled(positions).blocks[0].positions
    kept = 0 if isinstance(packed, range) else 4 * len(packed)
    assert kept == octets


def test_a_stretch_says_what_it_is():
    assert filled(tail=[8]).stretch(0, 1) == Stretch(0, 1, filled(tail=[8]).tail.positions)


def laid_of(index_of_it, end):
    """As a log would say what these offsets are."""
    laid = Laid(end)
    for offset in index_of_it:
        laid.add(offset, 10, offset * 1000)
    return laid


def test_what_a_log_says_is_laid_block_by_block(monkeypatch):
    monkeypatch.setattr(index_module, "BLOCK_COUNT", 2)
    index = Index()
    index.lay(laid_of((5, 6, 7), 8), (50, 60, 70), ANY)
    assert (index.first, index.end, index.octets) == (5, 8, 30)
    assert [(each.first_offset, each.last_position) for each in index.blocks] == [(5, 60)]
    assert index.blocks[0].last_s == 6.0
    assert stretch(index, 7, 1) == (7, 8, [70])


def test_what_is_missing_ends_a_block():
    index = Index()
    index.lay(laid_of((0, 1, 4), 6), (10, 20, 30), ANY)
    assert (index.first, index.end) == (0, 6)
    assert stretch(index, 0, 10) == (0, 4, [10, 20])
    assert stretch(index, 4, 1) == (4, 5, [30])
    index.append(40, 10, 6.0)
    assert stretch(index, 6, 1) == (6, 7, [40])


def test_a_log_of_which_all_is_cut_off_says_where_it_goes_on():
    index = Index()
    index.lay(Laid(9), (), ANY)
    assert (index.first, index.end, index.count) == (9, 9, 0)
