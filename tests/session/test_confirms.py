"""Publisher confirms: one number per publish, answered in bulk."""

import pytest

from leveret.session.confirms import Confirms, HeldConfirms
from leveret.wire import codec, frames, methods
from tests.broker.fake_storage import FakeDurability
from tests.session.harness import PERSISTENT


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


class Disk:
    """Held confirms, what was written of them, and the batches they wait for."""

    def __init__(self):
        self.durability = FakeDurability()
        self.written = []
        self.held = HeldConfirms(self.durability, lambda ack: self.written.append(said(ack)))

    def hold(self, confirms, due, *, has_appended=True):
        confirms.due += due
        self.held.hold(confirms, has_appended=has_appended)

    def sync(self):
        self.durability.sync()
        written, self.written = self.written, []
        return written


def test_what_is_held_is_confirmed_by_batch_and_channel():
    disk, one, other = Disk(), Confirms(1), Confirms(2)
    disk.hold(one, 1)
    disk.hold(other, 3)
    disk.hold(one, 1)
    assert len(disk.durability.actions) == 1
    assert disk.written == []
    assert disk.sync() == [(1, methods.BasicAck(2, True)), (2, methods.BasicAck(3, True))]
    assert one.held == other.held == 0
    disk.hold(one, 1)
    assert disk.sync() == [(1, methods.BasicAck(3))]


def test_what_comes_behind_a_held_one_waits_with_it_and_for_no_batch_of_its_own():
    disk, confirms = Disk(), Confirms(1)
    disk.hold(confirms, 1)
    disk.durability.begin_sync()
    disk.hold(confirms, 1, has_appended=False)
    disk.hold(confirms, 4)
    disk.durability.end_sync()
    assert disk.written == [(1, methods.BasicAck(2, True))]
    assert confirms.held == 4
    disk.written.clear()
    assert disk.sync() == [(1, methods.BasicAck(6, True))]


def test_a_channel_that_is_gone_is_confirmed_nothing():
    disk, one, other = Disk(), Confirms(1), Confirms(2)
    disk.hold(one, 1)
    disk.hold(other, 1)
    disk.held.drop(one)
    disk.held.drop(Confirms(3))
    assert disk.sync() == [(2, methods.BasicAck(1))]
    assert disk.sync() == []


class Places:
    """A durability whose batches become safe one by one, in any order."""

    def __init__(self):
        self.batch = 0
        self.actions = {}

    def append(self):
        self.batch += 1

    def when_durable(self, action):
        self.actions[self.batch] = action

    def safe(self, batch):
        self.actions.pop(batch)()


def test_batches_that_are_durable_out_of_turn_are_confirmed_in_the_order_of_publishing():
    places, written, one, other = Places(), [], Confirms(1), Confirms(2)
    held = HeldConfirms(places, lambda ack: written.append(said(ack)))
    for confirms, due in [(one, 1), (one, 2), (other, 1), (one, 1)]:
        places.append()
        confirms.due = due
        held.hold(confirms, has_appended=True)
    # Not number 1 and 2, which are the first batch's and half of the second.
    places.safe(2)
    places.safe(3)
    assert written == []
    # What needs no place of its own stands behind what was published before it.
    one.due = 1
    held.hold(one, has_appended=False)
    places.safe(1)
    assert written == [
        (1, methods.BasicAck(1)),
        (1, methods.BasicAck(3, multiple=True)),
        (2, methods.BasicAck(1)),
    ]
    written.clear()
    places.safe(4)
    assert written == [(1, methods.BasicAck(5, multiple=True))]
    assert one.held == other.held == 0


def test_nothing_is_added_to_a_batch_that_is_safe_already():
    places, confirms = Places(), Confirms(1)
    held = HeldConfirms(places, [].append)
    for _ in range(2):
        places.append()
        confirms.due = 1
        held.hold(confirms, has_appended=True)
    places.safe(2)
    confirms.due = 1
    with pytest.raises(AssertionError, match="a batch that is safe"):
        held.hold(confirms, has_appended=True)


class Losing(Places):
    """One that may lose a batch."""

    def __init__(self):
        super().__init__()
        self.lost = {}

    def when_kept(self, action, lost):
        self.when_durable(action)
        self.lost[self.batch] = lost

    def lose(self, batch):
        del self.actions[batch]
        self.lost.pop(batch)()


