"""The engine that keeps nothing."""

import pytest

from leveret.broker.changes import VhostAdded
from leveret.broker.memory import MEMORY
from tests.broker.domain import message


def test_it_keeps_no_messages_and_has_nowhere_to_put_them():
    assert MEMORY.keeps_messages is False
    assert MEMORY.spill is None


def test_it_begins_with_nothing_whatever_was_committed():
    MEMORY.catalogue.commit(VhostAdded("/"))
    assert list(MEMORY.catalogue.load()) == []


def test_nothing_waits_for_it():
    durability = MEMORY.durability
    durability.demand()
    called = []
    durability.when_durable(lambda: called.append("at once"))
    assert called == ["at once"]
    assert (durability.batch, durability.demands, durability.is_behind) == (0, 0, False)


@pytest.mark.parametrize(
    "ask",
    [
        lambda messages: messages.append(message(), (1,)),
        lambda messages: messages.settle(1, 1),
        lambda messages: messages.settle_all(1, [1]),
        lambda messages: messages.delivered(1, 1),
        lambda messages: messages.forget(1, [1]),
        lambda messages: messages.read([1], print),
        lambda messages: messages.recovered(1),
    ],
    ids=["append", "settle", "settle all", "delivered", "forget", "read", "recovered"],
)
def test_whoever_asks_it_for_messages_is_wrong(ask):
    with pytest.raises(AssertionError, match="a broker that keeps nothing was asked"):
        ask(MEMORY.messages)
