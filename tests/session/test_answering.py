"""When a method is answered in a cluster, and what becomes of answers that never come."""

import asyncio
from dataclasses import replace

from leveret.wire import methods
from leveret.wire.codes import ReplyCode
from tests.session.harness import PERSISTENT
from tests.session.in_cluster import closed, heard, said, scene


def declare(name="q"):
    return methods.QueueDeclare(queue=name, durable=True)


def test_whoever_has_the_pen_acts_at_once_and_answers_when_a_majority_knows():
    async def act(_world, hare, _mouse, _vole):
        channel = hare.channel()
        channel.say(declare())
        assert "q" in hare.queues
        assert channel.take() == []
        assert (await heard(channel))[0].queue == "q"
        assert len(hare.broker.awaiting) == 0

    scene(act)


def test_what_no_majority_has_taken_is_answered_by_the_end_of_the_connection():
    async def act(world, hare, mouse, _vole):
        client, other = hare.client(), hare.client()
        channel = client.channel()
        world.engine.split(("hare",))
        channel.say(declare())
        assert "q" in hare.queues
        close, after_s = await closed(client)
        assert close.reply_code == ReplyCode.INTERNAL_ERROR
        assert close.reply_text.endswith("what was asked may have been done or not")
        assert 14.9 < after_s < 15.1
        assert other.take(0) == []
        # It was: when they are together again all know it.
        world.engine.heal()
        await asyncio.sleep(5)
        assert "q" in mouse.queues

    scene(act)


def test_whoever_waits_for_what_was_undone_is_told_to_come_again():
    async def act(world, hare, mouse, vole):
        client, other = hare.client(), hare.client()
        channel = client.channel()
        world.engine.split(("hare",))
        channel.say(declare())
        assert (await said(mouse.channel(), declare("theirs"))).queue == "theirs"
        world.engine.heal()
        close, _after_s = await closed(client)
        assert close.reply_code == ReplyCode.CONNECTION_FORCED
        assert other.take(0) == []
        await asyncio.sleep(5)
        assert hare.queues.keys() == mouse.queues.keys() == vole.queues.keys() == {"theirs"}

    scene(act)


def test_a_purge_needs_nobody_else():
    async def act(world, hare, _mouse, _vole):
        client = hare.client()
        channel, waiting = client.channel(), client.channel()
        await said(channel, declare())
        disk = Mirrored(hare)
        world.engine.split(("hare",))
        waiting.say(declare("other"))
        channel.say(methods.QueuePurge(queue="q"))
        disk.sync()
        assert channel.take() == [methods.QueuePurgeOk(0)]
        assert waiting.take() == []

    scene(act)


def test_a_commit_whose_messages_were_lost_is_not_answered_as_if_it_were_safe():
    async def act(_world, hare, _mouse, _vole):
        client = hare.client()
        channel = client.channel()
        await said(channel, declare())
        await said(channel, methods.TxSelect())
        disk = Mirrored(hare)
        channel.publish(b"x", key="q", properties=PERSISTENT)
        channel.say(methods.TxCommit())
        assert channel.take() == []
        # The metadata have nothing to do with it.
        hare.broker.awaiting.lose()
        assert client.take(0) == []
        disk.lose()
        assert client.closed_with().reply_code == ReplyCode.CONNECTION_FORCED

    scene(act)


class Mirrored:
    """Where the messages of a node's queues are: safe when they are synced, or lost."""

    def __init__(self, node):
        self._waiting = []
        node.broker.storage = replace(node.broker.storage, answers=self)

    def when_kept(self, action, lost):
        self._waiting.append((action, lost))

    def sync(self):
        for kept, _lost in self._waiting:
            kept()

    def lose(self):
        for _kept, lost in self._waiting:
            lost()
