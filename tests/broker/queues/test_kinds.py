"""Queue types by their names."""

import pytest

from leveret.broker.queues.kinds import Homes, new_queue
from leveret.broker.queues.queue import Queue, QueueHome, QueueOptions
from leveret.broker.streams.log import StreamHome
from leveret.broker.streams.stream import Stream
from tests.broker.domain import memory_only
from tests.broker.streams.hand import Streamed


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [({}, Queue), ({"x-queue-type": "classic"}, Queue), ({"x-queue-type": "stream"}, Stream)],
)
def test_x_queue_type_says_what_a_queue_is(agenda, arguments, kind):
    paging = memory_only()
    homes = Homes(
        QueueHome("/", agenda, paging, lambda _queue: None, lambda *_dead: None),
        StreamHome("/", agenda, paging, Streamed(keeps=False).keeper),
    )
    made = new_queue(homes, "q", QueueOptions(durable=True, arguments=arguments), 0)
    assert type(made) is kind
    assert str(made) == "queue 'q' in vhost '/'"
