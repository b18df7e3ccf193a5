"""Who has a message that is out for acknowledgement."""

from leveret.wire import methods
from tests.session.harness import World


def held(world, name):
    queue = world.broker.vhosts["/"].queues[name]
    return [each for taker in queue.tally.taken for each in taker.held(queue)]


def test_consumers_and_getters_are_told_apart():
    world = World()
    channel = world.client().channel()
    for name in ("q", "other"):
        channel.call(methods.QueueDeclare(queue=name))
        for body in (b"a", b"b"):
            channel.publish(body, key=name)
    channel.call(methods.BasicGet(queue="q"))
    channel.say(methods.BasicConsume(queue="q", consumer_tag="tag"))
    channel.say(methods.BasicConsume(queue="other"))
    channel.take()
    got, consumed = held(world, "q")
    assert (got.message.body, got.consumer_tag, got.delivery_tag) == (b"a", "", 1)
    assert (consumed.message.body, consumed.consumer_tag, consumed.delivery_tag) == (b"b", "tag", 2)
    assert (consumed.channel, consumed.user) == (1, "guest")
    assert consumed.connection == next(iter(world.broker.connections)).peer.name


def test_what_a_transaction_is_to_settle_is_out_yet():
    world = World()
    channel = world.client().channel()
    channel.call(methods.QueueDeclare(queue="q"))
    channel.publish(b"a", key="q")
    channel.call(methods.TxSelect())
    channel.call(methods.BasicGet(queue="q"))
    channel.say(methods.BasicAck(delivery_tag=1))
    assert [each.delivery_tag for each in held(world, "q")] == [1]
    channel.call(methods.TxCommit())
    assert held(world, "q") == []
