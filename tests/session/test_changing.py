"""What changes what all nodes know waits until its node may."""

import asyncio

import pytest

from leveret.wire import methods
from leveret.wire.codes import ReplyCode
from tests.session.in_cluster import closed, heard, said, scene

CHANGING = (
    methods.ExchangeDeclare(exchange="other", exchange_type="fanout"),
    methods.ExchangeDelete(exchange="x"),
    methods.ExchangeBind(destination="x", source="amq.topic", routing_key="k"),
    methods.ExchangeUnbind(destination="x", source="amq.topic", routing_key="k"),
    methods.QueueDeclare(queue="other"),
    methods.QueueBind(queue="q", exchange="x"),
    methods.QueueUnbind(queue="q", exchange="x"),
    methods.QueueDelete(queue="q"),
)
LOOKING = (
    methods.ExchangeDeclare(exchange="x", passive=True),
    methods.QueueDeclare(queue="q", passive=True),
    methods.QueueDeclare(queue="amq.rabbitmq.reply-to"),
    methods.QueuePurge(queue="q"),
    methods.BasicConsume(queue="q"),
    methods.BasicGet(queue="q"),
)


# As `furnished` has made them.
MADE = (
    methods.ExchangeDeclare(exchange="x", exchange_type="fanout"),
    methods.ExchangeBind(destination="x", source="amq.topic", routing_key="there"),
    methods.QueueDeclare(queue="q", durable=True),
    methods.QueueBind(queue="q", exchange="x", routing_key="there"),
)
UNLIKE = (
    methods.ExchangeDeclare(exchange="x", exchange_type="topic"),
    methods.QueueDeclare(queue="q", durable=False),
)


def name_of(method):
    return type(method).__name__


async def furnished(node):
    channel = node.channel()
    for each in (MADE[0], MADE[2], MADE[1], MADE[3]):
        await said(channel, each)
    await asyncio.sleep(1)


@pytest.mark.parametrize("method", CHANGING, ids=name_of)
def test_it_is_done_with_the_pen_in_hand_and_every_node_knows(method):
    async def act(_world, hare, mouse, vole):
        await furnished(hare)
        assert not mouse.pen.is_held
        answer = await said(mouse.channel(), method)
        assert name_of(answer) == f"{name_of(method)}Ok"
        assert mouse.pen.is_held
        await asyncio.sleep(0.1)
        assert vole.queues.keys() == hare.queues.keys() == mouse.queues.keys()

    scene(act)


@pytest.mark.parametrize("method", LOOKING, ids=name_of)
def test_who_only_looks_needs_nobody(method):
    async def act(world, hare, mouse, _vole):
        await furnished(hare)
        channel = mouse.channel()
        world.engine.split(("mouse",))
        await asyncio.sleep(5)
        channel.say(method)
        (answer,) = channel.take()
        assert not isinstance(answer, methods.ChannelClose)

    scene(act)


@pytest.mark.parametrize("method", MADE, ids=name_of)
def test_what_is_made_again_as_it_is_needs_no_pen(method):
    async def act(_world, hare, mouse, _vole):
        await furnished(hare)
        answer = await said(mouse.channel(), method)
        assert name_of(answer) == f"{name_of(method)}Ok"
        assert hare.pen.is_held
        assert not mouse.pen.is_held

    scene(act)


@pytest.mark.parametrize("method", [*MADE, *UNLIKE], ids=name_of)
def test_nor_a_majority(method):
    async def act(world, hare, mouse, _vole):
        await furnished(hare)
        channel = mouse.channel()
        world.engine.split(("mouse",))
        await asyncio.sleep(5)
        channel.say(method)
        (answer,) = await heard(channel, 2)
        if method in UNLIKE:
            assert answer.reply_code == ReplyCode.PRECONDITION_FAILED
        else:
            assert name_of(answer) == f"{name_of(method)}Ok"

    scene(act)


