"""Scenario 11: an ordinary queue is at one node and used through any, and gone while that is."""

import pytest
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from tests.cluster.whole.nodes import (
    PERSISTENT,
    TRANSIENT,
    channel_of,
    count,
    publish,
    queue_of,
    refusal,
    take_all,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture
def queue(cluster, request):
    """A durable queue at the first node."""
    name = request.node.originalname
    with channel_of(cluster[0]) as channel:
        channel.queue_declare(name, durable=True)
    until(lambda: can_be_used(cluster[2], name))
    yield name
    with channel_of(cluster[0]) as channel:
        channel.queue_delete(name)


def can_be_used(node, queue):
    try:
        count(node, queue)
    except ChannelClosedByBroker:
        return False
    return True


def test_it_is_published_to_and_consumed_from_through_any_node(cluster, queue):
    first, second, third = cluster
    assert queue_of(third, queue)["node"] == first.name
    bodies = [b"%d" % number for number in range(100)]
    publish(second, queue, bodies)
    with channel_of(third) as channel:
        channel.basic_qos(prefetch_count=7)
        taken = []
        for method, _, body in channel.consume(queue, inactivity_timeout=10):
            assert method is not None, f"only {len(taken)} came"
            taken.append(body)
            channel.basic_ack(method.delivery_tag)
            if len(taken) == len(bodies):
                break
        channel.cancel()
    assert taken == bodies
    assert count(second, queue) == 0


def test_what_was_not_acked_comes_again_through_another_node(cluster, queue):
    publish(cluster[0], queue, [b"one", b"two"])
    with channel_of(cluster[1]) as channel:
        assert channel.basic_get(queue)[2] == b"one"
    until(lambda: count(cluster[2], queue) == 2)
    with channel_of(cluster[2]) as channel:
        method, _, body = channel.basic_get(queue, auto_ack=True)
        assert (body, method.redelivered) == (b"one", True)
        method, _, body = channel.basic_get(queue, auto_ack=True)
        assert (body, method.redelivered) == (b"two", False)


def test_another_nodes_end_changes_nothing_for_it(cluster, queue):
    _, second, third = cluster
    with channel_of(third) as channel:
        second.ctl("stop_app")
        channel.confirm_delivery()
        channel.basic_publish("", queue, b"anyway", PERSISTENT, mandatory=True)
        assert channel.basic_get(queue, auto_ack=True)[2] == b"anyway"
        second.ctl("start_app")
    assert count(second, queue) == 0


def test_its_nodes_end_takes_it_away_and_the_start_brings_it_back(cluster, queue):
    first, second, third = cluster
    publish(second, queue, [b"kept 1", b"kept 2"])
    publish(second, queue, [b"forgotten"], TRANSIENT)
    with channel_of(third) as channel:
        cancelled = []
        channel.add_on_cancel_callback(cancelled.append)
        channel.basic_qos(prefetch_count=1)
        channel.basic_consume(queue, lambda *_: None)
        first.ctl("stop_app")
        until(lambda: channel.connection.process_data_events(0.1) or cancelled)
    for other in (second, third):
        code, text = refusal(other, lambda c: c.queue_declare(queue, durable=True, passive=True))
        assert (code, text) == (404, down(first, queue))
    first.ctl("start_app")
    until(lambda: can_be_used(second, queue))
    assert take_all(second, queue) == [b"kept 1", b"kept 2"]


def down(home, queue):
    return (
        f"NOT_FOUND - home node '{home.name}' of durable queue '{queue}' in vhost '/' "
        "is down or inaccessible"
    )


def test_what_is_published_while_its_node_is_down_goes_nowhere(cluster, queue):
    """RabbitMQ confirms it: it is unroutable. Who wants to know publishes with mandatory."""
    first, second, _ = cluster
    first.ctl("stop_app")
    try:
        with channel_of(second) as channel:
            channel.confirm_delivery()
            with pytest.raises(UnroutableError):
                channel.basic_publish("", queue, b"lost", PERSISTENT, mandatory=True)
            channel.basic_publish("", queue, b"lost", PERSISTENT)
    finally:
        first.ctl("start_app")
    until(lambda: can_be_used(second, queue))
    assert count(second, queue) == 0


def test_exclusive_and_transient_queues_go_with_their_node(cluster):
    first, second, third = cluster
    with channel_of(first) as channel:
        channel.queue_declare("passing")
        channel.queue_declare("own", exclusive=True)
        until(lambda: can_be_used(second, "passing"))
        code, text = refusal(third, lambda c: c.queue_declare("own", passive=True))
        assert code == 405, text
        first.ctl("stop_app")
        try:
            for name in ("passing", "own"):
                until(lambda n=name: is_gone(second, n))
        finally:
            first.ctl("start_app")


def is_gone(node, queue):
    try:
        count(node, queue)
    except ChannelClosedByBroker as closed:
        return closed.reply_code == 404 and "no queue" in closed.reply_text
    return False
