"""The exchange types there are, and the exchanges that every vhost has."""

import pytest

from leveret.broker.exchanges.kinds import KINDS, PREDECLARED


def test_the_types_are_those_of_the_book():
    assert KINDS.keys() == {"direct", "fanout", "headers", "topic"}


@pytest.mark.parametrize("name", KINDS)
def test_a_type_goes_by_its_name_and_begins_empty(name):
    made = KINDS[name]()
    assert made.name == name
    assert made.uses_headers is (name == "headers")
    assert list(made.route("", {})) == []


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
