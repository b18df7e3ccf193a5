"""A method behaves like a frozen dataclass of its arguments."""

import copy

import pytest

from leveret.wire.domains import NO_FIELDS
from leveret.wire.methods import (
    BasicAck,
    BasicReject,
    ChannelCloseOk,
    ConnectionCloseOk,
    QueueDeclare,
)


def test_arguments_are_given_in_order_or_by_name():
    assert (
        BasicAck(7, True) == BasicAck(delivery_tag=7, multiple=True) == BasicAck(7, multiple=True)
    )


def test_an_argument_that_is_not_given_has_the_declared_default():
    declare = QueueDeclare(queue="jobs")
    assert (declare.queue, declare.durable, declare.ticket) == ("jobs", False, 0)
    assert declare.arguments == {}


def test_a_default_table_cannot_be_filled():
    with pytest.raises(TypeError):
        NO_FIELDS["x-max-length"] = 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: BasicAck(1, True, "more"),
        lambda: BasicAck(1, delivery_tag=1),
        lambda: BasicAck(tag=1),
        lambda: ConnectionCloseOk(1),
    ],
    ids=["too many", "given twice", "unknown name", "takes none"],
)
def test_a_method_takes_its_own_arguments_and_each_once(wrong):
    with pytest.raises(TypeError, match=r"takes at most \("):
        wrong()


def test_the_error_names_the_arguments():
    with pytest.raises(TypeError, match=r"BasicAck takes at most \(delivery_tag, multiple\)"):
        BasicAck(tag=1)


def test_a_method_is_frozen():
    ack = BasicAck(7)
    with pytest.raises(AttributeError, match="BasicAck is frozen: delivery_tag stays"):
        ack.delivery_tag = 8
    with pytest.raises(AttributeError, match="BasicAck is frozen: delivery_tag stays"):
        del ack.delivery_tag
    assert ack.delivery_tag == 7


def test_methods_are_equal_when_kind_and_arguments_are():
    assert BasicAck(7) == BasicAck(7, False)
    assert BasicAck(7) != BasicAck(8)
    assert BasicAck(7) != BasicReject(7)
    assert ConnectionCloseOk() != ChannelCloseOk()
    assert BasicAck(7) != (7, False)


def test_equal_methods_have_one_hash():
    assert {BasicAck(7), BasicAck(7, False), BasicReject(7)} == {BasicAck(7), BasicReject(7)}


def test_a_method_shows_its_arguments():
    assert repr(BasicAck(7, True)) == "BasicAck(delivery_tag=7, multiple=True)"
    assert repr(ConnectionCloseOk()) == "ConnectionCloseOk()"


def test_a_method_lists_its_arguments_in_order():
    assert BasicAck(7, True).values() == [7, True]
    assert BasicAck.names == ("delivery_tag", "multiple")
    assert BasicAck.layout == (("delivery_tag", "longlong"), ("multiple", "bit"))


def test_a_method_can_be_copied():
    declare = QueueDeclare(queue="jobs", arguments={"x-max-priority": 5})
    assert copy.copy(declare) == declare
