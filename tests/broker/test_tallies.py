"""Counting what goes through a broker without a client: routes, queues, what is left of both."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.tallies import (
    Deliveries,
    QueueTally,
    VhostTally,
    count_publish,
    count_stored,
    fold,
    total,
)
from tests.broker.domain import HandAgenda, random_bytes
from tests.session.harness import World


class Channel:
    """Takes messages, and forgets queues."""

    def __init__(self):
        self.forgotten = []

    def forget_queue(self, queue):
        self.forgotten.append(queue)

    def out_of(self, _queue):
        return iter(["a message"])

    all_out_of = out_of


@pytest.fixture
def broker():
    return Broker(HandAgenda().clock, random_bytes())


@pytest.fixture
def vhost(broker):
    return broker.add_vhost("/")


@pytest.fixture
def logs(vhost):
    """A fanout exchange with two queues."""
    exchange = vhost.declare_exchange("logs", "fanout", ExchangeOptions())
    for name in ("a", "b"):
        queue = vhost.create_queue(name, QueueOptions(), None)
        vhost.bind(Binding(exchange, queue, "", {}))
    return exchange


def some(**counts):
    deliveries = Deliveries()
    for name, count in counts.items():
        setattr(deliveries, name, count)
    return deliveries


def test_what_is_out_was_delivered_and_has_not_come_back():
    deliveries = some(deliver=7, get=3, deliver_no_ack=5, get_no_ack=1, ack=4, returned=2)
    assert deliveries.unacknowledged == 4
    assert deliveries.deliver_get == 16


def test_every_count_is_summed():
    each = some(**dict.fromkeys(Deliveries.__slots__, 2))
    summed = total([each, each])
    assert {getattr(summed, name) for name in Deliveries.__slots__} == {4}


@pytest.mark.parametrize(
    ("how", "counted"),
    [
        ({"no_ack": True, "redelivered": False}, {"get_no_ack": 1}),
        ({"no_ack": False, "redelivered": True}, {"get": 1, "redeliver": 1}),
    ],
)
def test_a_get_counts_by_how_it_is_acknowledged(how, counted):
    deliveries = Deliveries()
    deliveries.count_get(**how)
    found = {name: getattr(deliveries, name) for name in Deliveries.__slots__}
    assert {name: count for name, count in found.items() if count} == counted


def test_a_publish_counts_in_exchange_queues_and_vhost(vhost, logs):
    count_publish(vhost.tally, vhost.route("logs", ""), 3)
    assert (logs.publish_in, logs.publish_out) == (3, 6)
    assert [queue.tally.publish for queue in vhost.queues.values()] == [3, 3]
    assert (vhost.tally.publish, vhost.tally.routed) == (3, 6)


def test_only_the_exchange_it_was_published_to_counts(vhost, logs):
    front = vhost.declare_exchange("front", "fanout", ExchangeOptions())
    vhost.bind(Binding(front, logs, "", {}))
    count_publish(vhost.tally, vhost.route("front", ""))
    assert (front.publish_in, front.publish_out) == (1, 2)
    assert (logs.publish_in, logs.publish_out) == (0, 0)


def test_what_is_stored_counts_where_it_is_kept():
    vhost = World(is_durable=True).vhost
    queue = vhost.create_queue("kept", QueueOptions(durable=True), None)
    count_stored(vhost.route("", "kept"), 4)
    assert queue.tally.disk_writes == 4
    vhost.remove_queue(queue)
    assert vhost.tally.disk_writes == 4


def test_what_a_route_has_counted_is_folded_once(vhost, logs):
    route = vhost.route("logs", "")
    route.published = 5
    for _ in range(2):
        fold([route], vhost.tally)
        assert logs.publish_in == vhost.tally.publish == 5
    assert route.published == 0


@pytest.mark.parametrize("forget", ["all", "one"])
def test_a_route_that_is_forgotten_has_been_counted(vhost, forget):
    vhost.create_queue("q", QueueOptions(), None)
    route = vhost.route("", "q")
    route.published = 2
    vhost.routes["ada"] = {b"\x00\x01q": route}
    if forget == "all":
        vhost.forget_routes()
    else:
        vhost.remove_queue(vhost.queues["q"])
    assert vhost.routes["ada"] == {}
    assert vhost.tally.publish == 2


def test_who_takes_from_a_queue_counts_on_after_he_has_gone(vhost):
    queue, channel = vhost.create_queue("q", QueueOptions(), None), Channel()
    assert queue.tally.deliveries is None
    queue.tally.begin(channel, some(deliver=3, ack=1))
    assert queue.tally.unacknowledged == 2
    assert list(queue.tally.out(queue)) == ["a message"]
    queue.tally.taken[channel].returned = 2
    queue.tally.end(channel)
    queue.tally.end(channel)
    assert queue.tally.deliveries.deliver == 3
    assert queue.tally.unacknowledged == 0
    assert list(queue.tally.out(queue)) == []


def test_a_deleted_queue_is_forgotten_by_all_who_took_from_it(vhost):
    queue, channel = vhost.create_queue("q", QueueOptions(), None), Channel()
    queue.tally.begin(channel, Deliveries())
    vhost.remove_queue(queue)
    assert channel.forgotten == [queue]
    assert vhost.tally.queue_created == vhost.tally.queue_deleted == 1


def test_an_untouched_queue_has_nothing_to_sum():
    tally = QueueTally()
    assert (tally.deliveries, tally.unacknowledged) == (None, 0)


def test_a_vhosts_counts_outlive_it(broker):
    vhost = broker.add_vhost("brief")
    vhost.tally.publish = vhost.tally.recv_oct = 7
    vhost.tally.delivered("classic", some(ack=2))
    vhost.tally.deaths["classic", "disabled", "expired"] = 3
    broker.remove_vhost("brief")
    assert (broker.gone.publish, broker.gone.recv_oct) == (7, 7)
    assert broker.gone.deliveries["classic"].ack == 2
    assert broker.gone.deaths == {("classic", "disabled", "expired"): 3}


def test_what_its_last_connections_add_is_not_lost(broker):
    vhost = broker.add_vhost("brief")
    broker.remove_vhost("brief")
    vhost.tally.recv_oct += 5
    assert broker.gone.recv_oct == 5


def test_every_count_of_a_vhost_is_added():
    one, other = VhostTally(), VhostTally()
    numbers = [name for name, value in vars(other).items() if isinstance(value, int)]
    for name in numbers:
        setattr(other, name, 3)
    one.add(other)
    one.add(other)
    assert {getattr(one, name) for name in numbers} == {6}
