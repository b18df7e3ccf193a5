"""Properties keys: as RabbitMQ writes them, and as people write them into paths."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.exchanges.exchange import Exchange, ExchangeOptions
from leveret.broker.exchanges.fanout import Fanout
from leveret.management.properties_key import Asked, properties_key
from leveret.wire.values import Int64

HEADERS = {"x-match": "all", "a": 1, "b": "x"}

# What RabbitMQ 3.10.8 gives to bindings like these.
KEYS = [
    ("", {}, "~"),
    ("key", {}, "key"),
    ("~", {}, "%7E"),
    ("~ü /x", {}, "%7E%C3%BC+%2Fx"),
    ("a.#", {}, "a.%23"),
    ("", HEADERS, "~9MBp2A"),
    ("k", {"x-match": "any", "l": [1, 2], "t": {"q": True}}, "k~EmE9Ng"),
    ("q", {"z": Int64(1), "a": "b"}, "q~GS70pQ"),
]


def binding(routing_key, arguments):
    exchange = Exchange("/", "x", Fanout(), ExchangeOptions())
    return Binding(exchange, exchange, routing_key, arguments)


@pytest.mark.parametrize(("routing_key", "arguments", "key"), KEYS)
def test_a_binding_is_named_as_rabbitmq_names_it(routing_key, arguments, key):
    assert properties_key(routing_key, arguments) == key
    assert Asked(key).names(binding(routing_key, arguments))


@pytest.mark.parametrize("written", ["a.#", "a.%23", "a.#~"])
def test_a_routing_key_may_be_written_as_it_is_too(written):
    assert Asked(written).names(binding("a.#", {}))


@pytest.mark.parametrize(
    "written", ["", "~", "k", "~nope", "~9MBp2A~x", "~~9MBp2A", "%7E9MBp2A", "\udcff"]
)
def test_another_key_names_another_binding(written):
    assert not Asked(written).names(binding("", HEADERS))


def test_arguments_are_part_of_the_name():
    assert not Asked("~9MBp2A").names(binding("", {}))
    assert not Asked("~").names(binding("", HEADERS))


def test_a_routing_key_of_any_octets_has_a_name():
    assert properties_key("\udcff", {}) == "%FF"
    assert Asked("%FF").names(binding("\udcff", {}))
