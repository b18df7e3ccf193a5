"""A message's last step: stored for whom, handed to whom, refused by whom."""

from functools import partial

import pytest

from leveret.broker.message import Traits
from leveret.broker.ports import Leaving
from leveret.broker.routing import Route, Witness
from leveret.broker.sending import Journey, Sender, compose, hand_over, traits_of
from leveret.wire.properties import Properties
from tests.broker.domain import bodies, exchange, message


class Place:
    """A receiver; it may have room for so many."""

    is_deleted = False
    tally = None

    def __init__(self, number=0, *, room=None):
        self.number = number
        self.may_refuse = room is not None
        self.room = room
        self.got = []

    def refuses(self, _message):
        return self.may_refuse and len(self.got) >= self.room

    def publish(self, published):
        self.got.append(published)


class Store:
    def __init__(self):
        self.kept = []

    def append(self, kept, queue_numbers):
        self.kept.append((kept, queue_numbers))


def send(published, *places):
    store = Store()
    answer = hand_over(published, Route(exchange(), places), store.append)
    return answer, [numbers for _, numbers in store.kept]


def test_every_receiver_gets_a_message_and_a_transient_one_is_stored_for_none():
    first, second = Place(1), Place()
    assert send(message("a"), first, second) == (True, [])
    assert bodies(first.got) == bodies(second.got) == ["a"]


def test_a_persistent_message_is_stored_for_the_queues_that_the_store_knows():
    assert send(message("a", is_persistent=True), Place(1), Place(), Place(3)) == (True, [(1, 3)])
    assert send(message("a", is_persistent=True), Place()) == (True, [])
    assert send(message("a", priority=3), Place(1)) == (True, [])


def test_who_is_told_of_it_is_no_receiver():
    heard = []
    route = Route(exchange(), (), witnesses=(Witness(heard.append),))
    assert hand_over(message("a", is_persistent=True), route, Store().append)
    assert bodies(heard) == ["a"]


def test_a_full_receiver_refuses_for_itself_alone():
    full, other = Place(1, room=0), Place(2)
    assert send(message("a", is_persistent=True), full, other) == (False, [(2,)])
    assert not full.got
    assert bodies(other.got) == ["a"]


def test_a_receiver_with_room_accepts():
    place = Place(1, room=1)
    assert send(message("a", is_persistent=True), place) == (True, [(1,)])
    assert send(message("b", is_persistent=True), place) == (False, [])


def test_what_the_broker_sends_gets_a_position_and_is_stored_before_it_arrives():
    store, place = Store(), Place(7)
    sent = compose("x", "k", Properties(delivery_mode=2), b"body")
    assert Sender(store, lambda: 42).send(sent, Route(exchange(), (place,)))
    assert (sent.position, sent.is_stored) == (42, True)
    assert store.kept == [(sent, (7,))]
    assert place.got == [sent]


class Moves:
    """Says what is done, in order."""

    def __init__(self, store, place):
        self.told = []
        self._store, self._place = store, place

    def begin_move(self):
        self.told.append("begin")

    def end_move(self, leaving):
        self.told.append((len(self._store.kept), len(self._place.got), leaving))


def test_what_leaves_a_queue_is_let_go_behind_its_arrival():
    store, place, let_go = Store(), Place(7), []
    route = Route(exchange(), (place,))
    leaving = Leaving(1, 2, lambda: let_go.append(len(store.kept)), None)
    sent = compose("x", "k", Properties(delivery_mode=2), b"body")
    assert Sender(store, lambda: 42).send(sent, route, leaving)
    assert let_go == [1]


def test_where_queues_lie_in_several_places_that_is_said_when_it_is_due():
    store, place = Store(), Place(7)
    moves = Moves(store, place)
    sender = Sender(store, lambda: 42, moves)
    leaving = Leaving(1, 2, None, None)
    sent = compose("x", "k", Properties(delivery_mode=2), b"body")
    assert sender.send(sent, Route(exchange(), (place,)), leaving)
    assert moves.told == ["begin", (1, 1, leaving)]
    sender.send(compose("x", "k", Properties(), b""), Route(exchange(), (place,)))
    assert len(moves.told) == 2


def test_a_composed_message_reads_as_what_it_was_made_of():
    properties = Properties(content_type="text/plain", headers={"a": 1}, priority=5)
    composed = compose("x", "k", properties, b"b" * 10_000)
    assert (composed.exchange, composed.routing_key) == ("x", "k")
    assert composed.body == b"b" * 10_000
    assert composed.properties == properties
    assert composed.traits == Traits(priority=5)


@pytest.mark.parametrize(
    ("properties", "ttl_ms", "traits"),
    [
        (Properties(), None, None),
        (Properties(delivery_mode=1), None, None),
        (Properties(delivery_mode=2), None, Traits(None, 0, True)),
        (Properties(priority=3), 0, Traits(0, 3, False)),
    ],
)
def test_traits_are_what_properties_ask_of_a_queue(properties, ttl_ms, traits):
    assert traits_of(properties, ttl_ms) == traits


class Elsewhere:
    """A queue of another node. answer: what has become of the message there."""

    is_up = True

    def when_taken(self, action):
        self.answer = action


class TestJourneys:
    def begin(self, *, insists=False):
        self.heard, queues = [], (Elsewhere(), Elsewhere())
        ends = {name: partial(self.heard.append, name) for name in ("done", "again", "refused")}
        refused = ends["refused"] if insists else None
        self.journey = Journey(Leaving(1, 2, ends["done"], ends["again"], refused), queues)
        self.journey.begin()
        return queues

    def test_it_is_over_when_all_have_the_message(self):
        first, second = self.begin()
        first.answer(True)
        self.journey.here.done()
        assert self.heard == []
        second.answer(True)
        assert self.heard == ["done"]

    def test_a_node_that_is_lost_on_the_way_has_it_begin_again(self):
        first, second = self.begin()
        self.journey.here.done()
        first.is_up = False
        first.answer(False)
        assert self.heard == []
        second.answer(True)
        assert self.heard == ["again"]

    def test_so_has_what_was_lost_here(self):
        first, second = self.begin()
        self.journey.here.again()
        first.answer(True)
        second.answer(False)
        assert self.heard == ["again"]

    @pytest.mark.parametrize(("insists", "end"), [(False, "done"), (True, "refused")])
    def test_a_queue_without_a_place_for_it_is_an_end_for_who_does_not_insist(self, insists, end):
        first, second = self.begin(insists=insists)
        self.journey.here.done()
        first.answer(False)
        second.answer(True)
        assert self.heard == [end]
