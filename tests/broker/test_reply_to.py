"""Direct reply-to: names that lead straight to a consumer."""

import pytest

from leveret.broker.reply_to import PSEUDO_QUEUE, ReplyConsumers
from tests.broker.domain import random_bytes


def test_a_waiting_consumer_is_found_by_its_name_until_it_goes():
    forgotten = []
    replies = ReplyConsumers(random_bytes(), forgotten.append)
    one, other = object(), object()
    name, other_name = replies.add(one), replies.add(other)
    assert name.startswith(f"{PSEUDO_QUEUE}.")
    assert (replies.find(name), replies.find(other_name)) == (one, other)
    assert forgotten == []
    replies.remove(name)
    assert (replies.find(name), replies.find(other_name)) == (None, other)
    assert forgotten == [name]


def test_nobody_waits_under_another_name():
    assert ReplyConsumers(random_bytes(), lambda _name: None).find(PSEUDO_QUEUE) is None


def test_a_consumer_goes_once():
    replies = ReplyConsumers(random_bytes(), lambda _name: None)
    with pytest.raises(KeyError):
        replies.remove("amq.rabbitmq.reply-to.nobody")
