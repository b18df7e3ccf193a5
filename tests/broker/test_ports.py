"""The ports: small enough to implement, and what they hand over."""

import inspect

import pytest

from leveret.broker import ports
from leveret.broker.memory import MEMORY
from leveret.broker.ports import Recovered

PORTS = [ports.MessageStore, ports.Catalogue, ports.Durability]
METHODS_MAX = 8


def verbs(port):
    return {name for name in vars(port) if not name.startswith("_")}


@pytest.mark.parametrize("port", PORTS)
def test_an_engine_can_be_written_in_an_afternoon(port):
    assert 0 < len(verbs(port)) <= METHODS_MAX


@pytest.mark.parametrize("port", PORTS)
def test_every_verb_says_what_is_asked_for(port):
    methods = [getattr(port, name) for name in verbs(port)]
    assert all(each.__doc__ for each in methods if inspect.isfunction(each))


def test_an_engine_that_keeps_nothing_still_has_all_the_verbs():
    for port, engine in zip(
        PORTS, (MEMORY.messages, MEMORY.catalogue, MEMORY.durability), strict=True
    ):
        assert all(hasattr(engine, name) for name in verbs(port))


def test_nothing_recovered_is_not_shared():
    first, second = Recovered(), Recovered()
    first.deliveries[1] = 2
    assert (second.positions, second.deliveries) == ({}, {})