def test_what_is_lost_is_refused_in_its_turn_and_the_rest_is_confirmed():
    places, written, one, other = Losing(), [], Confirms(1), Confirms(2)
    held = HeldConfirms(places, written.append, places.when_kept)
    for confirms, due in [(one, 1), (one, 2), (other, 1), (one, 1)]:
        places.append()
        confirms.due = due
        held.hold(confirms, has_appended=True)
    places.lose(2)
    places.lose(3)
    assert written == []
    places.safe(1)
    assert [said(frame) for octets in written for frame in frames_of(octets)] == [
        (1, methods.BasicAck(1)),
        (1, methods.BasicNack(2)),
        (1, methods.BasicNack(3)),
        (2, methods.BasicNack(1)),
    ]
    written.clear()
    places.safe(4)
    assert said(*written) == (1, methods.BasicAck(4))
    assert (one.refused_count, one.confirmed, one.held) == (2, 2, 0)


def frames_of(octets):
    while octets:
        end = frames.FRAME_HEAD.unpack_from(octets)[2] + 8
        yield octets[:end]
        octets = octets[end:]


def test_nothing_is_refused_twice():
    """By a queue here, by another node, and with the place where it was to be kept."""
    confirms = Confirms(1)
    confirms.take_nack()
    confirms.due += 1
    assert confirms.expect(1) == 2
    confirms.due += 1
    confirms.expect(1)
    confirms.due += 1
    confirms.hold(1)
    nack = methods.BasicNack
    assert said(confirms.answered(3, is_taken=False)) == (1, nack(3))
    answers = [said(each) for each in frames_of(confirms.take_held_nacks(2))]
    assert answers == [(1, nack(2))]
    assert confirms.received == 3
    assert (confirms.refused_count, confirms.confirmed) == (3, 0)


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


# What the disk must have first -----------------------------------------------------------------


@pytest.fixture
def careful(durable):
    """A confirming channel, and the durable queue `q`."""
    channel = durable.channel()
    channel.declare_durable()
    channel.call(methods.ConfirmSelect())
    return channel


def test_a_persistent_message_in_a_durable_queue_is_confirmed_when_the_disk_has_it(
    durable, careful
):
    careful.fill_stored("q", b"a", b"b")
    assert careful.take() == []
    durable.sync()
    assert careful.take() == [methods.BasicAck(2, multiple=True)]
    durable.sync()
    assert careful.take() == []


def test_what_is_published_meanwhile_waits_for_the_next_batch(durable, careful):
    careful.fill_stored("q", b"a")
    durable.engine.durability.begin_sync()
    careful.fill_stored("q", b"b")
    durable.engine.durability.end_sync()
    assert careful.take() == [methods.BasicAck(1)]
    durable.sync()
    assert careful.take() == [methods.BasicAck(2)]


def test_a_transient_message_behind_a_stored_one_waits_with_it(durable, careful):
    careful.fill_stored("q", b"a")
    careful.fill("q", b"b")
    assert careful.take() == []
    durable.sync()
    assert careful.take() == [methods.BasicAck(2, multiple=True)]
    careful.fill("q", b"c")
    assert careful.take() == [methods.BasicAck(3)]


def test_what_need_not_be_stored_is_confirmed_at_once(careful):
    careful.client.channel(9).declare("transient")
    careful.fill("q", b"a")
    careful.fill_stored("transient", b"b")
    careful.fill_stored("nobody", b"c")
    assert careful.take() == [methods.BasicAck(number) for number in (1, 2, 3)]


def test_other_channels_do_not_wait(durable, careful):
    other = careful.client.channel()
    other.call(methods.ConfirmSelect())
    careful.client.send(
        careful.published(b"a", key="q", properties=PERSISTENT) + other.published(b"b", key="q")
    )
    assert careful.take() == []
    assert other.take() == [methods.BasicAck(1)]
    durable.sync()
    assert careful.take() == [methods.BasicAck(1)]


@pytest.mark.parametrize("is_refused", [True, False])
def test_what_is_not_safe_when_the_channel_closes_is_not_confirmed(durable, careful, is_refused):
    careful.fill_stored("q", b"a")
    if is_refused:
        careful.refusal(methods.QueueDeclare(queue="missing", passive=True))
    else:
        careful.close()
    assert careful.call(methods.ChannelOpen()) == methods.ChannelOpenOk()
    careful.call(methods.ConfirmSelect())
    careful.fill("q", b"b")
    assert careful.take() == [methods.BasicAck(1)]
    durable.sync()
    assert careful.take() == []


