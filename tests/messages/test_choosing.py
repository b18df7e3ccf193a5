"""Whose messages may be chosen."""

import pytest

from leveret.broker.errors import Unsupported
from leveret.broker.queues.queue import QueueOptions
from leveret.messages.choosing import queue_to_change
from tests.management.domain import entered, queue


def test_a_streams_messages_stay():
    access = entered()
    assert queue_to_change(queue(access, "q")).name == "q"
    options = QueueOptions(durable=True, arguments={"x-queue-type": "stream"})
    with pytest.raises(Unsupported, match="cannot be moved or deleted"):
        queue_to_change(access.declare_queue("s", options))
