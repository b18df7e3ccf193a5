"""The part of a line that is not in memory."""

import sys
from itertools import count

import pytest

from leveret.broker.queues.pages import (
    CHUNK_MAX,
    HELD,
    READ_COUNT_MAX,
    READ_GROWTH,
    READ_OCTETS,
    SPILLED,
    STORED,
    Chunk,
    Pages,
    worth_reading,
)
from tests.broker.domain import bodies, content, message, paging
from tests.broker.fake_storage import FakeEngine

NUMBER = 7


class Line:
    """Pages over a fake engine, and what has arrived from them."""

    def __init__(self, agenda, octets_max=float("inf")):
        self.engine = FakeEngine(agenda)
        self.shared = paging(self.engine, octets_max)
        self.arrivals = []
        self.pages = Pages(self.shared, lambda *arrival: self.arrivals.append(arrival))

    def stored(self, *names):
        for name in names:
            kept = message(name, is_persistent=True)
            self.engine.messages.append(kept, (NUMBER,))
            self.pages.append(kept.position)

    def transient(self, *names):
        for name in names:
            self.pages.append_transient(message(name))

    def turn(self):
        """What came at once, and what came of reading."""
        held = bodies(self.pages.turn())
        self.engine.agenda.run()
        arrived = [body for messages, _lost in self.arrivals for body in bodies(messages)]
        self.arrivals.clear()
        return held + arrived

    def read_all(self):
        got = []
        while not self.pages.is_empty:
            self.pages.read_count = 100
            got += self.turn()
        return got


@pytest.fixture
def line(agenda):
    return Line(agenda)


@pytest.fixture
def short(agenda):
    """A line in a broker whose memory is short."""
    short = Line(agenda, octets_max=0)
    short.shared.octets = 1
    return short


# What is kept ----------------------------------------------------------------------------------


def test_a_chunk_knows_where_its_messages_are():
    chunk = Chunk([3, 5, 8], bytes((STORED, HELD, STORED)))
    assert list(chunk.at(STORED)) == [3, 8]
    assert list(chunk.at(HELD)) == [5]
    assert list(chunk.at(SPILLED)) == []
    taken = chunk.take(2)
    assert (list(taken.positions), list(chunk.positions)) == ([3, 5], [8])
    assert list(taken.at(HELD)) == [5]


def test_a_waiting_message_costs_nine_octets_at_most(line):
    for position in range(10 * CHUNK_MAX):
        line.pages.append(position)
    chunks = line.pages._chunks
    objects = [chunks, *chunks, *(chunk.positions for chunk in chunks)]
    places = {id(chunk.places): chunk.places for chunk in chunks}
    octets = sum(map(sys.getsizeof, [*objects, *places.values()]))
    assert octets / (10 * CHUNK_MAX) < 8.2


def test_a_chunk_of_both_kinds_costs_nine_octets_each(line):
    for position in range(CHUNK_MAX):
        line.pages.append(position, position % 2)
    (chunk,) = line.pages._chunks
    octets = sys.getsizeof(chunk) + sys.getsizeof(chunk.positions) + sys.getsizeof(chunk.places)
    assert octets / CHUNK_MAX < 9.1


def test_a_stored_message_is_in_the_store_already_and_nothing_is_written(line):
    line.stored("a")
    assert line.engine.spill.kept == {}
    assert line.shared.octets == 0


def test_one_that_need_not_survive_stays_in_memory_while_that_is_not_short(line):
    line.transient("a")
    assert line.engine.spill.kept == {}
    assert line.shared.octets == len(content(b"a"))
    assert line.turn() == ["a"]
    assert line.shared.octets == 0


def test_one_that_need_not_survive_goes_to_the_spill_when_memory_is_short(short):
    short.transient("a")
    assert bodies(short.engine.spill.kept.values()) == ["a"]


def test_without_a_spill_it_stays_however_short_memory_is(short):
    short.shared.spill = None
    short.transient("a")
    assert short.turn() == ["a"]
    short.transient("b")
    short.pages.drop(print)
    assert short.pages.is_empty


# What comes back -------------------------------------------------------------------------------


def test_messages_come_back_in_order_wherever_they_were(line):
    line.stored("a", "b")
    line.shared.octets_max, line.shared.octets = 0, 1
    line.transient("c")
    line.stored("d")
    line.shared.octets_max = float("inf")
    line.transient("e")
    line.stored("f")
    line.transient("g")
    line.pages.read_count = 6
    assert line.turn() == ["a", "b", "c", "d", "e", "f"]
    assert not line.pages.is_empty
    assert line.turn() == ["g"]
    assert line.pages.is_empty
    assert line.turn() == []


def test_what_is_in_memory_comes_at_once_if_it_is_first(line):
    line.transient("a", "b")
    line.stored("c")
    line.transient("d")
    assert bodies(line.pages.turn()) == ["a", "b"]
    assert bodies(line.pages.turn()) == []
    assert line.arrivals == []
    line.engine.agenda.run()
    assert bodies(line.arrivals.pop()[0]) == ["c"]
    assert bodies(line.pages.turn()) == ["d"]


