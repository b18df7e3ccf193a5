"""The exchange types there are, and the exchanges that every vhost has."""

import pytest

from leveret.broker.errors import CommandInvalid
from leveret.broker.exchanges.kinds import HOLDING, KINDS, PREDECLARED, check_kind
from tests.broker.domain import binding, exchange, queue, routed

OF_THE_BOOK = {"direct", "fanout", "headers", "topic"}
PLUGGED_IN = {
    "x-consistent-hash",
    "x-delayed-message",
    "x-local-random",
    "x-modulus-hash",
    "x-random",
    "x-recent-history",
}
LOOKING = {"headers", "x-delayed-message", "x-local-random", "x-random", "x-recent-history"}
ARGUMENTS = {"x-delayed-message": {"x-delayed-type": "direct"}}


def test_the_types_are_those_of_the_book_and_of_rabbitmqs_plugins():
    assert KINDS.keys() == OF_THE_BOOK | PLUGGED_IN


@pytest.mark.parametrize("name", KINDS)
def test_a_type_goes_by_its_name_and_begins_empty(name):
    made = exchange(kind=name, arguments=ARGUMENTS.get(name, {}))
    assert made.type.name == name
    assert made.type.looks_at_message is (name in LOOKING)
    no_store = {"x-recent-history-no-store": True}
    assert routed(made, headers=no_store) == []


@pytest.mark.parametrize(
    "name", ["direct", "fanout", "topic", "x-modulus-hash", "x-random", "x-recent-history"]
)
def test_most_take_any_binding(name):
    made = exchange(kind=name)
    made.type.check_binding(binding(made, queue(), "any", x_match="thing"))


def test_a_kind_that_there_is_not_is_refused():
    check_kind("direct")
    for kind, text in [
        ("nonsense", "unknown exchange type 'nonsense'"),
        ("", "invalid exchange type ''"),
    ]:
        with pytest.raises(CommandInvalid) as refusal:
            check_kind(kind)
        assert str(refusal.value) == text


def test_those_that_keep_messages_are_among_them():
    assert KINDS.keys() > HOLDING


def test_the_predeclared_exchanges_are_those_of_rabbitmq():
    assert {name: (kind, internal) for name, kind, internal in PREDECLARED} == {
        "": ("direct", False),
        "amq.direct": ("direct", False),
        "amq.fanout": ("fanout", False),
        "amq.headers": ("headers", False),
        "amq.match": ("headers", False),
        "amq.rabbitmq.trace": ("topic", True),
        "amq.topic": ("topic", False),
    }
