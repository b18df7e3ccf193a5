"""What the queues of a broker share."""

from tests.broker.domain import memory_only


def test_a_broker_that_keeps_nothing_has_neither_store_nor_spill():
    assert not memory_only().is_used
