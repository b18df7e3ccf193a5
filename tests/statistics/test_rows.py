"""Counters as rows."""

from leveret.statistics import rows
from leveret.wire import methods


def named(columns, row):
    told = dict(zip(columns, row, strict=True))
    return {name: value for name, value in told.items() if value}


def busy(channel):
    """Three published, two got, one of them acknowledged; one confirmed; one dropped."""
    channel.fill("q", b"1", b"2")
    channel.call(methods.ConfirmSelect())
    channel.publish(b"3", key="q")
    channel.publish(b"", key="nowhere")
    channel.take()
    channel.get("q")
    channel.get("q")
    channel.ack(1)
    channel.world.vhost.count_routes()


def test_a_queues_row(channel, world):
    busy(channel)
    assert named(rows.QUEUE, rows.queue_row(world.vhost.queues["q"])) == {
        "publish": 3,
        "get": 2,
        "deliver_get": 2,
        "ack": 1,
        "messages": 2,
        "messages_ready": 1,
        "messages_unacknowledged": 1,
    }


def test_an_untouched_queue_is_known_as_such(channel, world):
    queue = world.vhost.queues["q"]
    assert rows.is_untouched(queue)
    assert not any(rows.queue_row(queue))
    channel.get("q")
    assert not rows.is_untouched(queue)


def test_an_exchanges_row(channel, world):
    busy(channel)
    row = rows.exchange_row(world.vhost.exchanges[""])
    assert named(rows.EXCHANGE, row) == {"publish_in": 4, "publish_out": 3}


def test_a_channels_row(channel):
    busy(channel)
    inner = channel.client.session.channels[1]
    assert named(rows.CHANNEL, rows.channel_row(inner)) == {
        "publish": 4,
        "confirm": 2,
        "drop_unroutable": 1,
        "get": 2,
        "deliver_get": 2,
        "ack": 1,
    }


def test_a_vhosts_row_is_the_same_while_channels_live_and_after(channel, world):
    busy(channel)
    sessions = [channel.client.session]
    row = named(rows.VHOST, rows.vhost_row(world.vhost, sessions))
    assert row.pop("recv_oct") > 0
    assert row == {
        "publish": 4,
        "confirm": 2,
        "drop_unroutable": 1,
        "get": 2,
        "deliver_get": 2,
        "ack": 1,
        "messages": 2,
        "messages_ready": 1,
        "messages_unacknowledged": 1,
    }
    channel.client.hang_up()
    after = named(rows.VHOST, rows.vhost_row(world.vhost, []))
    assert after.pop("recv_oct") > 0
    del row["messages_unacknowledged"]
    assert after == {**row, "messages_ready": 2}


def test_the_nodes_row(channel, world):
    channel.declare("other")
    channel.declare("other")
    channel.call(methods.QueueDelete(queue="other"))
    row = rows.churn_row(world.broker.churn, [world.vhost.tally])
    assert named(rows.CHURN, row) == {
        "connection_created": 1,
        "channel_created": 1,
        "queue_declared": 3,
        "queue_created": 2,
        "queue_deleted": 1,
    }
    channel.client.hang_up()
    row = named(rows.CHURN, rows.churn_row(world.broker.churn, []))
    assert (row["connection_closed"], row["channel_closed"]) == (1, 1)
