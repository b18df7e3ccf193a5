"""Answers that wait: what is answered when, and what goes on meanwhile."""

import pytest

from leveret.broker.tallies import QueueTally
from leveret.session.later import Later
from leveret.wire import codec, frames, methods
from tests.session.harness import PERSISTENT, World

DECLARE = methods.QueueDeclare(queue="d", durable=True)
DECLARED = methods.QueueDeclareOk("d", 0, 0)


def exchange(name):
    return methods.ExchangeDeclare(exchange=name, exchange_type="direct", durable=True)


def frame(method, number=1):
    return frames.encode_frame(frames.METHOD, number, codec.encode(method))


@pytest.fixture
def waiting(durable):
    """A channel that waits: it declared a durable queue."""
    channel = durable.channel()
    channel.say(DECLARE)
    assert channel.take() == []
    return channel


def test_an_answer_says_what_it_waits_for_and_what_then():
    later = Later(lambda action: action(), lambda: None)
    heard = []
    later.register(lambda: heard.append(later.act()))
    assert heard == [None]


def test_a_durable_declare_is_answered_when_the_disk_has_it(durable, waiting):
    durable.sync()
    assert waiting.take() == [DECLARED]
    assert waiting.call(DECLARE) == DECLARED


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        (exchange("y"), methods.ExchangeDeclareOk()),
        (methods.ExchangeDelete(exchange="x"), methods.ExchangeDeleteOk()),
        (methods.ExchangeBind(destination="amq.fanout", source="x"), methods.ExchangeBindOk()),
        (methods.QueueBind(queue="q", exchange="x"), methods.QueueBindOk()),
        (methods.QueueDelete(queue="q"), methods.QueueDeleteOk(0)),
        (methods.QueuePurge(queue="q"), methods.QueuePurgeOk(0)),
    ],
)
def test_what_changes_something_durable_waits(durable, method, answer):
    channel = durable.channel()
    channel.declare_durable()
    channel.say(exchange("x"))
    durable.sync()
    channel.take()
    channel.say(method)
    assert channel.take() == []
    durable.sync()
    assert channel.take() == [answer]


def test_what_changes_nothing_durable_is_answered_at_once(durable):
    channel = durable.channel()
    channel.declare()
    bind = methods.QueueBind(queue="q", exchange="amq.fanout")
    assert channel.call(bind) == methods.QueueBindOk()
    assert channel.call(methods.QueuePurge(queue="q")) == methods.QueuePurgeOk(0)
    assert channel.call(methods.QueueDelete(queue="q")) == methods.QueueDeleteOk(0)


def test_a_broker_that_keeps_nothing_answers_at_once(world):
    assert world.channel().call(DECLARE) == DECLARED


def test_with_nowait_the_channel_waits_and_there_is_no_answer(durable):
    channel = durable.channel()
    channel.say(methods.QueueDeclare(queue="d", durable=True, nowait=True))
    channel.say(methods.QueueDeclare(queue="d", passive=True))
    assert channel.take() == []
    durable.sync()
    assert channel.take() == [DECLARED]


def test_what_is_said_meanwhile_is_done_in_its_order(durable, waiting):
    waiting.fill_stored("d", b"a")
    waiting.say(methods.QueueDeclare(queue="e", durable=True), methods.BasicGet(queue="d"))
    waiting.fill("d", b"b")
    durable.sync()
    assert waiting.take() == [DECLARED]
    durable.sync()
    declared, got = waiting.take()
    assert (declared.queue, got.body, got.method.message_count) == ("e", b"a", 0)
    assert durable.vhost.queues["d"].ready.count == 1


def test_other_channels_go_on(waiting):
    other = waiting.client.channel()
    other.fill("d", b"a")
    assert other.get("d").body == b"a"


def test_deliveries_go_on(waiting):
    other = waiting.client.channel()
    other.declare("t")
    waiting.world.sync()
    waiting.take()
    waiting.consume("t", no_ack=True)
    waiting.say(methods.QueueDeclare(queue="e", durable=True))
    other.fill("t", b"a")
    assert waiting.bodies() == [b"a"]


