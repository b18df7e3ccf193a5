"""Publisher confirms: one number per publish, answered in bulk."""

import pytest

from leveret.session.confirms import Confirms
from leveret.wire import codec, frames, methods


def said(octets):
    kind, channel, size = frames.FRAME_HEAD.unpack_from(octets)
    assert (kind, size + 8, octets[-1:]) == (frames.METHOD, len(octets), frames.END_OCTET)
    return channel, codec.decode(octets[7:-1])


def test_an_ack_covers_all_that_is_due():
    confirms = Confirms(7)
    for due, expected in [
        (1, methods.BasicAck(1)),
        (3, methods.BasicAck(4, multiple=True)),
        (1, methods.BasicAck(5)),
    ]:
        confirms.due += due
        assert said(confirms.take_ack()) == (7, expected)
        assert confirms.due == 0


@pytest.fixture
def confirming(channel):
    channel.declare()
    assert channel.call(methods.ConfirmSelect()) == methods.ConfirmSelectOk()
    return channel


def test_every_publish_is_confirmed_in_order(confirming):
    for number in (1, 2, 3):
        confirming.publish(b"x", key="q")
        assert confirming.take() == [methods.BasicAck(number)]


def test_what_comes_in_one_chunk_is_confirmed_by_one_ack(confirming):
    confirming.client.send(confirming.published(b"x", key="q") * 5)
    assert confirming.take() == [methods.BasicAck(5, multiple=True)]


def test_a_message_that_goes_nowhere_is_confirmed_too(confirming):
    confirming.publish(b"x", key="nobody")
    assert confirming.take() == [methods.BasicAck(1)]


def test_a_returned_message_is_confirmed_after_its_return(confirming):
    confirming.publish(b"x", key="nobody", mandatory=True)
    returned, ack = confirming.take()
    assert returned.method.reply_code == 312
    assert ack == methods.BasicAck(1)


def test_numbers_begin_with_the_selection(channel):
    channel.declare()
    channel.publish(b"x", key="q")
    channel.call(methods.ConfirmSelect())
    channel.publish(b"x", key="q")
    assert channel.take() == [methods.BasicAck(1)]


def test_selecting_again_changes_nothing(confirming):
    confirming.publish(b"x", key="q")
    confirming.take()
    assert confirming.call(methods.ConfirmSelect()) == methods.ConfirmSelectOk()
    confirming.publish(b"x", key="q")
    assert confirming.take() == [methods.BasicAck(2)]


def test_selection_with_nowait_is_not_answered(channel):
    channel.say(methods.ConfirmSelect(nowait=True))
    assert channel.take() == []
    channel.publish(b"x")
    assert channel.take() == [methods.BasicAck(1)]


def test_what_came_before_a_refusal_is_confirmed(confirming):
    good = confirming.published(b"x", key="q")
    bad = confirming.published(b"x", exchange="nowhere")
    confirming.client.send(good + good + bad)
    ack, close = confirming.take()
    assert ack == methods.BasicAck(2, multiple=True)
    assert close.reply_code == 404


def test_each_channel_counts_for_itself(confirming):
    other = confirming.client.channel()
    other.call(methods.ConfirmSelect())
    octets = confirming.published(b"x", key="q") + other.published(b"x", key="q")
    confirming.client.send(octets * 2)
    assert confirming.take() == other.take() == [methods.BasicAck(2, multiple=True)]


def frame(method, number=1):
    return frames.encode_frame(frames.METHOD, number, codec.encode(method))


def test_what_came_before_a_close_is_confirmed_before_it(confirming):
    confirming.client.send(
        confirming.published(b"x", key="q")
        + frame(methods.ChannelClose())
        + frame(methods.ChannelOpen())
    )
    assert confirming.take() == [
        methods.BasicAck(1),
        methods.ChannelCloseOk(),
        methods.ChannelOpenOk(),
    ]


@pytest.mark.parametrize(
    ("last", "answer"),
    [
        (methods.ConnectionClose(), methods.ConnectionCloseOk),
        (methods.QueueDeclare(), methods.ConnectionClose),
    ],
)
def test_what_came_before_the_end_of_the_connection_is_confirmed_before_it(
    confirming, last, answer
):
    confirming.client.send(confirming.published(b"x", key="q") + frame(last, 0))
    (ack_channel, ack), (end_channel, end) = confirming.client.take_all()
    assert (ack_channel, ack) == (1, methods.BasicAck(1))
    assert (end_channel, type(end)) == (0, answer)


def test_a_transaction_excludes_confirms(channel):
    channel.call(methods.TxSelect())
    close = channel.refusal(methods.ConfirmSelect())
    assert close.reply_text == "PRECONDITION_FAILED - cannot switch from tx to confirm mode"
