"""From an exchange and a key to queues: each once, alternates last, circles end."""

import pytest

from leveret.broker.routing import find_route
from leveret.wire.properties import Properties
from tests.broker.domain import binding, exchange, queue


class Map:
    """A few exchanges and queues, bound by a line of text each."""

    def __init__(self):
        self.exchanges = {}
        self.queues = {}

    def exchange(self, name, kind="fanout", alternate=None):
        arguments = {} if alternate is None else {"alternate-exchange": alternate}
        self.exchanges[name] = exchange(name, kind, arguments=arguments)

    def bind(self, source, target, key="", **arguments):
        """To the exchange of that name if there is one, else to a queue."""
        destination = self.exchanges.get(target) or self.queues.setdefault(target, queue(target))
        self.exchanges[source].bind(binding(self.exchanges[source], destination, key, **arguments))

    def route(self, start, *keys, headers=None):
        return find_route(
            self.exchanges, self.exchanges[start], keys or ("",), Properties(headers=headers)
        )

    def reached(self, start, *keys, headers=None):
        return sorted(each.name for each in self.route(start, *keys, headers=headers).receivers)


@pytest.fixture
def roads():
    return Map()


def test_a_route_leads_through_exchanges_behind_exchanges(roads):
    for name in "abc":
        roads.exchange(name)
    for source, target in [("a", "b"), ("b", "c"), ("c", "q"), ("a", "r")]:
        roads.bind(source, target)
    assert roads.reached("a") == ["q", "r"]
    assert roads.reached("c") == ["q"]


def test_the_key_stays_the_same_on_the_way(roads):
    roads.exchange("a", "topic")
    roads.exchange("b", "direct")
    roads.bind("a", "b", "logs.#")
    roads.bind("b", "q", "logs.error")
    roads.bind("b", "r", "logs.#")
    assert roads.reached("a", "logs.error") == ["q"]


def test_each_queue_is_reached_once_whatever_the_number_of_ways(roads):
    roads.exchange("a", "topic")
    roads.exchange("b")
    roads.exchange("c")
    for target, key in [("q", "#"), ("q", "k"), ("b", "#"), ("c", "#")]:
        roads.bind("a", target, key)
    roads.bind("b", "q")
    roads.bind("c", "q")
    assert roads.reached("a", "k") == ["q"]


def test_circles_end(roads):
    for name in "abc":
        roads.exchange(name)
    for source, target in [("a", "b"), ("b", "c"), ("c", "a"), ("a", "a"), ("b", "q"), ("c", "r")]:
        roads.bind(source, target)
    assert roads.reached("a") == roads.reached("c") == ["q", "r"]


def test_a_message_without_a_way_takes_the_alternate(roads):
    roads.exchange("a", "direct", alternate="spare")
    roads.exchange("spare")
    roads.bind("a", "q", "known")
    roads.bind("spare", "lost")
    assert roads.reached("a", "known") == ["q"]
    assert roads.reached("a", "unknown") == ["lost"]


def test_alternates_follow_each_other(roads):
    roads.exchange("a", "direct", alternate="b")
    roads.exchange("b", "direct", alternate="c")
    roads.exchange("c")
    roads.bind("c", "lost")
    assert roads.reached("a", "k") == ["lost"]


def test_alternates_in_a_circle_end(roads):
    roads.exchange("a", "direct", alternate="b")
    roads.exchange("b", "direct", alternate="a")
    assert roads.reached("a", "k") == []


def test_an_alternate_that_is_not_there_is_no_way(roads):
    roads.exchange("a", "direct", alternate="nowhere")
    assert roads.reached("a", "k") == []


def test_a_way_to_an_exchange_is_a_way_even_if_it_ends_there(roads):
    """RabbitMQ asks each exchange for itself whether it found a way."""
    roads.exchange("a", alternate="spare")
    roads.exchange("b")
    roads.exchange("spare")
    roads.bind("a", "b")
    roads.bind("spare", "lost")
    assert roads.reached("a") == []


def test_all_keys_go_along_to_the_exchanges_behind(roads):
    roads.exchange("a", "direct")
    roads.exchange("b", "direct")
    roads.bind("a", "b", "to")
    roads.bind("b", "q", "copy")
    assert roads.reached("a", "to") == []
    assert roads.reached("a", "to", "copy") == ["q"]


def test_the_alternate_is_for_messages_that_no_key_leads_anywhere(roads):
    roads.exchange("a", "direct", alternate="spare")
    roads.exchange("spare")
    roads.bind("a", "q", "known")
    roads.bind("spare", "lost")
    assert roads.reached("a", "unknown", "known") == ["q"]
    assert roads.reached("a", "unknown", "unheard") == ["lost"]


def test_a_route_that_looks_at_headers_says_so(roads):
    roads.exchange("a")
    roads.exchange("h", "headers")
    roads.bind("a", "h")
    roads.bind("h", "red", colour="red")
    assert roads.reached("a", headers={"colour": "red"}) == ["red"]
    assert roads.reached("a", headers={"colour": "blue"}) == []
    assert roads.route("a").is_for_one
    assert roads.route("h").is_for_one


def test_a_route_that_does_not_can_be_remembered(roads):
    roads.exchange("a")
    roads.bind("a", "q")
    route = roads.route("a")
    assert not route.is_for_one
    assert route.exchange is roads.exchanges["a"]


def test_a_route_knows_the_queues_that_messages_are_stored_for(roads):
    roads.exchange("a")
    for target in ("q", "r", "s"):
        roads.bind("a", target)
    assert roads.route("a").queue_numbers == ()
    roads.queues["q"].number, roads.queues["s"].number = 3, 7
    assert roads.route("a").queue_numbers == (3, 7)