def test_what_comes_back_is_what_it_was(line):
    """Stored for this queue; from the spill it is an ordinary transient message again."""
    line.stored("stored")
    line.shared.octets_max, line.shared.octets = 0, 1
    line.transient("spilled")
    line.pages.read_count = 2
    line.pages.turn()
    line.engine.agenda.run()
    ((messages, lost),) = line.arrivals
    assert [each.is_stored for each in messages] == [True, False]
    assert lost == 0
    assert line.engine.spill.kept == {}
    assert len(line.engine.messages.kept) == 1


def test_one_read_at_a_time(line):
    line.stored("a", "b", "c")
    line.pages.turn()
    line.pages.turn()
    assert len(line.engine.messages.reads) == 1
    assert not line.pages.is_empty


def test_reads_grow_with_what_is_known_of_the_size(line):
    line.stored(*map(str, range(2 * READ_COUNT_MAX)))
    while not line.pages.is_empty:
        line.turn()
    sizes = [len(positions) for positions in line.engine.messages.reads]
    assert sizes[:4] == [1, READ_GROWTH, READ_GROWTH**2, READ_GROWTH**3]
    assert max(sizes) == READ_COUNT_MAX


def test_a_read_of_large_messages_is_of_few():
    assert worth_reading(octets=10 * READ_OCTETS, count=10) == 1
    assert worth_reading(octets=READ_OCTETS, count=10) == 10
    assert worth_reading(octets=100 * READ_OCTETS, count=10) == 1
    assert worth_reading(octets=100, count=1) == READ_COUNT_MAX
    assert worth_reading(octets=0, count=0) == 1


def test_what_cannot_be_read_is_missed_by_number(short):
    short.stored("a", "b", "c")
    short.transient("d", "e")
    positions = count(min(short.engine.messages.kept))
    short.engine.messages.damaged = {next(positions), next(positions)}
    short.engine.spill.damaged = {min(short.engine.spill.kept)}
    short.pages.read_count = 5
    short.pages.turn()
    short.engine.agenda.run()
    ((messages, lost),) = short.arrivals
    assert (bodies(messages), lost) == (["c", "e"], 3)
    assert short.engine.spill.kept == {}


def test_nothing_at_all_may_come_of_a_read(line):
    line.stored("a", "b")
    line.engine.messages.damaged = set(line.engine.messages.kept)
    line.pages.turn()
    line.engine.agenda.run()
    assert line.arrivals == [([], 1)]
    assert line.read_all() == []


def test_positions_from_before_the_start_come_first(line):
    before = [message(str(number), is_persistent=True) for number in range(CHUNK_MAX + 10)]
    for each in before:
        line.engine.messages.append(each, (NUMBER,))
    line.pages.adopt([each.position for each in before])
    line.stored("new")
    assert line.read_all() == [*bodies(before), "new"]


def test_looking_at_what_is_on_disk_keeps_nobody_from_reading_it(line):
    before = message("before", is_persistent=True)
    line.engine.messages.append(before, (NUMBER,))
    line.pages.adopt([before.position])
    assert line.turn() == ["before"]
    assert list(line.pages.on_disk(0)) == []
    line.stored("new")
    assert [list(each.positions) for each in line.pages.on_disk(0)] != [[]]
    assert line.read_all() == ["new"]


# The end ---------------------------------------------------------------------------------------


def test_what_is_dropped_is_told_to_who_keeps_it(short):
    short.stored("a", "b")
    short.transient("c")
    short.shared.octets_max = float("inf")
    short.transient("d")
    done = []
    short.pages.drop(done.extend)
    assert done == sorted(short.engine.messages.kept)
    assert short.engine.spill.kept == {}
    assert short.shared.octets == 1
    assert short.pages.is_empty


@pytest.mark.parametrize("when", ["before any answer", "between two answers"])
def test_what_is_dropped_while_it_is_read_does_not_come_back(short, when):
    short.stored("a")
    short.transient("b")
    short.stored("c")
    short.pages.read_count = 2
    short.pages.turn()
    soon = short.engine.agenda._soon
    if when == "between two answers":
        soon.popleft()()
    done = []
    short.pages.drop(done.extend)
    assert done == sorted(short.engine.messages.kept)
    short.engine.agenda.run()
    assert short.arrivals == []
    assert short.engine.spill.kept == {}


def test_a_long_line_is_dropped_by_the_chunk(line):
    line.pages.adopt(range(100_000))
    parts = []
    line.pages.drop(parts.append)
    assert sum(map(len, parts)) == 100_000
    assert len(parts) == -(-100_000 // CHUNK_MAX)


def test_what_stays_in_memory_behind_what_is_on_disk_counts_as_growth(line):
    looks = []
    line.shared.look, line.shared.octets_seen = (lambda: looks.append("looked")), 0
    line.pages.append_transient(message("a"))
    assert looks == ["looked"]
