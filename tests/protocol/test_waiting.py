"""Channels that wait, and what has come for them. How they go on: test_connection.py."""

import pytest

from leveret.protocol.channel import Channel
from leveret.protocol.waiting import FRAME_COST_OCTETS, OCTETS_MAX, Waiting
from tests.protocol.peer import LIMITS, ChannelListener


class Room:
    """Waiting channels, and what their connection was told of reading."""

    def __init__(self):
        self.told = []
        self.waiting = Waiting(self.told.append)

    def enter(self, number=1):
        return self.waiting.enter(Channel(number, ChannelListener(number, []), LIMITS))


@pytest.fixture
def room():
    return Room()


def test_who_enters_waits_until_it_leaves(room):
    line = room.enter(7)
    assert 7 in room.waiting
    assert room.waiting.line(7) is line
    assert room.waiting.line(8) is None
    assert (len(room.waiting), room.waiting.numbers) == (1, [7])
    assert room.waiting.channels == [line.channel]
    assert room.waiting.leave(line)
    assert 7 not in room.waiting
    assert not room.waiting


def test_a_line_is_left_once(room):
    line = room.enter(7)
    room.waiting.leave(line)
    assert not room.waiting.leave(line)
    again = room.enter(7)
    assert not room.waiting.leave(line)
    assert room.waiting.leave(again)


def test_frames_come_out_in_the_order_in_which_they_came(room):
    line = room.enter()
    for octets in (b"a", b"b"):
        room.waiting.hold(1, 3, octets)
    room.waiting.leave(line)
    assert [room.waiting.take(line) for _ in range(2)] == [(3, b"a"), (3, b"b")]


def test_a_channel_that_waits_again_keeps_what_is_left(room):
    line = room.enter()
    room.waiting.hold(1, 3, b"a")
    room.waiting.leave(line)
    assert not room.waiting.put_behind(line)
    again = room.enter()
    assert room.waiting.put_behind(line)
    room.waiting.hold(1, 3, b"b")
    assert list(again.frames) == [(3, b"a"), (3, b"b")]


def test_those_that_are_due_are_known(room):
    room.enter(1)
    line = room.enter(2)
    line.is_due = True
    assert room.waiting.due == [line]


def test_reading_stops_when_they_hold_too_much_and_goes_on_when_less(room):
    line = room.enter()
    half = bytes(OCTETS_MAX // 2 - FRAME_COST_OCTETS)
    room.waiting.hold(1, 3, half)
    room.waiting.hold(1, 3, half)
    assert room.told == []
    room.waiting.hold(1, 3, b"")
    assert room.told == [True]
    room.waiting.leave(line)
    room.waiting.take(line)
    assert room.told == [True, False]


def test_what_was_held_is_gone_with_those_who_waited(room):
    room.enter()
    room.waiting.hold(1, 3, bytes(OCTETS_MAX))
    room.waiting.clear()
    assert room.told == [True, False]
    assert not room.waiting
