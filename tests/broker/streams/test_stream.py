"""A stream as a vhost and a session use it."""

import pytest

from leveret.broker.changes import StreamCut, StreamGrew
from leveret.broker.errors import PreconditionFailed, Unsupported
from leveret.broker.policies import Applied
from leveret.broker.ports import Recovered
from tests.broker.streams.hand import Reading, Streamed, plain

SEGMENT = {"x_stream_max_segment_size_bytes": 1}


def changes(streamed, kind):
    return [each for each in streamed.engine.catalogue.changes if isinstance(each, kind)]


def test_messages_stay_when_they_were_read():
    streamed = Streamed()
    streamed.write("a", "b")
    assert streamed.read() == streamed.read() == [(0, "a"), (1, "b")]
    assert streamed.stream.ready.count == 2


def test_a_full_block_is_remembered():
    streamed = Streamed(**SEGMENT)
    streamed.publish("a", "b")
    (first, second) = changes(streamed, StreamGrew)
    assert (first.number, first.vhost, first.name) == (7, "/", "s")
    assert (first.block.first_offset, first.block.last_position, first.block.count) == (0, 1, 1)
    assert (second.block.first_offset, second.block.last_ms) == (1, 1_000_000)


def test_a_limit_cuts_off_the_oldest():
    streamed = Streamed(**SEGMENT)
    streamed.publish(*"abcd")
    size = streamed.index.blocks[0].octets
    streamed = Streamed(**SEGMENT, x_max_length_bytes=2 * size)
    streamed.write(*"abcd")
    assert streamed.read() == [(2, "c"), (3, "d")]
    assert changes(streamed, StreamCut)[-1] == StreamCut(7, "/", "s", 2, 3)
    assert streamed.stream.ready.count == 2


def test_age_does_as_well():
    streamed = Streamed(**SEGMENT, x_max_age="1m")
    streamed.write("a")
    streamed.agenda.pass_time(61)
    streamed.write("b")
    assert streamed.read() == [(1, "b")]


def test_a_policy_counts_at_once_and_no_longer_than_it_applies():
    streamed = Streamed(**SEGMENT)
    streamed.write(*"abc")
    policy = Applied("short", None, {"max-length-bytes": 1})
    reading = Reading(streamed.stream)
    streamed.stream.follow(policy)
    assert reading.rule_changes == 1
    assert streamed.stream.policy is policy
    streamed.sync()
    assert streamed.read() == []
    streamed.stream.follow(Applied())
    streamed.write("d")
    assert streamed.read() == [(3, "d")]


def test_a_broker_that_keeps_nothing_has_streams_too():
    streamed = Streamed(keeps=False, **SEGMENT, x_max_age="1m")
    streamed.write("a", "b")
    assert streamed.read() == [(0, "a"), (1, "b")]
    streamed.agenda.pass_time(61)
    streamed.write("c")
    assert streamed.read() == [(2, "c")]
    streamed.stream.delete()
    assert streamed.index.count == 0


class TestAfterAStart:
    def test_offsets_go_on_where_they_were(self):
        streamed = Streamed(**SEGMENT, x_max_length_bytes=1)
        streamed.write(*"abc")
        later = streamed.restarted()
        later.write("d")
        assert later.index.end == 4
        assert later.restarted().index.end == 4

    def test_an_argument_is_held_to_again(self):
        streamed = Streamed(**SEGMENT, x_max_age="1m")
        streamed.write("a")
        streamed.agenda.pass_time(61)
        later = streamed.restarted()
        assert later.index.count == 0

    def test_messages_of_every_priority_are_in_one_order(self):
        streamed = Streamed()
        streamed.stream.recover(Recovered({0: [1, 5], 9: [3, 7]}))
        assert list(streamed.index.tail.all_positions()) == [1, 3, 5, 7]

    def test_a_stream_that_had_nothing_is_empty(self):
        streamed = Streamed()
        streamed.stream.recover(Recovered())
        assert (streamed.index.first, streamed.index.end) == (0, 0)


