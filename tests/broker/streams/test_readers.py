"""The readers of a stream together."""

from leveret.broker.queues.consumers import Activity
from tests.broker.streams.hand import Reading, Streamed


def test_each_reads_at_his_own_pace():
    streamed = Streamed()
    streamed.write("a", "b", "c")
    slow = Reading(streamed.stream, room=1, x_stream_offset="first")
    fast = Reading(streamed.stream, x_stream_offset="first")
    streamed.run()
    streamed.write("d")
    assert slow.got == ["a"]
    assert fast.got == ["a", "b", "c", "d"]
    slow.settle()
    streamed.run()
    assert slow.got == ["a", "b"]
    assert streamed.stream.consumers.slowest() == 2


def test_they_are_counted_and_named():
    streamed = Streamed()
    first, second = Reading(streamed.stream), Reading(streamed.stream)
    assert list(streamed.stream.consumers) == [first, second]
    first.leave()
    assert len(streamed.stream.consumers) == 1
    assert not streamed.stream.consumers.is_exclusive
    assert streamed.stream.consumers.activity(second) is Activity.UP


def test_who_is_parked_or_gone_gets_nothing():
    streamed = Streamed()
    parked, gone = Reading(streamed.stream), Reading(streamed.stream)
    streamed.stream.consumers.park(parked)
    gone.leave()
    streamed.write("a")
    assert (parked.got, gone.got) == ([], [])
    parked.resume()
    assert parked.got == ["a"]
