"""One reader: what is fetched for him, and how much."""

import pytest

from leveret.broker.streams import reader as reader_module
from leveret.wire.properties import Properties
from leveret.wire.values import Timestamp
from tests.broker.streams.hand import Reading, Streamed


def written(count, **arguments):
    streamed = Streamed(**arguments)
    streamed.write(*map(str, range(count)))
    return streamed


def reads(streamed):
    return [len(each) for each in streamed.engine.messages.reads]


def test_what_is_fetched_is_what_there_is_room_for_and_some(monkeypatch):
    monkeypatch.setattr(reader_module, "AHEAD_OCTETS", 0)
    streamed = written(10)
    reading = Reading(streamed.stream, room=3, x_stream_offset="first")
    streamed.run()
    assert reading.got == ["0", "1", "2"]
    assert reads(streamed) == [3]
    reading.settle(3)
    streamed.run()
    assert reading.got == [str(each) for each in range(6)]
    assert reads(streamed) == [3, 3]


def test_small_messages_are_fetched_ahead():
    streamed = written(50)
    reading = Reading(streamed.stream, room=1, x_stream_offset="first")
    streamed.run()
    for _ in range(49):
        reading.settle()
    assert len(reading.got) == 50
    assert reads(streamed) == [50]


def test_large_ones_are_fetched_a_few_at_a_time(monkeypatch):
    streamed = written(10)
    monkeypatch.setattr(reader_module, "OCTETS_MAX", 2 * streamed.index.octets_each(0))
    reading = Reading(streamed.stream, x_stream_offset="first")
    streamed.run()
    assert len(reading.got) == 10
    assert reads(streamed) == [2] * 5


def test_many_at_once_at_the_most(monkeypatch):
    monkeypatch.setattr(reader_module, "COUNT_MAX", 4)
    streamed = written(10)
    assert len(streamed.read()) == 10
    assert reads(streamed) == [4, 4, 2]


def test_who_was_behind_reads_on_from_what_is_recent():
    streamed = written(3)
    reading = Reading(streamed.stream, x_stream_offset="first")
    streamed.write("3")
    streamed.run()
    streamed.write("4")
    assert reading.got == ["0", "1", "2", "3", "4"]
    assert reading.offsets == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("offset", "got"),
    [
        ("first", [0, 1, 2, 3]),
        ("last", [2, 3]),
        ("next", [3]),
        (0, [0, 1, 2, 3]),
        (2, [2, 3]),
        (-3, [0, 1, 2, 3]),
        (3, [3]),
        (4, []),
    ],
)
def test_a_reader_begins_where_he_wants(offset, got):
    streamed = written(3)
    reading = Reading(streamed.stream, x_stream_offset=offset)
    streamed.run()
    streamed.write("3")
    assert reading.offsets == got


def test_beyond_the_end_he_waits():
    streamed = written(1)
    reading = Reading(streamed.stream, x_stream_offset=3)
    streamed.write("1", "2", "3", "4")
    assert reading.offsets == [3, 4]


def test_before_the_beginning_he_begins_there():
    streamed = Streamed(x_stream_max_segment_size_bytes=1, x_max_length_bytes=1)
    streamed.write("a", "b", "c")
    assert streamed.index.first == 3
    assert streamed.read(0) == []
    assert streamed.read("last") == []


def test_one_who_is_overtaken_by_the_beginning_goes_on_there():
    streamed = Streamed(x_stream_max_segment_size_bytes=1)
    streamed.write("a", "b", "c", "d")
    reading = Reading(streamed.stream, room=1, x_stream_offset="first")
    streamed.run()
    streamed.stream.log.cut(3)
    reading.settle(9)
    streamed.run()
    assert reading.offsets == [0, 3]


def test_what_arrives_for_one_who_was_overtaken_is_let_go():
    streamed = Streamed(x_stream_max_segment_size_bytes=1)
    streamed.write("a", "b", "c", "d")
    reading = Reading(streamed.stream, x_stream_offset="first")
    streamed.stream.log.cut(2)
    streamed.run()
    assert reading.offsets == [2, 3]


def test_a_damaged_message_is_passed_over():
    streamed = written(4)
    streamed.engine.messages.damaged = {2}
    assert [offset for offset, _body in streamed.read()] == [0, 2, 3]
    streamed.engine.messages.damaged = {1, 3, 4}
    assert streamed.read() == []
    reading = Reading(streamed.stream, x_stream_offset="first")
    streamed.run()
    streamed.write("4")
    assert reading.offsets == [4]


def test_what_arrives_for_one_who_has_gone_is_let_go():
    streamed = written(4)
    reading = Reading(streamed.stream, x_stream_offset="first")
    reading.leave()
    streamed.run()
    assert reading.got == []


class TestATime:
    def published(self, **arguments):
        """One message each ten seconds: at 1000, 1010, ..."""
        streamed = Streamed(**arguments)
        for body in "abcdef":
            streamed.write(body)
            streamed.agenda.pass_time(10)
        return streamed

    @pytest.mark.parametrize("arguments", [{}, {"x_stream_max_segment_size_bytes": 200}])
    @pytest.mark.parametrize(
        ("since", "first"), [(0, 0), (1000, 0), (1001, 1), (1030, 3), (1050, 5)]
    )
    def test_begins_with_what_was_published_then_or_later(self, since, first, arguments):
        offsets = [offset for offset, _ in self.published(**arguments).read(Timestamp(since))]
        assert offsets == list(range(first, 6))

    def test_that_is_to_come_is_waited_for(self):
        streamed = self.published()
        reading = Reading(streamed.stream, x_stream_offset=Timestamp(1065))
        streamed.run()
        streamed.write("too early")
        streamed.agenda.pass_time(10)
        streamed.write("just right")
        assert reading.got == ["just right"]

    def test_ago(self):
        assert [offset for offset, _ in self.published().read("30s")] == [3, 4, 5]


def test_a_filter_lets_through_what_has_its_value():
    streamed = Streamed()
    for value in ("eu", "us", None, "eu"):
        headers = {} if value is None else {"x-stream-filter-value": value}
        streamed.write(str(value), properties=Properties(headers=headers))
    assert [offset for offset, _ in streamed.read(x_stream_filter="eu")] == [0, 3]
    found = streamed.read(x_stream_filter=["us"], x_stream_match_unfiltered=True)
    assert [offset for offset, _ in found] == [1, 2]
