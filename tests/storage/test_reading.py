"""Which stretches of which files are read to have some messages back."""

from itertools import chain

import pytest

from leveret.storage import reading
from leveret.storage.reading import plan
from leveret.storage.record import encode_message, pack_queues
from leveret.storage.segment import file_name
from tests.storage.hand import World, message

SMALL = 100


@pytest.fixture
def world():
    """Messages of 100 octets and more, 20 in a segment, one group commit each ten."""
    made = World(segment_octets=20 * SMALL)
    made.open()
    for first in range(1, 101, 10):
        for position in range(first, first + 10):
            made.engine.storage.messages.append(sized(position), (1,))
        made.pass_time(1)
    return made


def sized(position, octets=SMALL):
    """A message whose record has so many octets."""
    empty = len(encode_message(message(position, b""), pack_queues((1,)), 0)) + 8
    return message(position, b"%d " % position + bytes(octets - empty - len(b"%d " % position)))


def log_of(world):
    return world.engine._messages.log


def planned(world, *positions):
    """Which messages are read together, by their positions."""
    return [
        [stretch.segment.entries.positions[index] for index in stretch.indexes]
        for stretch in plan(log_of(world), positions)
    ]


def test_neighbours_are_read_at_once(world):
    assert planned(world, *range(1, 11)) == [list(range(1, 11))]


def test_a_stretch_ends_with_its_file(world):
    found = planned(world, *range(1, 101))
    assert list(chain.from_iterable(found)) == list(range(1, 101))
    assert len(found) == len(log_of(world).segments)


def test_small_gaps_are_read_over_and_large_ones_are_not(world, monkeypatch):
    monkeypatch.setattr(reading, "GAP_OCTETS", 2 * SMALL)
    assert planned(world, 1, 4, 5) == [[1, 4, 5]]
    assert planned(world, 1, 5) == [[1], [5]]


def test_a_stretch_is_only_so_long(world, monkeypatch):
    monkeypatch.setattr(reading, "STRETCH_OCTETS", 3 * SMALL)
    assert planned(world, *range(1, 8)) == [[1, 2, 3], [4, 5, 6], [7]]


def test_a_message_longer_than_a_stretch_is_read_by_itself(world, monkeypatch):
    monkeypatch.setattr(reading, "STRETCH_OCTETS", SMALL // 2)
    assert planned(world, 1, 2) == [[1], [2]]


def test_what_is_not_there_is_left_out(world):
    world.engine.storage.messages.settle_all(1, [2, 4])
    world.pass_time(1)
    assert planned(world, 1, 2, 3, 4, 5, 1000) == [[1, 3, 5]]
    assert planned(world, 0) == []
    assert planned(world) == []


def test_any_order_can_be_read(world):
    assert planned(world, 3, 2, 1) == [[3], [2], [1]]


def test_a_stretch_is_fetched_and_taken_apart(world):
    (stretch,) = plan(log_of(world), [2, 3, 5])
    stretch.fetch()
    found = list(stretch.messages())
    assert [index for index, _offset, _found in found] == [1, 2, 4]
    assert [read.position for _index, _offset, (read, _published_ms) in found] == [2, 3, 5]
    assert all(read.body == sized(read.position).body for _index, _offset, (read, _ms) in found)


def test_the_last_message_of_a_segment_ends_where_that_ends(world):
    last = log_of(world).segments[0].last_position
    (stretch,) = plan(log_of(world), [last])
    stretch.fetch()
    ((_index, _offset, (read, _published_ms)),) = stretch.messages()
    assert read.body == sized(last).body


def test_damage_costs_one_message(world):
    first = log_of(world).segments[0]
    for place in (1, 3):
        world.disk.flip(file_name(1), (first.entries.offsets[place] + 30) * 8)
    (stretch,) = plan(log_of(world), [1, 2, 3, 4, 5])
    stretch.fetch()
    found = [index for index, _offset, read in stretch.messages() if read is not None]
    assert found == [0, 2, 4]


def test_a_sound_record_that_is_no_message_is_damage_too(world):
    world.engine.storage.messages.delivered(1, 100)
    world.pass_time(1)
    tail = log_of(world).segments[-1]
    tail.entries.offsets[-1] = tail.entries.controls[0]
    (stretch,) = plan(log_of(world), [100])
    stretch.fetch()
    assert [read for _index, _offset, read in stretch.messages()] == [None]


def test_a_file_that_is_too_short_is_damage(world):
    (stretch,) = plan(log_of(world), [1, 2])
    stretch.segment.file.truncate(stretch.segment.entries.offsets[1] + 20)
    stretch.fetch()
    assert [read is None for _index, _offset, read in stretch.messages()] == [False, True]


def test_what_goes_wrong_with_the_disk_is_raised(world):
    (stretch,) = plan(log_of(world), [1])
    world.disk.fail("read")
    with pytest.raises(OSError, match="Input/output error"):
        stretch.fetch()
