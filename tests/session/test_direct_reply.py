"""Direct reply-to: answers with no queue between."""

import pytest

from leveret.wire import methods
from leveret.wire.properties import Properties

PSEUDO_QUEUE = "amq.rabbitmq.reply-to"
REQUEST = Properties(reply_to=PSEUDO_QUEUE, correlation_id="7")


@pytest.fixture
def asking(channel):
    """A channel that listens for replies."""
    assert channel.consume(PSEUDO_QUEUE, "r", no_ack=True) == []
    return channel


@pytest.fixture
def server(world):
    serving = world.channel()
    serving.declare("requests")
    serving.consume("requests", no_ack=True)
    return serving


def test_an_answer_comes_straight_back(asking, server):
    asking.publish(b"how much?", key="requests", properties=REQUEST)
    (request,) = server.take()
    assert request.properties.correlation_id == "7"
    reply_to = request.properties.reply_to
    assert reply_to.startswith(f"{PSEUDO_QUEUE}.")
    server.publish(b"this much", key=reply_to, properties=Properties(correlation_id="7"))
    (answer,) = asking.take()
    assert answer.method == methods.BasicDeliver("r", 1, False, "", reply_to)
    assert (answer.body, answer.properties.correlation_id) == (b"this much", "7")


def test_answers_need_no_acknowledgement_and_use_up_no_tag(asking, server):
    asking.publish(b"how much?", key="requests", properties=REQUEST)
    reply_to = server.take()[0].properties.reply_to
    server.fill(reply_to, b"a", b"b")
    assert [answer.tag for answer in asking.take()] == [1, 1]
    asking.declare()
    asking.fill("q", b"x")
    assert asking.get().tag == 1


def test_the_name_leads_nowhere_once_the_consumer_has_gone(asking, server):
    asking.publish(b"how much?", key="requests", properties=REQUEST)
    reply_to = server.take()[0].properties.reply_to
    asking.call(methods.BasicCancel("r"))
    server.publish(b"too late", key=reply_to, mandatory=True)
    assert server.take()[0].method.reply_code == 312
    assert asking.take() == []


@pytest.mark.parametrize("end", ["close", "hang_up"])
def test_the_name_goes_with_the_channel(world, asking, end):
    (name,) = world.vhost.reply_consumers._waiting
    getattr(asking if end == "close" else asking.client, end)()
    assert world.vhost.reply_consumers.find(name) is None


def test_a_channel_has_one_reply_consumer(asking):
    close = asking.refusal(methods.BasicConsume(queue=PSEUDO_QUEUE, consumer_tag="s", no_ack=True))
    assert close.reply_text == "PRECONDITION_FAILED - reply consumer already set"


def test_its_tag_is_taken(asking):
    asking.say(methods.BasicConsume(queue=PSEUDO_QUEUE, consumer_tag="r", no_ack=True))
    assert asking.client.closed_with().reply_text == (
        "NOT_ALLOWED - attempt to reuse consumer tag 'r'"
    )


def test_another_may_follow_when_the_first_is_cancelled(asking):
    asking.call(methods.BasicCancel("r"))
    assert asking.consume(PSEUDO_QUEUE, "s", no_ack=True) == []


def test_a_reply_consumer_cannot_acknowledge(channel):
    close = channel.refusal(methods.BasicConsume(queue=PSEUDO_QUEUE))
    assert close.reply_text == "PRECONDITION_FAILED - reply consumer cannot acknowledge"


def test_a_request_without_a_reply_consumer_is_refused(channel, server):
    assert server.take() == []
    channel.publish(b"how much?", key="requests", properties=REQUEST)
    close = channel.take()[-1]
    assert close.reply_text == "PRECONDITION_FAILED - fast reply consumer does not exist"


def test_an_answer_fits_the_frames_of_the_one_who_asked(world, server):
    asking = world.client(tune=(10, 4096, 0)).channel()
    asking.consume(PSEUDO_QUEUE, "r", no_ack=True)
    asking.publish(b"how much?", key="requests", properties=REQUEST)
    server.publish(b"x" * 10_000, key=server.take()[0].properties.reply_to)
    assert asking.take()[0].frames_count == 3


def test_an_answer_that_comes_too_late_gets_nowhere(asking, server):
    server.call(methods.TxSelect())
    asking.publish(b"how much?", key="requests", properties=REQUEST)
    server.publish(b"x", key=server.take()[0].properties.reply_to)
    asking.call(methods.BasicCancel("r"))
    server.call(methods.TxCommit())
    assert asking.take() == []