UNMAKING = (
    methods.ExchangeDelete(exchange="x"),
    methods.ExchangeUnbind(destination="x", source="amq.topic", routing_key="there"),
    methods.QueueDelete(queue="q"),
    methods.QueueUnbind(queue="q", exchange="x", routing_key="there"),
)


@pytest.mark.parametrize(("made", "unmaking"), list(zip(MADE, UNMAKING, strict=True)), ids=name_of)
def test_what_another_node_was_told_to_delete_a_moment_ago_is_made_anew(made, unmaking):
    async def act(_world, hare, mouse, _vole):
        await furnished(hare)
        channel = mouse.channel()
        for following in mouse.node.chores.running:
            following.cancel()
        await said(hare.channel(), unmaking)
        answer = await said(channel, made)
        assert name_of(answer) == f"{name_of(made)}Ok"
        assert mouse.pen.is_held

    scene(act)


def test_an_auto_delete_queue_that_is_about_to_go_is_made_anew_behind_it():
    async def act(_world, hare, mouse, _vole):
        client = mouse.client()
        channel = client.channel()
        passing = methods.QueueDeclare(queue="q", auto_delete=True)
        await said(channel, passing)
        await said(channel, methods.BasicConsume(queue="q", consumer_tag="c"))
        former = mouse.queues["q"]
        await said(hare.channel(), methods.QueueDeclare(queue="elsewhere"))
        client.hang_up()
        assert mouse.queues["q"] is former
        answer = await said(mouse.channel(), passing)
        assert answer.queue == "q"
        assert mouse.queues["q"] is not former
        await asyncio.sleep(1)
        assert "q" in hare.queues

    scene(act)


def test_of_two_that_contradict_each_other_one_is_refused():
    async def act(_world, hare, mouse, vole):
        channels = [each.channel() for each in (hare, mouse, vole)]
        for at, channel in enumerate(channels):
            arguments = {"x-max-length": at + 1}
            channel.say(methods.QueueDeclare(queue="q", durable=True, arguments=arguments))
        answers = [(await heard(each))[0] for each in channels]
        codes = sorted(getattr(each, "reply_code", 0) for each in answers)
        assert codes == [0, ReplyCode.PRECONDITION_FAILED, ReplyCode.PRECONDITION_FAILED]
        await asyncio.sleep(1)
        kept = {str(each.queues["q"].options) for each in (hare, mouse, vole)}
        assert len(kept) == 1

    scene(act)


def test_a_channel_that_waits_for_the_pen_does_the_rest_behind_it_and_others_go_on():
    async def act(_world, hare, mouse, _vole):
        await furnished(hare)
        client = mouse.client()
        waiting, other = client.channel(), client.channel()
        waiting.say(methods.QueueDeclare(queue="a"))
        waiting.publish(b"x", key="a")
        waiting.say(methods.QueueDeclare(queue="a", passive=True))
        assert other.call(methods.BasicQos()) == methods.BasicQosOk()
        assert waiting.take() == []
        await asyncio.sleep(1)
        assert [each.message_count for each in waiting.take()] == [0, 1]

    scene(act)


def test_what_another_node_was_told_a_moment_ago_is_found():
    async def act(_world, hare, mouse, _vole):
        channel = mouse.channel()
        for following in mouse.node.chores.running:
            following.cancel()
        await said(hare.channel(), methods.QueueDeclare(queue="q"))
        assert "q" not in mouse.queues
        answer = await said(channel, methods.QueueDeclare(queue="q", passive=True))
        assert answer.queue == "q"
        answer = await said(channel, methods.QueueDeclare(queue="none", passive=True))
        assert answer.reply_code == ReplyCode.NOT_FOUND

    scene(act)


def test_without_a_majority_what_is_not_found_is_refused_soon():
    async def act(world, _hare, mouse, _vole):
        channel = mouse.channel()
        world.engine.split(("mouse",))
        channel.say(methods.QueueDeclare(queue="none", passive=True))
        (answer,) = await heard(channel, 2)
        assert answer.reply_code == ReplyCode.NOT_FOUND

    scene(act)


