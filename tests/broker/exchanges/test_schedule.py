"""Deadlines in flat arrays: what is due first comes first, whatever the order of adding."""

from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.exchanges.schedule import PAGE_MAX, Schedule

IN_STORE, IN_SPILL = 0, 1
DEADLINES = st.integers(-(2**40), 2**62)


def drained(schedule, now=2**62, count=100):
    taken = []
    while page := schedule.take_due(now, count):
        assert len(page) <= count
        taken += zip(page.deadlines, page.positions, page.places, strict=True)
    return taken


@given(st.lists(DEADLINES, max_size=200))
def test_what_is_due_first_comes_first_and_equals_keep_their_order(deadlines):
    schedule = Schedule()
    for position, deadline in enumerate(deadlines):
        schedule.add(deadline, position, IN_STORE)
    expected = sorted((deadline, position) for position, deadline in enumerate(deadlines))
    assert schedule.count == len(deadlines)
    assert schedule.first == min(deadlines, default=None)
    assert [(deadline, position) for deadline, position, _ in schedule] == expected
    assert [(deadline, position) for deadline, position, _ in drained(schedule)] == expected
    assert schedule.count == 0
    assert schedule.first is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=60), st.integers(0, 2**32))
def test_it_is_a_sorted_list_however_it_is_used(steps, seed):
    """Pages fill, split and empty: each step adds or takes a few hundred."""
    schedule, model, position = Schedule(), [], 0
    for is_adding, size in steps:
        for turn in range(size * 10):
            if is_adding:
                deadline = (seed * (position + turn + 1) * 2654435761) % 10_000
                schedule.add(deadline, position + turn, IN_STORE)
                model.append((deadline, position + turn))
        position += size * 10
        model.sort()
        if not is_adding and model:
            now = model[min(size * 10, len(model) - 1)][0]
            due = [entry for entry in model if entry[0] <= now]
            model = model[len(due) :]
            assert [entry[:2] for entry in drained(schedule, now)] == due
        assert schedule.count == len(model)
        assert schedule.first == (model[0][0] if model else None)
    assert [entry[:2] for entry in schedule] == model


def test_nothing_is_taken_before_its_time():
    schedule = Schedule()
    schedule.add(100, 1, IN_STORE)
    schedule.add(200, 2, IN_STORE)
    assert schedule.take_due(99, 10) is None
    assert drained(schedule, 100) == [(100, 1, IN_STORE)]
    assert schedule.take_due(199, 10) is None


def test_where_a_message_is_stays_with_it():
    schedule = Schedule()
    schedule.add(2, 20, IN_SPILL)
    schedule.add(1, 10, IN_STORE)
    page = schedule.take_due(2, 10)
    assert page.at(IN_STORE) == [10]
    assert page.at(IN_SPILL) == [20]


def test_pages_stay_full_when_delays_are_alike():
    schedule = Schedule()
    for position in range(10 * PAGE_MAX):
        schedule.add(position, position, IN_STORE)
    pages = schedule.clear()
    assert [len(page) for page in pages] == [PAGE_MAX] * 10


def test_clearing_gives_everything():
    schedule = Schedule()
    for position in range(3 * PAGE_MAX):
        schedule.add(-position, position, IN_STORE)
    pages = schedule.clear()
    assert sorted(each for page in pages for each in page.positions) == list(range(3 * PAGE_MAX))
    assert schedule.count == 0
    assert schedule.take_due(2**62, 10) is None
    schedule.add(5, 1, IN_STORE)
    assert schedule.first == 5
