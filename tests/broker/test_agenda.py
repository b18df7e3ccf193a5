"""Promises for the next turn and for a time, kept when the edge calls `run`."""

import pytest

from leveret.broker.agenda import CANCELLED_MAX, Agenda


@pytest.fixture
def done():
    return []


def test_nothing_to_do_has_no_deadline(agenda):
    assert agenda.next_deadline() is None
    agenda.run()


def test_what_is_soon_is_due_now_and_done_in_order(agenda, done):
    agenda.soon(lambda: done.append("first"))
    agenda.soon(lambda: done.append("second"))
    assert agenda.next_deadline() == agenda.clock()
    assert done == []
    agenda.run()
    assert done == ["first", "second"]
    assert agenda.next_deadline() is None


def test_what_a_turn_adds_waits_for_the_next_turn(agenda, done):
    agenda.soon(lambda: agenda.soon(lambda: done.append("later")))
    agenda.run()
    assert done == []
    agenda.run()
    assert done == ["later"]


def test_a_timer_is_kept_at_its_deadline_and_not_before(agenda, done):
    agenda.at(agenda.clock() + 5, lambda: done.append("fired"))
    agenda.hand.now += 4.9
    agenda.run()
    assert done == []
    agenda.hand.now += 0.1
    agenda.run()
    agenda.run()
    assert done == ["fired"]


def test_timers_fire_by_time_and_then_by_age(agenda, done):
    now = agenda.clock()
    for delay, name in [(3, "d"), (1, "a"), (2, "b"), (2, "c")]:
        agenda.at(now + delay, lambda name=name: done.append(name))
    agenda.pass_time(10)
    assert done == ["a", "b", "c", "d"]


def test_the_next_deadline_is_the_earliest(agenda):
    agenda.at(20.0, lambda: None)
    agenda.at(10.0, lambda: None)
    assert agenda.next_deadline() == 10.0


def test_a_cancelled_timer_never_fires_and_is_no_deadline(agenda, done):
    timer = agenda.at(agenda.clock() + 1, lambda: done.append("fired"))
    agenda.at(agenda.clock() + 2, lambda: done.append("other"))
    timer.cancel()
    assert agenda.next_deadline() == agenda.clock() + 2
    agenda.pass_time(5)
    assert done == ["other"]


def test_a_cancelled_timer_in_the_way_is_passed_over_by_run(agenda, done):
    agenda.at(agenda.clock(), lambda: done.append("fired")).cancel()
    agenda.at(agenda.clock(), lambda: done.append("other"))
    agenda.run()
    assert done == ["other"]


def test_the_edge_is_woken_for_the_next_turn_and_for_an_earlier_deadline(agenda, done):
    agenda.wake = lambda: done.append("woken")
    agenda.soon(lambda: None)
    agenda.at(20.0, lambda: None)
    agenda.at(10.0, lambda: None)
    assert done == ["woken"] * 3


def test_the_edge_sleeps_on_for_a_later_deadline(agenda, done):
    agenda.at(10.0, lambda: None)
    agenda.wake = lambda: done.append("woken")
    agenda.at(20.0, lambda: None)
    assert done == []


def test_an_agenda_reads_the_clock_that_it_is_given():
    assert Agenda(lambda: 7.0).clock() == 7.0


def test_without_an_edge_the_clock_stands_for_the_time_of_day():
    agenda = Agenda(lambda: 7.0)
    assert agenda.wall_clock() == 7.0
    agenda.wall_clock = lambda: 1_795_367_921.5
    assert agenda.wall_clock() == 1_795_367_921.5
    assert agenda.clock() == 7.0


def test_what_is_taken_back_does_not_pile_up_until_its_time(agenda, done):
    for number in range(10 * CANCELLED_MAX):
        timer = agenda.at(agenda.clock() + 86_400, lambda: done.append("taken back"))
        if number % 5000 == 0:
            agenda.at(agenda.clock() + 10 + number, lambda number=number: done.append(number))
        timer.cancel()
        timer.cancel()
    assert len(agenda._timers) <= CANCELLED_MAX + 2
    agenda.pass_time(86_400)
    assert done == [0, 5000]
    assert agenda.next_deadline() is None
