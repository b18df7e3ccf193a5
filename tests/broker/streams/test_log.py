"""A stream's messages: when they are safe, where they are read from, how they go."""

from leveret.broker.streams.log import MEASURED_AT_ONCE
from tests.broker.streams.hand import Reading, Streamed


def kept(streamed):
    return streamed.engine.messages.positions(7)


def test_nobody_reads_what_is_not_safe():
    streamed = Streamed()
    reading = Reading(streamed.stream)
    streamed.publish("a", "b")
    assert reading.got == []
    streamed.engine.durability.begin_sync()
    streamed.publish("c")
    streamed.engine.durability.end_sync()
    assert reading.got == ["a", "b"]
    streamed.sync()
    assert reading.got == ["a", "b", "c"]


def test_a_reader_at_the_end_costs_no_reading():
    streamed = Streamed()
    reading = Reading(streamed.stream)
    for body in "abc":
        streamed.write(body)
    assert reading.got == ["a", "b", "c"]
    assert streamed.engine.messages.reads == []
    assert len(streamed.stream.log.recent) == 0


def test_nothing_is_in_memory_while_nobody_reads():
    streamed = Streamed()
    streamed.publish("a", "b")
    assert len(streamed.stream.log.recent) == 0
    reading = Reading(streamed.stream, room=1, x_stream_offset="first")
    streamed.write("c")
    assert len(streamed.stream.log.recent) == 1
    reading.leave()
    assert len(streamed.stream.log.recent) == 0


class TestATransientMessage:
    def test_is_kept_as_well(self):
        streamed = Streamed()
        streamed.write("a", is_persistent=False)
        assert streamed.read() == [(0, "a")]
        assert streamed.restarted().read() == [(0, "a")]

    def test_is_a_message_of_its_own_in_the_store(self):
        streamed = Streamed()
        streamed.publish("a", is_persistent=False)
        assert kept(streamed) == [2]
        assert streamed.paging.has_appended

    def test_makes_nobody_wait_where_nothing_is_kept(self):
        streamed = Streamed(keeps=False)
        streamed.write("a")
        assert not streamed.paging.has_appended
        assert streamed.read() == [(0, "a")]


class TestACut:
    def cut(self):
        streamed = Streamed(x_stream_max_segment_size_bytes=1)
        streamed.write("a", "b", "c")
        streamed.stream.log.cut(2)
        return streamed

    def test_is_seen_at_once_and_done_when_it_is_safe(self):
        streamed = self.cut()
        assert streamed.index.first == 2
        assert kept(streamed) == [1, 2, 3]
        streamed.sync()
        assert kept(streamed) == [3]
        assert streamed.read() == [(2, "c")]

    def test_that_was_not_done_is_forgotten_with_the_stream(self):
        streamed = self.cut()
        streamed.stream.log.forget()
        streamed.sync()
        assert kept(streamed) == []


class TestAfterAStart:
    def test_every_message_has_its_offset(self):
        streamed = Streamed()
        streamed.write("a", "b")
        later = streamed.restarted()
        later.write("c")
        assert later.read() == [(0, "a"), (1, "b"), (2, "c")]

    def test_the_tail_is_measured_once_somebody_publishes(self):
        streamed = Streamed()
        streamed.write(*map(str, range(MEASURED_AT_ONCE + 1)))
        octets = streamed.index.octets
        later = streamed.restarted()
        assert (later.index.octets, later.engine.messages.reads) == (0, [])
        later.write("x")
        assert len(later.engine.messages.reads) == 2
        assert octets < later.index.octets < 2 * octets
        later.write("y")
        assert len(later.engine.messages.reads) == 2

    def test_what_had_been_cut_off_and_was_still_there_goes(self):
        streamed = Streamed(x_stream_max_segment_size_bytes=1, x_max_length_bytes=1)
        streamed.publish("a", "b", "c")
        # The catalogue has it, the store was not told.
        later = streamed.restarted()
        assert kept(later) == []
        assert (later.index.first, later.index.end) == (3, 3)
        later.publish("d", is_persistent=False)
        assert later.index.end == 4
