"""The x-delivery-count header."""

from leveret.broker.queues.counting import count_of, with_count
from leveret.wire.properties import Properties
from leveret.wire.values import Int64
from tests.broker.domain import message


def test_a_message_is_delivered_with_its_count_and_otherwise_as_it_was():
    sent = message("body", key="k", properties=Properties(message_id="7", headers={"z": 1, "a": 2}))
    counted = with_count(sent, 3)
    assert list(counted.headers.items()) == [("a", 2), ("x-delivery-count", 3), ("z", 1)]
    assert type(counted.headers["x-delivery-count"]) is Int64
    assert counted.properties.message_id == "7"
    assert (counted.body, counted.position, counted.address) == (
        sent.body,
        sent.position,
        sent.address,
    )


def test_a_count_is_carried_along_and_replaced():
    sent = message("body")
    assert count_of(sent) == 0
    assert count_of(with_count(with_count(sent, 1), 2)) == 2


def test_what_a_client_put_there_may_be_no_count():
    assert count_of(message(properties=Properties(headers={"x-delivery-count": "many"}))) == 0
