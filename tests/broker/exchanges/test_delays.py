"""What a delayed exchange holds back: sent on when it is due, wherever it was meanwhile."""

import pytest

from leveret.broker.exchanges import delays
from leveret.broker.exchanges.delays import BACKGROUND_COUNT, SLICE, Delays
from leveret.broker.exchanges.schedule import PAGE_MAX
from leveret.wire.properties import Properties
from leveret.wire.values import Int64
from tests.broker.domain import HandAgenda, exchange_home, message, paging
from tests.broker.fake_storage import FakeEngine

NUMBER = 7


class Later:
    """A delayed exchange's receiver, and a note of what it sends on."""

    def __init__(self, engine=None, agenda=None, number=NUMBER, octets_max=float("inf")):
        self.agenda = agenda or HandAgenda()
        self.engine = engine or FakeEngine(self.agenda)
        self.paging = paging(self.engine, octets_max)
        self.sent = []
        self.routed = []
        home = exchange_home(self.agenda, self.paging, self.route, self.send)
        self.delays = Delays("later", number, home)

    def route(self, name, key, properties, copy_keys):
        self.routed.append((name, key, properties.headers, copy_keys))
        return len(self.routed)

    def send(self, sent, _route, leaving=None):
        self.sent.append((round(self.agenda.hand.now - 1000, 3), sent))
        if leaving is not None:
            self.end(leaving)

    def end(self, leaving):
        """It is safe where it went."""
        leaving.done()

    @property
    def bodies(self):
        return [sent.body.decode() for _, sent in self.sent]

    def publish(self, body, delay, *, is_persistent=False, **headers):
        properties = Properties(headers={"x-delay": delay, **headers})
        held = message(
            body, exchange="later", key="k", properties=properties, is_persistent=is_persistent
        )
        if is_persistent and self.delays.number:
            self.engine.messages.append(held, (self.delays.number,))
            held.is_stored = True
        self.delays.publish(held)

    def stored(self):
        return self.engine.messages.positions(NUMBER)

    def restarted(self):
        agenda = self.agenda
        again = Later(self.engine.restarted(agenda), agenda)
        again.delays.recover(again.engine.messages.recovered(NUMBER))
        return again


@pytest.fixture
def later():
    return Later()


@pytest.mark.parametrize("is_persistent", [False, True])
def test_each_comes_at_its_time(later, is_persistent):
    for body, delay in [("c", 3000), ("a", 1000), ("b", 2500)]:
        later.publish(body, delay, is_persistent=is_persistent)
    assert later.delays.count == 3
    later.agenda.pass_time(0.999)
    assert later.sent == []
    later.agenda.pass_time(5)
    assert [(at, sent.body) for at, sent in later.sent] == [(1.0, b"a"), (2.5, b"b"), (3.0, b"c")]
    assert later.delays.count == 0
    assert later.stored() == []
    assert later.paging.octets == 0


def test_equal_times_keep_the_order_of_publishing(later):
    for number in range(3 * SLICE):
        later.publish(str(number), 100, is_persistent=number % 2 == 0)
    later.agenda.pass_time(1)
    assert later.bodies == [str(number) for number in range(3 * SLICE)]


def test_an_earlier_one_overtakes(later):
    later.publish("late", 10_000)
    later.agenda.pass_time(1)
    later.publish("soon", 1000)
    later.agenda.pass_time(1.5)
    assert later.bodies == ["soon"]


def test_a_delay_may_be_longer_than_anybody_lives(later):
    later.publish("never", Int64(2**62))
    later.agenda.pass_time(10.0**9)
    assert later.delays.count == 1


def test_it_is_routed_by_all_its_keys_and_without_the_blind_ones(later):
    later.publish("x", 10, CC=["copy"], BCC=["blind"])
    later.agenda.pass_time(1)
    headers = {"x-delay": -10, "CC": ["copy"]}
    assert later.routed == [("later", "k", headers, ("copy", "blind"))]
    assert later.sent[0][1].headers == headers


def test_what_is_due_goes_in_slices(later):
    for _ in range(2 * SLICE):
        later.publish("x", 100)
    later.agenda.hand.now += 0.1
    later.agenda.run()
    assert len(later.sent) == SLICE
    later.agenda.run()
    assert len(later.sent) == 2 * SLICE


