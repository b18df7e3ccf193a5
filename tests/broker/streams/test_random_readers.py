"""Any readers at any pace, against a list: each gets everything from where he began, once and in
order, whatever the others do, and never more than he has room for.
"""

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.broker.streams.hand import Reading, Streamed

ROOM = st.integers(1, 12)
WHICH = st.integers(0, 5)
ACTIONS = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 15), st.booleans()),
    st.tuples(st.just("publish"), st.integers(1, 15), st.booleans()),
    st.tuples(st.just("sync")),
    st.tuples(st.just("turn")),
    st.tuples(st.just("cut")),
    st.tuples(st.just("subscribe"), st.sampled_from(["first", "last", "next", 0, 7, 40]), ROOM),
    st.tuples(st.just("settle"), WHICH, st.integers(1, 12)),
    st.tuples(st.just("settle"), WHICH, st.integers(1, 12)),
    st.tuples(st.just("pause"), WHICH),
    st.tuples(st.just("leave"), WHICH),
)


class Readers:
    """A stream, its readers, and where each began. published: how many messages there were."""

    def __init__(self, **arguments):
        self.streamed = Streamed(**arguments)
        self.published = 0
        self.readings = []
        self.begun = {}

    def publish(self, count, is_persistent):
        for _ in range(count):
            self.streamed.publish(str(self.published), is_persistent=is_persistent)
            self.published += 1

    def sync(self):
        self.streamed.sync()

    def turn(self):
        self.streamed.agenda.run()

    def cut(self):
        index = self.streamed.index
        self.streamed.stream.log.cut(len(index.blocks) // 2)

    def subscribe(self, offset, room):
        index = self.streamed.index
        named = {"first": index.first, "last": index.end - 1, "next": index.end}
        reading = Reading(self.streamed.stream, room, x_stream_offset=offset)
        self.readings.append(reading)
        self.begun[reading] = max(index.first, named.get(offset, offset))

    def settle(self, which, count):
        for reading in self.readings[which : which + 1]:
            for _ in range(min(count, len(reading.held))):
                reading.settle()

    def pause(self, which):
        """As a session does whose peer reads nothing; the next turn it goes on."""
        for reading in self.readings[which : which + 1]:
            if reading.room:
                self.streamed.stream.consumers.park(reading)
                self.streamed.agenda.soon(partial(self._go_on, reading))

    def _go_on(self, reading):
        if reading in self.readings and reading.room:
            reading.resume()

    def leave(self, which):
        for reading in self.readings[which : which + 1]:
            self.readings.remove(reading)
            reading.leave()

    def check(self):
        for reading in self.readings:
            assert reading.got == list(map(str, reading.offsets))
            steps = zip(reading.offsets, reading.offsets[1:], strict=False)
            # Only the beginning of the stream may overtake a reader.
            assert all(next_ > offset for offset, next_ in steps)

    def finish(self):
        """Everybody reads to the end."""
        self.sync()
        while any(reading.held for reading in self.readings):
            for which in range(len(self.readings)):
                self.settle(which, 100)
            self.sync()
        first = self.streamed.index.first
        for reading in self.readings:
            start = max(first, self.begun[reading])
            expected = list(range(start, self.published))
            assert [each for each in reading.offsets if each >= start] == expected


@given(st.lists(ACTIONS, min_size=5, max_size=60), st.sampled_from([1, 300, 10**6]))
@settings(deadline=None, max_examples=150)
def test_everybody_gets_everything_from_where_he_began(actions, segment):
    readers = Readers(x_stream_max_segment_size_bytes=segment)
    for name, *details in actions:
        getattr(readers, name)(*details)
        readers.check()
    readers.finish()
