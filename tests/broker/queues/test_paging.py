"""What the queues of a broker share: places outside memory, and how much is in it."""

import pytest

from leveret.broker.queues.paging import Paging
from tests.broker.domain import message, paging
from tests.broker.fake_storage import FakeEngine


class Line:
    """Something that can be weighed; `left` is what it finds."""

    def __init__(self, shared, octets, left=None):
        self.shared = shared
        self.octets = 0
        self.left = octets if left is None else left
        self.weighed_count = 0
        self.say(octets)

    def say(self, octets):
        self.shared.weighed(self, octets, self.octets)
        self.octets = octets

    def weigh(self):
        self.weighed_count += 1
        self.say(self.left)


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


def test_memory_is_short_when_all_lines_together_hold_too_much(engine):
    shared = paging(engine, octets_max=100)
    one, other = Line(shared, 60), Line(shared, 40)
    assert not shared.is_short()
    other.left = 41
    other.say(41)
    # Two lines: asked again with every second question.
    assert [shared.is_short() for _ in range(4)] == [True] * 4
    assert one.weighed_count == other.weighed_count == 2
    one.say(0)
    assert not shared.is_short()
    assert shared.octets == 41


def test_what_lines_said_before_they_were_emptied_does_not_count(engine):
    shared = paging(engine, octets_max=100)
    line = Line(shared, 200, left=50)
    assert not shared.is_short()
    assert shared.octets == 50
    line.say(0)
    assert shared.octets == 0


def test_a_line_that_has_nothing_is_not_asked(engine):
    shared = paging(engine, octets_max=100)
    empty, full = Line(shared, 0), Line(shared, 200)
    shared.is_short()
    assert (empty.weighed_count, full.weighed_count) == (0, 1)


def test_without_a_limit_memory_is_never_short(engine):
    shared = paging(engine)
    Line(shared, 10**15)
    assert not shared.is_short()


def test_a_spilled_message_is_a_copy_with_a_position_of_its_own(engine):
    shared = paging(engine)
    original = message("a", exchange="x", key="k", ttl_ms=5)
    original.published_at, original.is_stored = 7.0, True
    one, other = shared.spill_out(original), shared.spill_out(original)
    assert original.position < one < other < message().position
    copy = engine.spill.kept[one]
    assert (copy.address, copy.content, copy.channel) == (b"\x01x\x01k", original.content, 1)
    assert (copy.traits, copy.published_at) == (original.traits, 7.0)
    assert not copy.is_stored


def test_memory_is_looked_at_once_what_waits_has_grown_beyond_what_was_seen(engine):
    shared, looks = paging(engine), []
    shared.look = lambda: looks.append(shared.octets)
    shared.octets_seen = 100
    line = Line(shared, 100)
    shared.add(1)
    line.say(500)
    assert looks == [101]
    shared.octets_seen = 600
    line.say(700)
    assert looks == [101, 701]


def test_without_a_watcher_of_the_memory_growth_is_nobody_s_business(engine):
    shared = paging(engine)
    shared.octets_seen = 0
    Line(shared, 100)
    assert shared.octets == 100


def test_a_spill_that_cannot_follow_is_a_strain(engine):
    shared = Paging(None, engine.spill, iter(range(10)).__next__, engine.spilling)
    shared.spill_out(message("a"))
    assert not shared.is_strained
    engine.spilling.is_behind = True
    shared.spill_out(message("b"))
    assert shared.is_strained