def test_nothing_is_confirmed_to_a_client_that_has_gone(durable, careful):
    careful.fill_stored("q", b"a")
    careful.client.hang_up()
    durable.sync()
    assert careful.client.take_all() == []


# Refused messages -------------------------------------------------------------------------------


def refuse(confirms):
    """One more message, which a queue refused: the nack, and the count that every publish adds."""
    nack = said(confirms.take_nack())[1]
    confirms.due += 1
    return nack


def test_a_refused_message_has_its_number_and_is_confirmed_no_more():
    confirms = Confirms(1)
    assert refuse(confirms) == methods.BasicNack(1)
    assert refuse(confirms) == methods.BasicNack(2)
    assert confirms.due == 0
    confirms.due += 1
    assert said(confirms.take_ack())[1] == methods.BasicAck(3)


def test_an_ack_of_several_passes_over_what_was_refused():
    disk, confirms = Disk(), Confirms(1)
    disk.hold(confirms, 2)
    assert refuse(confirms) == methods.BasicNack(3)
    disk.hold(confirms, 1)
    assert refuse(confirms) == methods.BasicNack(5)
    assert disk.sync() == [(1, methods.BasicAck(4, True))]
    confirms.due += 1
    assert said(confirms.take_ack())[1] == methods.BasicAck(6)


def test_what_was_held_before_a_refused_one_is_confirmed_without_it():
    disk, confirms = Disk(), Confirms(1)
    disk.hold(confirms, 2)
    refuse(confirms)
    assert disk.sync() == [(1, methods.BasicAck(2, True))]
    confirms.due += 2
    assert said(confirms.take_ack())[1] == methods.BasicAck(5, True)


class TestOtherNodes:
    """Messages that are safe when other nodes have said so."""

    @staticmethod
    def published(*counts):
        """A channel's confirms, its messages on their way to so many queues of other nodes."""
        confirms = Confirms(1)
        numbers = []
        for count in counts:
            if count:
                numbers.append(confirms.expect(count))
            confirms.due += 1
        return confirms, numbers

    def test_all_of_them_have_to_answer(self):
        confirms, (number,) = self.published(2)
        assert confirms.take_ack() == b""
        for answer in (b"", methods.BasicAck(1)):
            assert confirms.answered(number, is_taken=True) == b""
            octets = confirms.take_answered()
            assert (said(octets)[1] if octets else b"") == answer
        assert (confirms.confirmed, confirms.received) == (1, 1)

    def test_those_before_it_are_confirmed_and_those_behind_it_wait(self):
        confirms, (number,) = self.published(0, 1, 0)
        assert said(confirms.take_ack())[1] == methods.BasicAck(1)
        confirms.answered(number, is_taken=True)
        assert said(confirms.take_answered())[1] == methods.BasicAck(3, multiple=True)

    def test_one_that_is_refused_is_passed_over(self):
        confirms, (first, second, third) = self.published(1, 1, 1)
        assert confirms.take_ack() == b""
        confirms.answered(first, is_taken=True)
        assert said(confirms.answered(third, is_taken=False))[1] == methods.BasicNack(3)
        confirms.answered(second, is_taken=True)
        assert said(confirms.take_answered())[1] == methods.BasicAck(2, multiple=True)
        assert (confirms.confirmed, confirms.refused_count) == (2, 1)

    def test_when_all_are_refused_nothing_is_left_to_say(self):
        confirms, numbers = self.published(2, 1)
        assert confirms.take_ack() == b""
        for number in numbers:
            assert said(confirms.answered(number, is_taken=False))[1] == methods.BasicNack(number)
        assert confirms.answered(numbers[0], is_taken=False) == b""
        assert confirms.take_answered() == b""
        assert confirms.confirmed == 0

    def test_the_disk_here_and_the_nodes_there_have_to_have_it(self):
        disk = Disk()
        confirms, (number,) = self.published(1, 0)
        disk.held.hold(confirms, has_appended=True)
        confirms.answered(number, is_taken=True)
        assert confirms.take_answered() == b""
        assert disk.sync() == [(1, methods.BasicAck(2, multiple=True))]

    def test_a_channel_that_is_gone_hears_nothing(self):
        disk = Disk()
        confirms, (number,) = self.published(1)
        assert confirms.take_ack() == b""
        disk.held.drop(confirms)
        assert confirms.answered(number, is_taken=False) == b""
        assert confirms.take_answered() == b""
