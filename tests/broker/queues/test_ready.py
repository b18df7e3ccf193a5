"""Messages in the order of publishing, whatever is taken and comes back, and wherever it was."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.queues.ready import STEP_COUNT, STEP_OCTETS, Ready
from tests.broker.domain import HandAgenda, backing, bodies, content, message, messages, paging
from tests.broker.fake_storage import FakeEngine


def ready_with(*names):
    ready = Ready(backing())
    for each in messages(*names):
        ready.push(each)
    return ready


def nothing_is_stored(_positions):
    raise AssertionError


def drain(ready):
    return bodies([ready.take()[0] for _ in range(ready.count)])


def test_the_oldest_is_taken_first():
    ready = ready_with("a", "b", "c")
    assert ready.count == 3
    assert drain(ready) == ["a", "b", "c"]
    assert ready.count == 0


def test_what_comes_back_goes_to_its_original_place():
    ready = ready_with("a", "b", "c", "d")
    taken = [ready.take()[0] for _ in range(3)]
    ready.put_back(taken[2])
    ready.put_back(taken[0])
    assert ready.count == 3
    assert drain(ready) == ["a", "c", "d"]


def test_only_what_came_back_was_taken_before():
    ready = ready_with("a", "b")
    ready.put_back(ready.take()[0])
    assert [ready.take()[1] for _ in range(2)] == [True, False]


def test_the_head_is_what_would_be_taken_next():
    ready = ready_with("a", "b")
    assert bodies(ready.heads()) == ["a"]
    first, _ = ready.take()
    assert bodies(ready.heads()) == ["b"]
    ready.put_back(first)
    assert bodies(ready.heads()) == ["a"]
    assert bodies(Ready(backing()).heads()) == []


def test_messages_are_dropped_from_the_front_as_long_as_they_are_over():
    ready = ready_with("old", "older", "young", "old")
    assert bodies(ready.drop_while(lambda each: each.body.startswith(b"old"))) == ["old", "older"]
    assert drain(ready) == ["young", "old"]
    assert ready.drop_while(lambda _each: True) == []


def test_clearing_drops_the_fresh_and_the_returned():
    ready = ready_with("a", "b", "c")
    ready.put_back(ready.take()[0])
    assert ready.clear(nothing_is_stored) == 3
    assert ready.count == 0
    assert list(ready.heads()) == []


@given(st.lists(st.sampled_from(["push", "take", "put back"]), max_size=40), st.randoms())
def test_the_order_is_that_of_publishing_after_any_comings_and_goings(actions, random):
    ready, waiting, out = Ready(backing()), [], []
    for action in actions:
        if action == "push":
            fresh = messages("m")[0]
            ready.push(fresh)
            waiting.append(fresh)
        elif action == "take" and waiting:
            waiting.sort(key=lambda each: each.position)
            taken, _redelivered = ready.take()
            assert taken is waiting.pop(0)
            out.append(taken)
        elif action == "put back" and out:
            back = out.pop(random.randrange(len(out)))
            ready.put_back(back)
            waiting.append(back)
        assert ready.count == len(waiting)


# What is not in memory -------------------------------------------------------------------------

NUMBER = 7


class Line:
    """A line in a broker with an engine: window 10 unless told otherwise."""

    def __init__(self, agenda, *, number=NUMBER, window=10, octets_max=float("inf")):
        self.engine = FakeEngine(agenda)
        self.shared = paging(self.engine, octets_max)
        self.number = number
        self.returns = {}
        self.loads = []
        self.ready = Ready(
            backing(
                self.shared,
                number=number,
                window=window,
                returns=self.returns,
                loaded=self.loads.append,
            )
        )

    def push(self, *names, is_stored=True):
        for name in names:
            pushed = message(name, is_persistent=is_stored)
            if is_stored:
                self.engine.messages.append(pushed, (self.number or 99,))
                pushed.is_stored = True
            self.ready.push(pushed)

    def take(self):
        """The body of the first message, read if need be."""
        for _ in range(3):
            # All of a read may have been chosen meanwhile: then another one follows.
            taken = self.ready.take()
            if taken is not None:
                break
            assert self.ready.is_loading
            self.engine.agenda.run()
        return taken[0].body.decode()

    def drain(self):
        return [self.take() for _ in range(self.ready.count)]

    def in_memory(self):
        return len(self.ready._fresh)


def names(number_of, prefix=""):
    return [f"{prefix}{number}" for number in range(number_of)]


@pytest.fixture
def line(agenda):
    return Line(agenda)


@pytest.fixture
def short(agenda):
    """A line in a broker whose memory is short as soon as there is anything in it."""
    return Line(agenda, octets_max=0)


def test_beyond_the_window_the_store_has_the_bodies(line):
    line.push(*names(30))
    assert (line.ready.count, line.in_memory()) == (30, 10)
    assert line.drain() == names(30)
    assert line.ready.count == 0


def test_after_all_was_read_there_is_room_again(line):
    line.push(*names(30))
    line.drain()
    line.push(*names(10, "again"))
    assert line.in_memory() == 10
    assert line.drain() == names(10, "again")


def test_what_is_pushed_goes_behind_what_is_not_in_memory(line):
    line.push(*names(12))
    line.take()
    line.push("a", "b")
    assert line.drain() == [*names(12)[1:], "a", "b"]


def test_a_message_that_need_not_survive_keeps_its_place_too(line):
    line.push(*names(12))
    line.push("transient", is_stored=False)
    line.push("last")
    assert line.drain() == [*names(12), "transient", "last"]


def test_messages_that_need_not_survive_all_stay_while_memory_lasts(line):
    line.push(*names(50), is_stored=False)
    assert line.in_memory() == 50
    assert line.drain() == names(50)


def test_a_stored_message_behind_a_long_line_of_others_is_not_kept_in_memory(line):
    line.push(*names(2000), is_stored=False)
    line.push(*names(2 * STEP_COUNT, "stored"))
    assert line.in_memory() <= 2000 + STEP_COUNT
    assert line.drain() == [*names(2000), *names(2 * STEP_COUNT, "stored")]


def test_what_is_stored_for_others_only_is_transient_here(agenda):
    line = Line(agenda, number=0)
    line.push(*names(30))
    assert line.in_memory() == 30
    assert line.ready.clear(nothing_is_stored) == 30


def test_when_memory_is_short_everything_leaves_it(short):
    short.push(*names(2))
    assert short.in_memory() == 2
    short.push("stored", "too")
    short.push("spilled", is_stored=False)
    assert bodies(short.engine.spill.kept.values()) == ["spilled"]
    assert short.in_memory() == 2
    assert short.drain() == [*names(2), "stored", "too", "spilled"]
    assert short.engine.spill.kept == {}


def test_without_a_spill_what_need_not_survive_stays(short):
    short.shared.spill = None
    short.push(*names(5), is_stored=False)
    assert short.in_memory() == 5


def test_a_broker_without_an_engine_keeps_all_of_it_and_knows_how_much_that_is():
    told = backing()
    shared, ready = told.paging, Ready(told)
    pushed = messages(*names(1000))
    for each in pushed:
        ready.push(each)
    octets = sum(len(each.content) for each in pushed)
    assert octets / 2 < shared.octets <= octets
    assert ready.clear(nothing_is_stored) == 1000
    assert shared.octets == 0


def test_the_next_ones_are_asked_for_before_the_last_is_taken(line):
    line.push(*names(30))
    for _ in range(10):
        line.ready.take()
    assert line.engine.messages.reads
    assert not line.ready.is_loading or line.ready.take() is None


def test_a_head_that_is_not_in_memory_is_asked_for(line):
    line.ready.recover({0: store(line, *names(3))})
    assert line.ready.is_loading
    assert list(line.ready.heads()) == []
    line.engine.agenda.run()
    assert not line.ready.is_loading
    assert bodies(line.ready.heads()) == ["0"]
    assert [bodies(load) for load in line.loads] == [["0"]]


def test_a_head_that_is_in_memory_behind_one_that_was_not_is_seen(line):
    line.ready.recover({0: store(line, "stored")})
    line.push("transient", is_stored=False)
    assert line.take() == "stored"
    assert bodies(line.ready.heads()) == ["transient"]
    assert line.drain() == ["transient"]


def test_what_expires_is_dropped_as_it_comes(line):
    line.push(*names(30))
    dropped = []
    while line.ready.count:
        dropped += bodies(line.ready.drop_while(lambda _each: True))
        line.engine.agenda.run()
    assert dropped == names(30)


def test_what_cannot_be_read_counts_no_more(line):
    line.push(*names(14))
    line.engine.messages.damaged = set(sorted(line.engine.messages.kept)[11:13])
    got = []
    while line.ready.count:
        taken = line.ready.take()
        if taken is None:
            line.engine.agenda.run()
        else:
            got.append(taken[0].body.decode())
    assert got == [*names(11), "13"]


def test_clearing_tells_what_was_stored_and_forgets_the_rest(short):
    short.push("a", "b", "c")
    short.ready.put_back(short.ready.take()[0])
    short.push("spilled", is_stored=False)
    done = []
    assert short.ready.clear(done.extend) == 4
    assert sorted(done) == sorted(short.engine.messages.kept)
    assert short.engine.spill.kept == {}
    assert (short.ready.count, short.shared.octets) == (0, 0)
    short.engine.agenda.run()
    assert short.ready.count == 0


def test_what_is_being_read_when_the_line_is_cleared_does_not_come_back(line):
    line.push(*names(20))
    for _ in range(10):
        line.ready.take()
    assert line.engine.messages.reads
    done = []
    line.ready.clear(done.extend)
    line.push("new")
    line.engine.agenda.run()
    assert line.drain() == ["new"]
    assert len(done) == 10


def test_a_queue_that_is_gone_hears_nothing(line):
    line.ready.clear(nothing_is_stored)
    line.ready.detach()
    line.push(*names(20))
    assert line.drain() == names(20)
    assert line.loads == []


# From before the start -------------------------------------------------------------------------


def store(line, *names_):
    """Stored before the start; their positions."""
    kept = [message(name, is_persistent=True) for name in names_]
    for each in kept:
        line.engine.messages.append(each, (NUMBER,))
    return [each.position for each in kept]


def test_nothing_may_have_waited(line):
    line.ready.recover({0: []})
    assert line.ready.count == 0
    line.push("a")
    assert line.in_memory() == 1


def test_what_waited_is_not_read_before_it_is_needed(line):
    line.ready.recover({0: store(line, *names(10_000))})
    line.push("new")
    assert (line.ready.count, line.in_memory()) == (10_001, 0)
    assert line.engine.messages.reads == []
    assert line.drain() == [*names(10_000), "new"]


def test_here_a_priority_means_nothing(line):
    positions = store(line, *names(10_000))
    line.ready.recover({5: positions[::2], 0: positions[1::2], 1: []})
    assert line.drain() == names(10_000)


def test_what_was_delivered_before_the_start_comes_back_as_such(line):
    positions = store(line, *"abcdef")
    line.returns.update({positions[0]: 1, positions[1]: 3, positions[3]: 1})
    line.ready.recover({0: positions})
    seen = []
    while line.ready.count:
        taken = line.ready.take()
        if taken is None:
            line.engine.agenda.run()
        else:
            seen.append((taken[0].body.decode(), taken[1]))
    assert sorted(seen) == [
        ("a", True), ("b", True), ("c", False), ("d", True), ("e", False), ("f", False),
    ]  # fmt: skip
    assert [body for body, redelivered in seen if redelivered] == ["a", "b", "d"]
    assert [body for body, redelivered in seen if not redelivered] == ["c", "e", "f"]


# Weighing --------------------------------------------------------------------------------------


def test_a_line_is_weighed_as_it_grows(line):
    line.push(*names(7), is_stored=False)
    assert line.shared.octets == sum(len(content(name.encode())) for name in names(7))
    line.push(*names(STEP_COUNT), is_stored=False)
    line.push("x" * 100_000, *names(STEP_COUNT), is_stored=False)
    assert line.shared.octets > 100_000


def test_large_messages_are_weighed_one_by_one(line):
    large = "x" * STEP_OCTETS
    for number in range(1, 5):
        line.push(large, is_stored=False)
        assert line.shared.octets == number * len(content(large.encode()))


def test_an_emptied_line_is_weighed_again_when_memory_seems_short(line):
    line.push(*names(1000), is_stored=False)
    line.shared.octets_max = line.shared.octets // 2
    line.drain()
    assert line.shared.octets > line.shared.octets_max
    assert not line.shared.is_short()
    assert line.shared.octets == 0
    line.push("a", "b", is_stored=False)
    assert line.shared.octets > 0


def test_half_a_line_weighs_half(line):
    line.push(*names(1024), is_stored=False)
    octets = line.shared.octets
    for _ in range(512):
        line.ready.take()
    line.ready.weigh()
    assert line.shared.octets == pytest.approx(octets / 2, rel=0.3)


# All of it -------------------------------------------------------------------------------------


class Beside:
    """A line, and beside it what it should have: plain lists."""

    def __init__(self, window, random):
        self.line = Line(HandAgenda(), window=window)
        self.ready = self.line.ready
        self.waiting = []
        self.out = []
        self.serial = count(100)
        self.random = random

    def push_stored(self, *, is_stored=True):
        name = str(next(self.serial))
        self.line.push(name, is_stored=is_stored)
        self.waiting.append((name, False))

    def push_transient(self):
        self.push_stored(is_stored=False)

    def take(self):
        taken = self.ready.take() if self.waiting else None
        if taken is not None:
            assert (taken[0].body.decode(), taken[1]) == self.waiting.pop(0)
            self.out.append(taken[0])

    def put_back(self):
        if self.out:
            back = self.out.pop(self.random.randrange(len(self.out)))
            self.ready.put_back(back)
            self.waiting.append((back.body.decode(), True))
            self.waiting.sort()

    def settle(self):
        if self.out:
            settled = self.out.pop(0)
            if settled.is_stored:
                self.line.engine.messages.settle(NUMBER, settled.position)

    def answer(self):
        self.line.engine.agenda.run()

    def clear(self):
        def done(positions):
            self.line.engine.messages.settle_all(NUMBER, positions)

        assert self.ready.clear(done) == len(self.waiting)
        self.waiting.clear()

    def squeeze(self):
        self.line.shared.octets_max = self.random.choice([0, 100, float("inf")])

    def look(self):
        first = self.random.randrange(len(self.waiting) + 1)
        seen = [(name_of(each), each.redelivered) for each in self.ready.waiting(first)]
        assert seen == self.waiting[first:]

    def choose(self):
        """Some are taken out of the middle: they are settled, or stand again where they stood."""
        standing = list(self.ready.waiting())
        chosen = self.random.sample(standing, self.random.randrange(len(standing) + 1))
        read = {each.position: message_of(each) for each in chosen}
        taken = self.ready.withdraw(sorted(read))
        assert sorted(each.position for each in taken) == sorted(read)
        for each in taken:
            if each.is_spilled:
                self.line.shared.unspill(read[each.position])
            self.waiting.remove((read[each.position].body.decode(), each.redelivered))
        assert self.ready.count == len(self.waiting)
        if self.random.random() < 0.5:
            self.answer()
        for each in taken:
            self.decide(read[each.position], redelivered=each.redelivered)

    def decide(self, message, *, redelivered):
        name = message.body.decode()
        if self.random.random() < 0.5:
            if message.is_stored:
                self.line.engine.messages.settle(NUMBER, message.position)
            return
        self.ready.put_in_place(message, redelivered=redelivered)
        # Before one that had been taken it counts as taken, too.
        returned = redelivered or any(flag and name < other for other, flag in self.waiting)
        self.waiting.append((name, returned))
        self.waiting.sort()


def message_of(waiting):
    """It is at hand, or in its store."""
    return waiting.message or waiting.store.kept[waiting.position]


def name_of(waiting):
    return message_of(waiting).body.decode()


OFTEN = ["push_stored", "push_transient", "take", "take"]
ACTIONS = [
    *OFTEN, "put_back", "settle", "answer", "answer", "clear", "squeeze", "look", "choose",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(OFTEN + ACTIONS), max_size=80),
    st.integers(1, 5),
    st.randoms(use_true_random=False),
)
def test_order_and_count_are_the_same_wherever_messages_are(actions, window, random):
    beside = Beside(window, random)
    for action in actions:
        getattr(beside, action)()
        assert beside.ready.count == len(beside.waiting)
    assert beside.line.drain() == [name for name, _redelivered in beside.waiting]
    assert beside.line.engine.spill.kept == {}