def test_what_comes_while_others_are_on_their_way_is_not_forgotten(later):
    for _ in range(2 * SLICE):
        later.publish("first", 100)
    later.agenda.hand.now += 0.1
    later.agenda.run()
    later.publish("second", 1)
    later.publish("third", 500)
    assert later.delays.count == SLICE + 2
    later.agenda.pass_time(1)
    assert later.bodies[2 * SLICE :] == ["second", "third"]


def test_beyond_the_window_bodies_are_read_back(later, monkeypatch):
    monkeypatch.setattr(delays, "WINDOW", 2)
    for number in range(5):
        later.publish(str(number), 100, is_persistent=True)
    for number in range(5, 8):
        later.publish(str(number), 100)
    assert later.paging.octets < 3 * 200
    assert len(later.engine.spill.kept) == 3
    later.agenda.pass_time(1)
    assert later.bodies == [str(number) for number in range(8)]
    assert not any(sent.is_stored for _, sent in later.sent)
    assert later.stored() == []
    assert later.engine.spill.kept == {}
    assert later.paging.octets == 0


def test_when_memory_is_short_nothing_stays_at_hand():
    later = Later(octets_max=-1)
    later.publish("a", 100, is_persistent=True)
    later.publish("b", 100)
    assert later.paging.octets == 0
    later.agenda.pass_time(1)
    assert later.bodies == ["a", "b"]


def test_what_cannot_be_read_is_passed_over(later, monkeypatch):
    monkeypatch.setattr(delays, "WINDOW", 0)
    for body in "abc":
        later.publish(body, 100, is_persistent=True)
    later.engine.messages.damaged.add(later.stored()[1])
    later.agenda.pass_time(1)
    assert later.bodies == ["a", "c"]
    assert later.delays.count == 0
    assert later.stored() == []


def test_an_exchange_that_keeps_nothing_settles_nothing():
    later = Later(number=0)
    held = message("x", properties=Properties(headers={"x-delay": 10}), is_persistent=True)
    held.is_stored = True  # for a durable queue it went to at once
    later.delays.publish(held)
    later.agenda.pass_time(1)
    assert later.bodies == ["x"]


# Restarts ------------------------------------------------------------------------------------


def test_a_restart_keeps_the_time_of_each(later):
    for body, delay in [("c", 3000), ("a", 1000), ("b", 2000)]:
        later.publish(body, delay, is_persistent=True)
    later.publish("transient", 1000)
    later.agenda.pass_time(0.5)
    again = later.restarted()
    assert again.delays.count == 3
    later.agenda.pass_time(10)
    assert [(at, sent.body) for at, sent in again.sent] == [(1.0, b"a"), (2.0, b"b"), (3.0, b"c")]


def test_what_fell_due_meanwhile_comes_at_once(later):
    later.publish("a", 1000, is_persistent=True)
    later.agenda.hand.now += 60
    again = later.restarted()
    later.agenda.pass_time(0)
    assert again.bodies == ["a"]
    assert again.stored() == []


def test_delays_are_read_part_by_part(later):
    count = 2 * BACKGROUND_COUNT + 10
    for number in range(count):
        later.publish(str(number), 60_000, is_persistent=True)
    again = later.restarted()
    assert again.engine.messages.reads == []
    later.agenda.run()
    assert len(list(again.delays.pending())) == again.delays.count == count
    assert all(each.due_at is None for each in again.delays.pending())
    later.agenda.pass_time(1)
    assert [len(read) for read in again.engine.messages.reads] == [
        BACKGROUND_COUNT,
        BACKGROUND_COUNT,
        10,
    ]
    assert all(each.due_at == pytest.approx(1060) for each in again.delays.pending())
    assert again.delays.count == count
    assert again.paging.octets == 0


def test_new_ones_come_in_while_the_old_are_being_read(later):
    for _ in range(BACKGROUND_COUNT + 1):
        later.publish("old", 60_000, is_persistent=True)
    again = later.restarted()
    later.agenda.run()
    again.publish("new", 10)
    later.agenda.pass_time(1)
    assert again.bodies == ["new"]
    later.agenda.pass_time(60)
    assert len(again.sent) == BACKGROUND_COUNT + 2


def test_priorities_do_not_matter_to_the_order(later):
    found = later.engine.messages.recovered(NUMBER)
    for body in "abcd":
        later.publish(body, 100, is_persistent=True)
    one, two, three, four = later.stored()
    found.positions.update({0: [two, four], 9: [one, three]})
    again = Later(later.engine.restarted(later.agenda), later.agenda)
    again.delays.recover(found)
    later.agenda.pass_time(1)
    assert again.bodies == ["a", "b", "c", "d"]


