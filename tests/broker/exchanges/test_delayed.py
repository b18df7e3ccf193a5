"""x-delayed-message: held when it says so, routed as another type otherwise."""

import pytest

from leveret.broker.errors import CommandInvalid, PreconditionFailed
from leveret.broker.exchanges.kinds import KINDS
from leveret.wire.properties import Properties
from tests.broker.domain import binding, exchange, foundation, message, queue, routed

OTHERS = sorted(KINDS.keys() - {"x-delayed-message"})


def delayed(kind="direct"):
    return exchange("later", "x-delayed-message", arguments={"x-delayed-type": kind})


def headers(delay):
    return {"headers": {"x-delay": delay}}


def test_a_message_with_a_delay_is_held():
    later = delayed()
    later.bind(binding(later, queue("jobs"), "k"))
    found = later.type.route(("k",), Properties(**headers(10)))
    assert list(found) == [later.type.delays]


@pytest.mark.parametrize("delay", [0, -10, "soon", None])
def test_a_message_without_a_delay_is_routed_as_its_type_does(delay):
    later = delayed()
    later.bind(binding(later, queue("jobs"), "k"))
    assert routed(later, "k") == ["jobs"]
    assert routed(later, "k", **headers(delay)) == ["jobs"]
    assert routed(later, "other", **headers(delay)) == []


def test_an_unbound_queue_gets_nothing_more():
    later = delayed("fanout")
    gone = binding(later, queue("jobs"))
    later.bind(gone)
    later.unbind(gone.key)
    assert routed(later) == []


@pytest.mark.parametrize("kind", OTHERS)
def test_every_other_type_can_route(kind):
    assert delayed(kind).type.inner.name == kind


def test_bindings_are_checked_by_the_type_that_routes():
    later = delayed("x-consistent-hash")
    with pytest.raises(PreconditionFailed, match="must be an integer"):
        later.type.check_binding(binding(later, queue(), "k"))


def test_arguments_are_read_by_the_type_that_routes():
    with pytest.raises(PreconditionFailed, match="Unsupported property"):
        make(x_delayed_type="x-consistent-hash", hash_property="user_id")


def make(**arguments):
    return KINDS["x-delayed-message"](foundation(**arguments))


@pytest.mark.parametrize(
    "arguments",
    [{}, {"x_delayed_type": 1}, {"x_delayed_type": None}, {"x_delayed_type": "x-delayed-message"}],
)
def test_the_type_that_routes_has_to_be_named(arguments):
    with pytest.raises(PreconditionFailed) as refusal:
        make(**arguments)
    text = "Invalid argument, 'x-delayed-type' must be an existing exchange type"
    assert str(refusal.value) == text


def test_the_type_that_routes_has_to_be_one():
    with pytest.raises(CommandInvalid) as refusal:
        make(x_delayed_type="nonsense")
    assert str(refusal.value) == "unknown exchange type 'nonsense'"


def test_what_is_held_is_counted():
    later = delayed()
    assert later.type.delayed_count == 0
    later.type.delays.publish(message("x", properties=Properties(**headers(10))))
    assert later.type.delayed_count == 1
