"""What is counted of a channel, and where it counts on when the channel or a queue has gone."""

import pytest

from leveret.broker.latest import KEPT_MAX
from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.session.harness import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def channel(world):
    channel = world.channel()
    channel.declare("q")
    return channel


def inner(channel):
    return channel.client.session.channels[channel.number]


def queue_of(channel, name="q"):
    return channel.world.vhost.queues[name]


def counted(deliveries, *names):
    return tuple(getattr(deliveries, name) for name in names)


def test_each_publish_counts_once_whichever_way_it_takes(channel, world):
    for properties in (None, Properties(expiration="100000"), Properties(headers={"CC": ["q"]})):
        for _ in range(3):
            channel.publish(b"", key="q", properties=properties)
    world.vhost.count_routes()
    assert inner(channel).published == 9
    assert queue_of(channel).tally.publish == world.vhost.tally.publish == 9
    default = world.vhost.exchanges[""]
    assert (default.publish_in, default.publish_out) == (9, 9)


def test_what_leads_nowhere_is_dropped_or_returned(channel, world):
    for _ in range(3):
        channel.publish(b"", key="nowhere")
    channel.publish(b"", key="nowhere", mandatory=True)
    assert isinstance(channel.take()[0].method, methods.BasicReturn)
    world.vhost.count_routes()
    tally = inner(channel).tally
    assert (tally.drop_unroutable, tally.return_unroutable) == (3, 1)
    assert (world.vhost.tally.drop_unroutable, world.vhost.tally.return_unroutable) == (3, 1)
    assert inner(channel).published == world.vhost.tally.publish == 4


def test_what_leads_nowhere_is_noted_with_whose_it_was(channel, world):
    world.broker.agenda.wall_clock = lambda: 1_700_000_000.5
    channel.publish(b"", key="nowhere")
    channel.publish(b"", key="nowhere", mandatory=True)
    channel.publish(b"", exchange="amq.topic", key="no.where")
    told = [(each.exchange, each.routing_key, each.outcome) for each in noted(world)]
    assert told == [
        ("", "nowhere", "dropped"),
        ("", "nowhere", "returned"),
        ("amq.topic", "no.where", "dropped"),
    ]
    for each in noted(world):
        assert (each.user, each.connection, each.channel) == ("guest", "peer", channel.number)
        assert each.time == 1_700_000_000.5


def test_the_last_of_them_are_kept(channel, world):
    for at in range(KEPT_MAX + 5):
        channel.publish(b"", key=f"nowhere {at}")
    assert len(noted(world)) == KEPT_MAX
    assert [each.routing_key for each in noted(world)][::999] == ["nowhere 5", "nowhere 1004"]


def test_what_has_somewhere_to_go_is_not_noted(channel, world):
    channel.publish(b"", key="q")
    assert noted(world) == []


def noted(world):
    return list(world.vhost.tally.unroutable)


def test_a_transaction_counts_when_it_is_committed(channel):
    channel.call(methods.TxSelect())
    channel.publish(b"", key="q")
    assert inner(channel).published == 0
    channel.call(methods.TxCommit())
    assert inner(channel).published == queue_of(channel).tally.publish == 1


def test_a_consumers_deliveries_and_acks_count(channel):
    channel.consume("q")
    channel.fill("q", b"1", b"2", b"3", b"4")
    channel.ack(1)
    channel.ack(3, multiple=True)
    deliveries = queue_of(channel).tally.deliveries
    assert counted(deliveries, "deliver", "ack", "deliver_no_ack", "redeliver") == (4, 3, 0, 0)
    assert queue_of(channel).tally.unacknowledged == 1


def test_deliveries_without_ack_count_apart(channel):
    channel.consume("q", no_ack=True)
    channel.fill("q", b"1", b"2")
    assert counted(queue_of(channel).tally.deliveries, "deliver", "deliver_no_ack") == (0, 2)
    assert queue_of(channel).tally.unacknowledged == 0


@pytest.mark.parametrize("requeue", [True, False])
def test_what_is_rejected_is_not_acknowledged(channel, requeue):
    channel.fill("q", b"1", b"2")
    for tag in (1, 2):
        channel.get("q")
        channel.say(methods.BasicReject(tag, requeue=requeue))
    deliveries = queue_of(channel).tally.deliveries
    assert counted(deliveries, "ack", "returned", "unacknowledged") == (0, 2, 0)


def test_a_redelivery_counts_as_one(channel):
    channel.fill("q", b"1")
    channel.get("q")
    channel.say(methods.BasicReject(1, requeue=True))
    channel.get("q")
    channel.say(methods.BasicReject(2, requeue=True))
    channel.consume("q")
    assert counted(queue_of(channel).tally.deliveries, "get", "deliver", "redeliver") == (2, 1, 2)


def test_gets_count_by_what_they_found(channel):
    channel.fill("q", b"1", b"2")
    channel.get("q", no_ack=True)
    channel.get("q")
    channel.get("q")
    found = counted(inner(channel).tally.delivered, "get", "get_no_ack", "get_empty")
    assert found == (1, 1, 1)


def test_who_never_tried_to_take_has_nothing_delivered(channel):
    assert inner(channel).tally.delivered is None


def test_a_channels_counts_outlive_it(channel, world):
    channel.call(methods.ConfirmSelect())
    channel.fill("q", b"1", b"2", b"3")
    channel.take()
    channel.get("q")
    channel.close()
    deliveries = world.vhost.tally.deliveries["classic"]
    assert counted(deliveries, "get", "returned", "unacknowledged") == (1, 1, 0)
    assert (world.vhost.tally.confirm, world.vhost.tally.received_confirm) == (3, 3)
    assert queue_of(channel).tally.deliveries.get == 1


def test_a_queues_deliveries_outlive_it(channel, world):
    channel.fill("q", b"1")
    channel.get("q", no_ack=True)
    channel.call(methods.QueueDelete(queue="q"))
    assert inner(channel).tally.deliveries == {}
    assert inner(channel).tally.delivered.get_no_ack == 1
    assert world.vhost.tally.deliveries["classic"].get_no_ack == 1
    channel.close()
    assert world.vhost.tally.deliveries["classic"].get_no_ack == 1


def test_what_is_out_of_a_deleted_queue_may_still_be_acknowledged(channel, world):
    channel.fill("q", b"1")
    channel.get("q")
    channel.call(methods.QueueDelete(queue="q"))
    channel.ack(1)
    assert inner(channel).tally.delivered.ack == 1
    channel.close()
    assert world.vhost.tally.deliveries["classic"].ack == 1


def test_what_is_out_of_a_queue_is_found(channel):
    channel.declare("other")
    channel.fill("q", b"1")
    channel.fill("other", b"2")
    channel.get("q")
    channel.get("other")
    assert [each.body for each in inner(channel).out_of(queue_of(channel))] == [b"1"]


def test_refused_messages_are_not_confirmed(channel):
    channel.declare("full", arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
    channel.call(methods.ConfirmSelect())
    channel.fill("full", b"1", b"2", b"3")
    channel.take()
    assert (inner(channel).confirms.confirmed, inner(channel).confirms.received) == (1, 3)


def test_what_a_transaction_is_to_settle_is_out_too(channel):
    channel.fill("q", b"1", b"2", b"3")
    channel.call(methods.TxSelect())
    for _ in range(2):
        channel.get("q")
    channel.ack(1)
    queue = queue_of(channel)
    assert sorted(each.body for each in inner(channel).all_out_of(queue)) == [b"1", b"2"]
