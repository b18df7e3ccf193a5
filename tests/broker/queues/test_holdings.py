"""What a queue holds, by figures that are worked out when somebody asks."""

import pytest

from leveret.broker.queues.holdings import LOOKED_AT_MAX, holdings
from leveret.broker.queues.queue import QueueOptions
from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.session.harness import PERSISTENT, World

AT = 1_700_000_000


@pytest.fixture
def world():
    return World(is_durable=True)


@pytest.fixture
def channel(world):
    return world.channel()


def figures(queue, *names):
    found = holdings(queue)
    return tuple(getattr(found, name) for name in names)


def test_an_empty_queue_holds_nothing(channel, world):
    channel.declare("q")
    found = holdings(world.vhost.queues["q"])
    assert found.messages == found.message_bytes == found.messages_ram == 0
    assert found.head_message_timestamp is None
    assert found.memory > 0


def test_what_waits_and_what_is_out_is_told_apart(channel, world):
    channel.declare("q")
    channel.fill("q", b"123", b"12345", b"1")
    channel.get("q")
    queue = world.vhost.queues["q"]
    assert figures(queue, "messages", "messages_ready", "messages_unacknowledged") == (3, 2, 1)
    octets = ("message_bytes", "message_bytes_ready", "message_bytes_unacknowledged")
    assert figures(queue, *octets) == (9, 6, 3)
    assert figures(queue, "messages_ram", "messages_ready_ram", "message_bytes_ram") == (3, 2, 9)


def test_what_comes_back_waits_again(channel, world):
    channel.declare("q")
    channel.fill("q", b"123")
    channel.get("q")
    channel.say(methods.BasicNack(1, requeue=True))
    queue = world.vhost.queues["q"]
    assert figures(queue, "messages_ready", "messages_unacknowledged") == (1, 0)


def test_persistent_messages_are_counted(channel):
    queue = channel.declare_durable("q")
    channel.fill("q", b"12345")
    channel.fill_stored("q", b"123", b"12")
    assert figures(queue, "messages_persistent", "message_bytes_persistent") == (2, 5)
    channel.get("q")
    channel.get("q")
    assert figures(queue, "messages_persistent", "message_bytes_persistent") == (2, 5)


def test_the_heads_timestamp_is_told_wherever_it_is(channel, world):
    channel.declare("q")
    channel.publish(b"", key="q", properties=Properties(timestamp=AT))
    channel.publish(b"", key="q", properties=Properties(content_type="no timestamp"))
    queue = world.vhost.queues["q"]
    assert figures(queue, "head_message_timestamp") == (AT,)
    channel.get("q")
    assert figures(queue, "head_message_timestamp") == (None,)
    channel.get("q")
    assert figures(queue, "head_message_timestamp") == (AT,)


def test_a_priority_queues_head_is_its_highest(channel, world):
    channel.declare("q", arguments={"x-max-priority": 5})
    for priority, at in ((1, AT + 1), (4, AT + 4)):
        properties = Properties(priority=priority, timestamp=at)
        channel.publish(b"12", key="q", properties=properties)
    queue = world.vhost.queues["q"]
    told = figures(queue, "head_message_timestamp", "messages_ram", "message_bytes")
    assert told == (AT + 4, 2, 4)


def test_of_a_long_queue_octets_are_judged_by_a_part(channel, world):
    channel.declare("q")
    count = 3 * LOOKED_AT_MAX
    channel.fill("q", *[b"1234"] * count)
    queue = world.vhost.queues["q"]
    assert figures(queue, "messages", "message_bytes") == (count, 4 * count)


def test_a_stream_keeps_all_of_it_on_the_disk(channel, world):
    arguments = {"x-queue-type": "stream"}
    channel.say(methods.QueueDeclare(queue="s", durable=True, arguments=arguments))
    world.sync()
    channel.take()
    channel.publish(b"123", key="s", properties=PERSISTENT)
    found = holdings(world.vhost.queues["s"])
    assert (found.messages, found.messages_ready, found.messages_ram) == (1, 1, 0)
    assert found.messages_unacknowledged == 0
    assert found.message_bytes == found.message_bytes_paged_out > 0


def test_what_left_memory_is_paged_out(world):
    queue = world.vhost.create_queue("q", QueueOptions(durable=True), None)
    channel = world.channel()
    channel.say(
        methods.QueueDeclare(queue="lazy", durable=True, arguments={"x-queue-mode": "lazy"})
    )
    world.sync()
    channel.take()
    channel.fill_stored("lazy", *[b"12345"] * 5000)
    queue = world.vhost.queues["lazy"]
    found = holdings(queue)
    assert found.messages == 5000
    assert found.messages_paged_out > 0
    assert found.messages_ram + found.messages_paged_out == 5000
    assert found.message_bytes == 25_000
    assert found.message_bytes_ram + found.message_bytes_paged_out == 25_000


def test_in_a_queue_that_a_restart_ends_no_message_is_persistent(channel, world):
    channel.declare("q")
    channel.fill_stored("q", b"123")
    queue = world.vhost.queues["q"]
    assert figures(queue, "messages_persistent", "message_bytes_persistent") == (0, 0)
    assert figures(queue, "messages", "message_bytes") == (1, 3)
