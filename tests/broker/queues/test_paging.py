"""What the queues of a broker share."""

from leveret.broker.queues.paging import Paging


def test_a_broker_that_keeps_nothing_has_neither_store_nor_spill():
    assert (Paging().store, Paging().spill) == (None, None)