class TestAConsumerThatCantRead:
    def refused(self, kind, arguments=None, **said):
        said = {"prefetch_count": 10, "no_ack": False, "is_limited": False, **said}
        with pytest.raises(kind) as refused:
            Streamed().stream.check_reader(arguments or {}, **said)
        return str(refused.value)

    def test_has_no_prefetch(self):
        said = self.refused(PreconditionFailed, prefetch_count=0, no_ack=True)
        assert said == "consumer prefetch count is not set for 'queue 's' in vhost '/''"

    def test_acknowledges_nothing(self):
        said = self.refused(Unsupported, no_ack=True, is_limited=True)
        assert said == (
            "automatic acknowledgement not supported by stream queues queue 's' in vhost '/'"
        )

    def test_has_a_limit_for_its_channel(self):
        said = self.refused(Unsupported, is_limited=True)
        assert said == "queue 's' in vhost '/' does not support global qos"

    def test_wants_to_begin_nowhere(self):
        said = self.refused(PreconditionFailed, {"x-stream-offset": "x"}, prefetch_count=0)
        assert said.startswith("invalid arg 'x-stream-offset'")

    def test_is_the_only_one(self):
        assert (
            Streamed().stream.check_reader({}, prefetch_count=1, no_ack=False, is_limited=False)
            is None
        )


class TestWhatAStreamCantDo:
    @pytest.mark.parametrize(
        ("act", "said"),
        [
            (lambda stream: stream.get(), "basic.get not supported by stream queues "),
            (lambda stream: stream.purge(), "queue.purge not supported by stream queues "),
            (
                lambda stream: stream.reject([]),
                "basic.nack and basic.reject not supported by stream queues ",
            ),
        ],
    )
    def test_is_refused(self, act, said):
        with pytest.raises(Unsupported) as refused:
            act(Streamed().stream)
        assert str(refused.value) == said + "queue 's' in vhost '/'"

    def test_or_makes_no_difference(self):
        streamed = Streamed()
        streamed.write("a")
        stream, stored = streamed.stream, plain("a")
        stream.requeue([stored])
        stream.settle(stored)
        stream.settle_all([1])
        stream.mark_delivered(stored)
        stream.touch()
        assert not stream.refuses(stored)
        assert not stream.is_loading
        called = []
        stream.when_loaded(lambda: called.append(1))
        streamed.run()
        assert called == [1]
        assert streamed.read() == [(0, "a")]


class TestTheEnd:
    def test_takes_the_messages_along(self):
        streamed = Streamed(**SEGMENT)
        streamed.write("a", "b", "c")
        assert streamed.stream.delete() == 0
        assert streamed.stream.is_deleted
        assert streamed.engine.messages.positions(7) == []

    def test_is_told_to_the_readers(self):
        streamed = Streamed()
        reading = Reading(streamed.stream)
        streamed.stream.delete()
        assert not reading.is_told_of_the_end
        streamed.run()
        assert reading.is_told_of_the_end
        reading.leave()


def test_what_is_not_safe_yet_is_before_a_reader_whatever_offset_it_gets():
    streamed = Streamed()
    streamed.write("a")
    streamed.publish("b")
    reading = Reading(streamed.stream, x_stream_offset="next")
    assert reading.reached == 1
    reading.reached = None
    streamed.stream.give_way(streamed.stream)
    assert reading.reached == 1


def test_who_has_read_on_begins_there_where_another_stands_for_it():
    streamed, other = Streamed(), Streamed()
    for each in (streamed, other):
        each.write("a", "b")
    reading = Reading(streamed.stream, x_stream_offset="first")
    streamed.run()
    assert reading.got == ["a", "b"]
    streamed.stream.give_way(other.stream)
    assert reading.reached == 2
    reading.stream = other.stream
    other.stream.adopt(reading)
    reading.resume()
    other.write("c")
    assert reading.got == ["a", "b", "c"]