# The end -------------------------------------------------------------------------------------


def test_a_deleted_exchange_takes_along_what_it_held(later, monkeypatch):
    monkeypatch.setattr(delays, "WINDOW", 1)
    for _ in range(3):
        later.publish("x", 1000, is_persistent=True)
        later.publish("y", 1000)
    later.delays.delete()
    later.agenda.pass_time(10)
    assert later.sent == []
    assert later.delays.count == 0
    assert later.stored() == []
    assert later.engine.spill.kept == {}
    assert later.paging.octets == 0


def test_it_may_be_deleted_while_some_are_on_their_way(later, monkeypatch):
    monkeypatch.setattr(delays, "WINDOW", 0)
    for body in ("a", "b"):
        later.publish(body, 100, is_persistent=True)
        later.publish(body, 100)
    later.agenda.hand.now += 0.1
    later.agenda.run()  # asks for what it has not at hand
    later.delays.delete()
    later.agenda.pass_time(1)
    assert later.sent == []
    assert later.stored() == []
    assert later.engine.spill.kept == {}
    assert later.delays.count == 0


def test_it_may_be_deleted_between_two_slices(later):
    for _ in range(2 * SLICE):
        later.publish("x", 100, is_persistent=True)
    later.agenda.hand.now += 0.1
    later.agenda.run()
    later.delays.delete()
    later.agenda.pass_time(1)
    assert len(later.sent) == SLICE
    assert later.stored() == []
    assert later.paging.octets == 0


def test_it_may_be_deleted_before_all_delays_are_read(later):
    for _ in range(BACKGROUND_COUNT + 1):
        later.publish("x", 60_000, is_persistent=True)
    again = later.restarted()
    later.agenda.run()
    again.delays.delete()
    later.agenda.pass_time(100)
    assert again.sent == []
    assert again.stored() == []


@pytest.mark.parametrize("are_read", [True, False])
def test_many_are_forgotten_a_part_in_each_turn(later, monkeypatch, are_read):
    monkeypatch.setattr(delays, "FORGET_PAGES", 1)
    count = 2 * PAGE_MAX + 10
    for _ in range(count):
        later.publish("x", 60_000, is_persistent=True)
    again = later.restarted()
    if are_read:
        later.agenda.pass_time(1)
    again.delays.delete()
    assert len(again.stored()) == count - PAGE_MAX
    later.agenda.pass_time(1)
    assert again.stored() == []
    assert again.delays.count == 0


def test_it_has_a_place_for_every_message(later):
    assert not later.delays.refuses(message("x"))
    assert not later.delays.may_refuse


def test_it_is_settled_when_it_is_safe_where_it_went(later):
    waiting = []
    later.end = waiting.append
    later.publish("a", 100, is_persistent=True)
    later.agenda.pass_time(1)
    (leaving,) = waiting
    assert later.stored() == [leaving.position]
    leaving.done()
    assert later.stored() == []


def test_it_is_sent_again_when_that_was_lost(later):
    lost = []
    later.end = lost.append
    later.publish("a", 100, is_persistent=True)
    later.agenda.pass_time(1)
    lost[0].again()
    later.end = lambda leaving: leaving.done()
    later.agenda.pass_time(1)
    assert later.bodies == ["a", "a"]
    assert later.stored() == []


def test_of_an_exchange_that_is_gone_nothing_is_sent_again(later):
    lost = []
    later.end = lost.append
    later.publish("a", 100, is_persistent=True)
    later.agenda.pass_time(1)
    lost[0].again()
    later.delays.delete()
    later.agenda.pass_time(2)
    assert later.bodies == ["a"]


def test_what_waits_is_listed_wherever_it_is():
    """At hand, in the store, in the spill: each with its own message."""
    later = Later(octets_max=0)
    later.publish("held", 10)
    later.paging.octets = 1
    later.publish("stored", 30, is_persistent=True)
    later.publish("spilled", 20)
    found = []
    for each in later.delays.pending():
        waiting = each.waiting
        message = waiting.message or waiting.store.kept[waiting.position]
        found.append((message.body.decode(), waiting.message is None, waiting.is_spilled))
    assert found == [
        ("held", False, False), ("spilled", True, True), ("stored", True, False),
    ]  # fmt: skip