def test_many_declares_share_a_batch(durable):
    channels = [durable.channel() for _ in range(5)]
    for number, channel in enumerate(channels):
        channel.say(methods.QueueDeclare(queue=f"q{number}", durable=True))
    durable.sync()
    assert [channel.take()[0].queue for channel in channels] == ["q0", "q1", "q2", "q3", "q4"]


def test_who_asks_for_what_is_not_safe_yet_waits_too(durable, waiting):
    other = durable.channel()
    other.say(methods.QueueDeclare(queue="d", passive=True))
    assert other.take() == []
    durable.sync()
    assert other.take() == waiting.take() == [DECLARED]


def test_what_is_published_behind_a_declare_is_confirmed_when_the_channel_goes_on(durable):
    channel = durable.channel()
    channel.call(methods.ConfirmSelect())
    channel.client.send(
        frame(DECLARE)
        + channel.published(b"a", key="d")
        + channel.published(b"b", key="d", properties=PERSISTENT)
    )
    durable.sync()
    assert channel.take() == [DECLARED]
    durable.sync()
    assert channel.take() == [methods.BasicAck(2, multiple=True)]


def test_a_refusal_waits_for_nothing_but_its_turn(durable, waiting):
    waiting.say(methods.QueueDeclare(queue="missing", passive=True))
    waiting.say(methods.ChannelCloseOk())
    durable.sync()
    declared, close = waiting.take()
    assert (declared, close.reply_code) == (DECLARED, 404)
    assert waiting.call(methods.ChannelOpen()) == methods.ChannelOpenOk()


def test_a_client_that_leaves_is_answered_first(durable, waiting):
    waiting.client.close()
    assert waiting.client.take_all() == []
    durable.sync()
    assert waiting.client.take_all() == [(1, DECLARED), (0, methods.ConnectionCloseOk())]


@pytest.mark.parametrize("end", ["hang_up", "close"])
def test_what_a_client_said_last_counts_if_it_says_goodbye(durable, waiting, end):
    waiting.fill("d", b"a")
    getattr(waiting.client, end)()
    durable.sync()
    assert durable.vhost.queues["d"].ready.count == (1 if end == "close" else 0)


def test_a_client_that_says_too_much_meanwhile_is_read_no_more(durable, waiting):
    for _ in range(20):
        waiting.fill("d", b"x" * 100_000)
        if waiting.client.is_reading_held:
            break
    assert waiting.client.holds == {"waiting"}
    durable.sync()
    assert not waiting.client.is_reading_held
    assert durable.vhost.queues["d"].ready.count == 11


def test_an_auto_delete_queue_goes_for_good_before_its_consumer_hears_of_it(durable):
    channel = durable.channel()
    channel.say(methods.QueueDeclare(queue="a", durable=True, auto_delete=True))
    durable.sync()
    channel.take()
    channel.consume("a")
    channel.say(methods.BasicCancel("c"))
    assert channel.take() == []
    durable.sync()
    assert channel.take() == [methods.BasicCancelOk("c")]


class SlowQueue:
    """A queue whose first message is still on the disk, so many times."""

    owner = None
    number = 0
    is_deleted = False

    def __init__(self, times):
        self.times = times
        self.actions = []
        self.tally = QueueTally()

    def get(self):
        return None

    @property
    def is_loading(self):
        return self.times > 0

    def when_loaded(self, action):
        self.actions.append(action)

    def load(self):
        self.times -= 1
        self.actions.pop()()


def test_get_waits_for_what_is_still_on_the_disk():
    world = World()
    channel = world.channel()
    world.vhost.queues["slow"] = queue = SlowQueue(2)
    channel.say(methods.BasicGet(queue="slow"))
    for _ in range(2):
        assert channel.take() == []
        queue.load()
    assert channel.take() == [methods.BasicGetEmpty()]


def test_a_get_that_waited_may_be_refused():
    world = World()
    channel = world.channel()
    world.vhost.queues["slow"] = queue = SlowQueue(1)
    channel.say(methods.BasicGet(queue="slow"))
    del world.vhost.queues["slow"]
    queue.load()
    (close,) = channel.take()
    assert close.reply_text == "NOT_FOUND - no queue 'slow' in vhost '/'"
    assert close.class_id << 16 | close.method_id == methods.BasicGet.index