@pytest.mark.parametrize("who", ["the holder", "another"])
def test_without_a_majority_it_is_refused_after_as_long_as_rabbitmq_waits(who):
    async def act(world, hare, mouse, _vole):
        node = hare if who == "the holder" else mouse
        client = node.client()
        channel = client.channel()
        world.engine.split((node.node.name,))
        await asyncio.sleep(5)
        if who == "the holder":
            # Nobody knows what it says to itself: so it has to notice.
            node.pen.stalled(True)
        channel.say(methods.QueueDeclare(queue="q", durable=True))
        close, after_s = await closed(client)
        assert close.reply_code == ReplyCode.INTERNAL_ERROR
        assert "majority" in close.reply_text
        assert 14.9 < after_s < 15.1
        assert (close.class_id, close.method_id) == (50, 10)
        assert "q" not in node.queues

    scene(act)


def test_a_consumer_that_is_cancelled_has_taken_its_queue_along():
    async def act(_world, hare, mouse, _vole):
        channel = mouse.channel()
        await said(channel, methods.QueueDeclare(queue="q", auto_delete=True))
        await said(channel, methods.BasicConsume(queue="q", consumer_tag="c"))
        await said(hare.channel(), methods.QueueDeclare(queue="elsewhere"))
        assert not mouse.pen.is_held
        await said(channel, methods.BasicCancel(consumer_tag="c"))
        assert "q" not in mouse.queues
        answer = await said(channel, methods.QueueDeclare(queue="q", passive=True))
        assert answer.reply_code == ReplyCode.NOT_FOUND

    scene(act)


def test_a_consumer_is_cancelled_also_where_nothing_can_be_deleted():
    async def act(world, hare, mouse, _vole):
        channel = mouse.channel()
        await said(channel, methods.QueueDeclare(queue="q", auto_delete=True))
        await said(channel, methods.BasicConsume(queue="q", consumer_tag="c"))
        await said(hare.channel(), methods.QueueDeclare(queue="elsewhere"))
        world.engine.split(("mouse",))
        answer = await said(channel, methods.BasicCancel(consumer_tag="c"))
        assert answer == methods.BasicCancelOk("c")
        assert "q" in mouse.queues
        world.engine.heal()
        await asyncio.sleep(10)
        assert "q" not in mouse.queues
        assert "q" not in hare.queues

    scene(act)


def test_a_queue_that_is_in_use_again_by_then_stays():
    async def act(world, hare, mouse, _vole):
        channel = mouse.channel()
        await said(channel, methods.QueueDeclare(queue="q", auto_delete=True))
        await said(channel, methods.BasicConsume(queue="q", consumer_tag="c"))
        await said(hare.channel(), methods.QueueDeclare(queue="elsewhere"))
        world.engine.split(("mouse",))
        channel.close()
        other = mouse.channel()
        await said(other, methods.BasicConsume(queue="q", consumer_tag="c"))
        world.engine.heal()
        await asyncio.sleep(10)
        assert "q" in hare.queues
        assert mouse.queues["q"].consumers

    scene(act)


def test_exclusive_queues_go_with_their_connection_once_that_can_be_said():
    async def act(_world, hare, mouse, vole):
        client = mouse.client()
        await said(client.channel(), methods.QueueDeclare(queue="mine", exclusive=True))
        await said(hare.channel(), methods.QueueDeclare(queue="elsewhere"))
        await asyncio.sleep(1)
        assert "mine" in vole.queues
        client.hang_up()
        # A client of the same node that comes behind finds it gone.
        answer = await said(mouse.channel(), methods.QueueDeclare(queue="mine", durable=True))
        assert answer.queue == "mine"
        await asyncio.sleep(1)
        assert vole.queues["mine"].options.durable

    scene(act)
