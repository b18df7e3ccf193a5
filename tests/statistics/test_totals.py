"""What was counted since the node was started."""

import pytest

from leveret.statistics.totals import sum_up
from leveret.wire import methods
from tests.session.harness import World


def busy(channel):
    channel.call(methods.ConfirmSelect())
    channel.fill("q", b"1", b"2")
    channel.publish(b"", key="nowhere")
    channel.take()
    channel.get("q", no_ack=True)
    channel.get("q")
    channel.get("q")
    channel.ack(2)


def told(world):
    totals = sum_up(world.broker)
    classic = totals.by_type["classic"]
    return {
        "published": totals.published,
        "confirmed": totals.confirmed,
        "received_confirm": totals.received_confirm,
        "routed": totals.routed,
        "dropped": totals.unroutable_dropped,
        "gets": (classic.get, classic.get_no_ack, classic.get_empty, classic.ack),
        "recv_oct": totals.recv_oct,
    }


def test_everything_is_summed(channel, world):
    busy(channel)
    found = told(world)
    assert found.pop("recv_oct") > 0
    assert found == {
        "published": 3,
        "confirmed": 3,
        "received_confirm": 3,
        "routed": 2,
        "dropped": 1,
        "gets": (1, 1, 1, 1),
    }


def test_nothing_falls_when_all_goes(channel, world):
    busy(channel)
    before = told(world)
    channel.call(methods.QueueDelete(queue="q"))
    world.broker.remove_vhost("/")
    world.pass_time()
    channel.client.say(methods.ConnectionCloseOk())
    after = told(world)
    assert after.pop("recv_oct") >= before.pop("recv_oct")
    assert after == before


def test_publishers_and_consumers_are_those_there_are(channel, world):
    assert sum_up(world.broker).publishers == 0
    channel.publish(b"", key="q")
    channel.consume("q")
    totals = sum_up(world.broker)
    assert (totals.publishers, totals.consumers) == (1, 1)
    channel.close()
    totals = sum_up(world.broker)
    assert (totals.publishers, totals.consumers) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "strategy"),
    [({}, "disabled"), ({"x-dead-letter-exchange": "amq.fanout"}, "at_most_once")],
)
def test_the_dead_are_counted_by_what_becomes_of_them(world, arguments, strategy):
    channel = world.channel()
    channel.declare("mortal", arguments={"x-max-length": 1, "x-message-ttl": 1000, **arguments})
    channel.fill("mortal", b"1", b"2", b"3")
    channel.get("mortal")
    channel.say(methods.BasicReject(1, requeue=False))
    channel.publish(b"4", key="mortal")
    world.pass_time(2)
    assert sum_up(world.broker).dead_letters == {
        ("classic", strategy, "maxlen"): 2,
        ("classic", strategy, "rejected"): 1,
        ("classic", strategy, "expired"): 1,
    }


def test_letters_of_a_queue_that_insists_are_counted_when_they_have_arrived():
    world = World(is_durable=True)
    channel = world.channel()
    channel.declare_durable("next")
    arguments = {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "next",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    channel.say(methods.QueueDeclare(queue="jobs", durable=True, arguments=arguments))
    world.sync()
    channel.take()
    channel.fill("jobs", b"1")
    channel.get("jobs")
    channel.say(methods.BasicReject(1, requeue=False))
    totals = sum_up(world.broker)
    assert totals.dead_letters == {("quorum", "at_least_once", "rejected"): 1}
    assert totals.dead_letters_confirmed == 1


def test_what_is_written_to_the_disk_is_counted():
    world = World(is_durable=True)
    channel = world.channel()
    channel.declare_durable("q")
    channel.fill("q", b"transient")
    channel.fill_stored("q", b"1", b"2", b"3")
    assert sum_up(world.broker).disk_writes == 3
