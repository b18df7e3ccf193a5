"""Getting without a channel."""

import asyncio

import pika
import pytest

from leveret.broker.errors import NotFound, Unsupported
from leveret.broker.queues.queue import QueueOptions
from leveret.config import Settings
from leveret.management.getting import ANSWER_OCTETS_MAX, Taken, get, shown
from leveret.management.publishing import Outgoing, publish
from leveret.wire.properties import Properties
from tests.broker.domain import message
from tests.management.asking import asking
from tests.management.domain import entered, queue
from tests.management.objects import Objects

PERSISTENT = pika.BasicProperties(delivery_mode=2)


@pytest.fixture
def access():
    return entered()


def fill(access, *bodies):
    q = queue(access, "q")
    for body in bodies:
        publish(access, Outgoing("", "q", Properties(), body), 0.0)
    return q


def take(access, count=100, ack_mode="ack_requeue_false"):
    return asyncio.run(get(access, "q", count, ack_mode))


def test_the_oldest_come_first_and_say_how_many_are_left(access):
    fill(access, b"a", b"b", b"c")
    found = take(access, 2)
    assert [(each.message.body, each.remaining) for each in found] == [(b"a", 2), (b"b", 1)]


def test_none_is_asked_for_and_none_is_taken(access):
    q = fill(access, b"a")
    assert take(access, 0) == []
    assert q.ready.count == 1


def test_a_negative_count_means_all(access):
    fill(access, b"a", b"b", b"c")
    assert len(take(access, -1)) == 3


def test_an_answer_has_an_end(access):
    half = b"x" * (ANSWER_OCTETS_MAX // 2)
    q = fill(access, half, half, half)
    assert len(take(access, -1)) == 2
    assert q.ready.count == 1


def test_what_was_looked_at_comes_again_in_its_place(access):
    q = fill(access, b"a", b"b")
    take(access, 1, "ack_requeue_true")
    assert [q.get()[0].body, q.get()[0].body] == [b"a", b"b"]


def test_what_is_rejected_dies(access):
    access.declare_queue("dead", QueueOptions())
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    access.declare_queue("q", QueueOptions(arguments=arguments))
    publish(access, Outgoing("", "q", Properties(), b"a"), 0.0)
    take(access, 1, "reject_requeue_false")
    letter, _ = access.vhost.queue("dead").get()
    assert letter.headers["x-death"][0]["reason"] == "rejected"


def test_who_gives_up_in_between_leaves_everything_there(access):
    q = fill(access, *[b"x"] * 1000)

    async def give_up():
        asked = asyncio.create_task(get(access, "q", -1, "ack_requeue_false"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert 0 < q.ready.count < 1000
        asked.cancel()
        await asyncio.wait([asked])

    asyncio.run(give_up())
    assert q.ready.count == 1000


def test_a_queue_has_to_be_there_and_to_be_one_to_get_from(access):
    with pytest.raises(NotFound):
        take(access)
    options = QueueOptions(durable=True, arguments={"x-queue-type": "stream"})
    access.declare_queue("q", options)
    with pytest.raises(Unsupported):
        take(access)


def test_messages_are_fetched_from_the_disk(tmp_path):
    """A lazy queue has few of them at hand."""
    with asking(settings=Settings(data_dir=tmp_path)) as api:
        api.broker.admin.add_vhost("v")
        api.broker.admin.set_permission("guest", vhost="v")
        objects = Objects(api, "v")
        lazy = {"durable": True, "arguments": {"x-queue-mode": "lazy"}}
        objects.do("PUT", "/queues/{v}/q", lazy)
        with objects.channel() as channel:
            channel.confirm_delivery()
            for number in range(300):
                channel.basic_publish("", "q", str(number), PERSISTENT)
        assert [each["payload"] for each in objects.take("q", 300)] == [str(n) for n in range(300)]
        assert objects.take("q") == []


def test_octets_that_are_no_text_are_shown_in_base64():
    told = shown(Taken(message("ü"), False, 0), "auto", 1)
    assert (told["payload"], told["payload_encoding"], told["payload_bytes"]) == (
        "ww==",
        "base64",
        2,
    )
    told = shown(Taken(message("ü"), False, 0), "base64", None)
    assert (told["payload"], told["payload_encoding"]) == ("w7w=", "base64")


def test_no_properties_are_an_empty_list_and_others_are_named():
    assert shown(Taken(message("x"), False, 0), "auto", None)["properties"] == []
    properties = Properties(headers={"o": b"\xff"}, message_id="\udcff", timestamp=5)
    told = shown(Taken(message("x", properties=properties), False, 0), "auto", None)
    assert told["properties"] == {
        "headers": {"o": "Not UTF-8, base64 is: /w=="},
        "message_id": "Not UTF-8, base64 is: /w==",
        "timestamp": 5,
    }
