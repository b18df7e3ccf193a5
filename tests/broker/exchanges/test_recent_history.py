"""x-recent-history: a fanout with a memory."""

import pytest

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.exchange import Exchange, ExchangeOptions, Foundation
from leveret.broker.exchanges.recent_history import RecentHistory
from leveret.broker.routing import find_route
from leveret.wire.properties import Properties
from leveret.wire.values import Int8, Timestamp
from tests.broker.domain import binding, exchange, exchange_home, foundation, message, queue


class Place:
    """Exchanges with a history, and what they have sent again."""

    def __init__(self):
        self.exchanges = {}
        self.home = exchange_home(route=self.route, send=self.send)

    def history(self, name="chat", **arguments):
        table = {each.replace("_", "-"): value for each, value in arguments.items()}
        made = RecentHistory(Foundation(self.home, name, table))
        self.exchanges[name] = Exchange("/", name, made, ExchangeOptions())
        return self.exchanges[name]

    def fanout(self, name):
        self.exchanges[name] = exchange(name, "fanout")
        return self.exchanges[name]

    def route(self, name, key, properties, copy_keys):
        return find_route(self.exchanges, self.exchanges[name], (key, *copy_keys), properties)

    def send(self, sent, route):
        for each in (*route.receivers, *route.witnesses):
            each.publish(sent)

    def say(self, source, body, key="k", headers=None):
        properties = Properties(headers=headers)
        said = message(body, exchange=source.name, key=key, properties=properties)
        self.send(said, self.route(source.name, key, properties, ()))

    def heard(self, hearing):
        found = []
        while (taken := hearing.get()) is not None:
            found.append(taken[0].body.decode())
        return found


@pytest.fixture
def place():
    return Place()


def test_it_is_a_fanout(place):
    chat, one, other = place.history(), queue("one"), queue("other")
    chat.bind(binding(chat, one))
    chat.bind(binding(chat, other, "any"))
    place.say(chat, "hello")
    assert place.heard(one) == place.heard(other) == ["hello"]


def test_who_binds_gets_the_last_messages_the_oldest_first(place):
    chat, late = place.history(x_recent_history_length=2), queue("late")
    for body in "abc":
        place.say(chat, body)
    chat.bind(binding(chat, late))
    place.say(chat, "d")
    assert place.heard(late) == ["b", "c", "d"]


def test_it_remembers_twenty_unless_told_otherwise(place):
    chat, late = place.history(), queue("late")
    for number in range(25):
        place.say(chat, str(number))
    chat.bind(binding(chat, late))
    assert place.heard(late) == [str(number) for number in range(5, 25)]


def test_they_come_as_they_were_sent(place):
    chat, late = place.history(), queue("late")
    place.say(chat, "x", "key", {"a": 1})
    chat.bind(binding(chat, late, "other"))
    again, _redelivered = late.get()
    assert (again.exchange, again.routing_key, again.headers) == ("chat", "key", {"a": 1})


def test_every_new_binding_brings_them_and_a_known_one_does_not(place):
    chat, late = place.history(), queue("late")
    place.say(chat, "x")
    chat.bind(binding(chat, late, "1"))
    chat.bind(binding(chat, late, "1"))
    chat.bind(binding(chat, late, "2"))
    assert place.heard(late) == ["x", "x"]


def test_an_unbound_queue_gets_nothing_more(place):
    chat, gone = place.history(), queue("gone")
    bound = binding(chat, gone)
    chat.bind(bound)
    chat.unbind(bound.key)
    place.say(chat, "x")
    assert place.heard(gone) == []


@pytest.mark.parametrize(
    ("value", "is_remembered"), [(True, False), (False, True), (1, True), ("true", True)]
)
def test_a_message_may_ask_to_be_forgotten(place, value, is_remembered):
    chat, here, late = place.history(), queue("here"), queue("late")
    chat.bind(binding(chat, here))
    place.say(chat, "x", headers={"x-recent-history-no-store": value})
    chat.bind(binding(chat, late))
    assert place.heard(here) == ["x"]
    assert place.heard(late) == (["x"] if is_remembered else [])


def test_nobody_bound_is_no_route_and_is_remembered_all_the_same(place):
    chat, late = place.history(), queue("late")
    assert place.route("chat", "k", Properties(), ()).receivers == ()
    place.say(chat, "x")
    chat.bind(binding(chat, late))
    assert place.heard(late) == ["x"]


def test_an_exchange_that_is_bound_gets_them_too(place):
    chat, behind, late = place.history(), place.fanout("behind"), queue("late")
    behind.bind(binding(behind, late))
    for body in "ab":
        place.say(chat, body)
    chat.bind(binding(chat, behind))
    assert place.heard(late) == ["a", "b"]


def test_a_history_behind_a_history_remembers_what_it_was_given(place):
    chat, second, late = place.history(), place.history("second"), queue("late")
    place.say(chat, "a")
    chat.bind(binding(chat, second))
    second.bind(binding(second, late))
    assert place.heard(late) == ["a"]


@pytest.mark.parametrize("length", [1, Int8(2), 10**6])
def test_a_length_is_a_number_above_zero(length):
    RecentHistory(foundation(x_recent_history_length=length))


@pytest.mark.parametrize(
    ("length", "spelt"),
    [
        (0, "0"),
        (-1, "-1"),
        ("3", '<<"3">>'),
        (3.0, "3.0"),
        (True, "true"),
        (None, "undefined"),
        (Timestamp(5), "5"),
        ([Int8(1)], "[{byte,1}]"),
    ],
)
def test_another_length_is_refused(length, spelt):
    with pytest.raises(PreconditionFailed) as refusal:
        RecentHistory(foundation(x_recent_history_length=length))
    text = f"Invalid argument {spelt}, 'x-recent-history-length' must be a positive integer"
    assert str(refusal.value) == text
