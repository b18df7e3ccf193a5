"""What is told of queues, exchanges, channels, vhosts and the node, on a clock by hand."""

from datetime import datetime

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.broker.tallies import Held
from leveret.statistics.retention import BASIC
from leveret.statistics.span import NO_SPAN, Range, Span
from leveret.statistics.statistics import SUMMED_AT_ONCE_MAX, Statistics
from leveret.wire import methods
from tests.broker.domain import message
from tests.session.harness import World

MINUTE = Range(60, 5)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def statistics(world):
    statistics = Statistics(world.broker)
    statistics.sample()
    return statistics


@pytest.fixture
def channel(world):
    channel = world.channel()
    channel.declare("q")
    return channel


def pass_and_sample(world, statistics):
    world.pass_time(5)
    statistics.sample()


def plain(told):
    """Without the details."""
    return {name: value for name, value in told.items() if not name.endswith("_details")}


def test_nothing_is_told_of_what_nothing_happened_to(channel, world, statistics):
    things = (
        world.vhost.queues["q"],
        world.vhost.exchanges["amq.direct"],
        channel.client.session.channels[1],
        world.vhost,
    )
    assert [statistics.message_stats(thing, NO_SPAN) for thing in things] == [{}] * 4
    assert statistics.lengths(world.broker.add_vhost("empty"), NO_SPAN) == {}
    assert statistics.data(world.broker.vhosts["empty"], NO_SPAN) == {}


def test_totals_are_of_now_and_rates_of_the_last_two_samples(channel, world, statistics):
    queue = world.vhost.queues["q"]
    channel.fill("q", *[b""] * 20)
    pass_and_sample(world, statistics)
    channel.publish(b"", key="q")
    world.pass_time(0.1)
    told = statistics.message_stats(queue, NO_SPAN)
    assert told == {"publish": 21, "publish_details": {"rate": 4.0}}


def test_a_queue_tells_both_groups(channel, world, statistics):
    channel.fill("q", b"1", b"2")
    channel.get("q", no_ack=True)
    pass_and_sample(world, statistics)
    told = statistics.message_stats(world.vhost.queues["q"], NO_SPAN)
    assert plain(told) == {
        "publish": 2,
        "get": 0,
        "get_no_ack": 1,
        "get_empty": 0,
        "deliver": 0,
        "deliver_no_ack": 0,
        "deliver_get": 1,
        "redeliver": 0,
        "ack": 0,
    }
    assert told["deliver_get_details"] == {"rate": 0.2}


def test_who_has_only_begun_to_consume_has_taken_nothing(channel, world, statistics):
    channel.publish(b"", key="other")
    channel.consume("q")
    assert statistics.message_stats(world.vhost.queues["q"], NO_SPAN) == {}
    told = statistics.message_stats(channel.client.session.channels[1], NO_SPAN)
    assert "deliver" not in told


def test_an_exchange_tells_what_came_and_where_it_went(channel, world, statistics):
    default = world.vhost.exchanges[""]
    channel.publish(b"", key="nowhere")
    told = statistics.message_stats(default, NO_SPAN)
    assert told == {"publish_in": 1, "publish_in_details": {"rate": 0.0}}
    channel.fill("q", b"", b"")
    pass_and_sample(world, statistics)
    told = statistics.message_stats(default, NO_SPAN)
    assert plain(told) == {"publish_in": 3, "publish_out": 2}
    assert told["publish_out_details"] == {"rate": 0.4}


def test_a_channel_tells_what_it_did(channel, statistics):
    channel.call(methods.ConfirmSelect())
    channel.fill("q", b"1", b"2")
    channel.take()
    inner = channel.client.session.channels[1]
    told = statistics.message_stats(inner, NO_SPAN)
    assert plain(told) == {
        "publish": 2,
        "confirm": 2,
        "return_unroutable": 0,
        "drop_unroutable": 0,
    }
    channel.get("q")
    assert plain(statistics.message_stats(inner, NO_SPAN))["get"] == 1


def test_a_vhost_is_told_without_the_disk_and_the_overview_with_it(channel, world, statistics):
    channel.fill("q", b"1")
    channel.get("q")
    world.pass_time(0.1)
    told = plain(statistics.message_stats(world.vhost, NO_SPAN))
    assert (told["publish"], told["get"]) == (1, 1)
    assert "disk_reads" not in told
    other = world.broker.add_vhost("other")
    overview = plain(statistics.message_stats([world.vhost, other], NO_SPAN))
    assert overview == {**told, "disk_reads": 0, "disk_writes": 0}


def test_an_overview_of_no_vhosts_tells_nothing(statistics):
    assert statistics.message_stats([], NO_SPAN) == {}
    assert statistics.lengths([], NO_SPAN) == {}


def test_lengths_are_told_of_any_queue(channel, world, statistics):
    queue = world.vhost.queues["q"]
    channel.fill("q", *[b""] * 10)
    channel.get("q")
    pass_and_sample(world, statistics)
    told = statistics.lengths(queue, NO_SPAN)
    assert told == {
        "messages": 10,
        "messages_details": {"rate": 2.0},
        "messages_ready": 9,
        "messages_ready_details": {"rate": 1.8},
        "messages_unacknowledged": 1,
        "messages_unacknowledged_details": {"rate": 0.2},
    }
    assert statistics.lengths(world.vhost, NO_SPAN) == told
    assert statistics.lengths([world.vhost], NO_SPAN) == told


def test_a_large_vhost_is_summed_up_with_each_sample(channel, world, statistics):
    for number in range(SUMMED_AT_ONCE_MAX):
        world.vhost.create_queue(f"q{number}", QueueOptions(), None)
    pass_and_sample(world, statistics)
    channel.publish(b"", key="q")
    world.pass_time(1)
    assert statistics.lengths(world.vhost, NO_SPAN)["messages"] == 0
    pass_and_sample(world, statistics)
    assert statistics.lengths(world.vhost, NO_SPAN)["messages"] == 1


def test_octets_of_a_connection_and_of_its_vhost(channel, world, statistics):
    session = channel.client.session
    pass_and_sample(world, statistics)
    received = session.recv_oct
    channel.client.send(b"\x08\x00\x00\x00\x00\x00\x00\xce" * 5)
    session.send_oct += 20
    pass_and_sample(world, statistics)
    told = statistics.data(session, NO_SPAN)
    assert told["recv_oct"] == received + 40
    assert told["recv_oct_details"] == {"rate": 8.0}
    assert (told["send_oct"], told["send_oct_details"]) == (20, {"rate": 4.0})
    assert (told["recv_cnt"], told["send_cnt"], told["send_pend"]) == (session.recv_cnt, 0, 0)
    assert plain(statistics.data(world.vhost, NO_SPAN)) == {
        "recv_oct": told["recv_oct"],
        "send_oct": 20,
    }


def test_churn_is_the_nodes(channel, world, statistics):
    channel.declare("other")
    pass_and_sample(world, statistics)
    told = statistics.churn(NO_SPAN)
    assert (told["connection_created"], told["channel_created"]) == (1, 1)
    assert told["queue_declared_details"] == {"rate": 0.2}


def test_samples_are_told_where_they_are_asked_for(channel, world, statistics):
    queue = world.vhost.queues["q"]
    for _ in range(3):
        channel.fill("q", b"", b"")
        pass_and_sample(world, statistics)
    told = statistics.message_stats(queue, Span(msg_rates=MINUTE))["publish_details"]
    assert [each["sample"] for each in told["samples"]] == [6, 4, 2, *[0] * 10]
    assert told["samples"][0]["timestamp"] == 1_015_000
    assert told["rate"] == 0.4
    lengths = statistics.lengths(queue, Span(lengths=MINUTE))["messages_details"]
    # As in RabbitMQ, lengths of a queue are told up to the next point of time.
    assert [each["sample"] for each in lengths["samples"]][:4] == [6, 6, 4, 2]
    assert lengths["samples"][0]["timestamp"] == 1_020_000
    vhost = statistics.lengths(world.vhost, Span(lengths=MINUTE))["messages_details"]
    assert vhost["samples"][0] == {"sample": 6, "timestamp": 1_015_000}


def test_counts_are_told_without_rates(channel, world, statistics):
    channel.publish(b"", key="q")
    world.pass_time(1)
    counts = statistics.counts(world.vhost.queues["q"])
    assert (counts["publish"], counts["messages_ready"], counts["disk_writes"]) == (1, 1, 0)
    assert statistics.counts(world.vhost.exchanges[""])["publish_out"] == 1
    assert statistics.counts(channel.client.session.channels[1])["publish"] == 1
    assert statistics.totals().published == 1


def test_who_does_nothing_is_idle(channel, world, statistics):
    queue, inner = world.vhost.queues["q"], channel.client.session.channels[1]
    assert statistics.idle_since(queue) == "1970-01-01T00:16:40.000+00:00"
    assert statistics.idle_since(inner) == "1970-01-01T00:16:40.000+00:00"
    channel.publish(b"", key="q")
    assert statistics.idle_since(queue) is statistics.idle_since(inner) is None
    pass_and_sample(world, statistics)
    assert statistics.idle_since(queue) is None
    pass_and_sample(world, statistics)
    assert statistics.idle_since(queue) == "1970-01-01T00:16:45.000+00:00"
    channel.publish(b"", key="q")
    world.pass_time(1)
    assert statistics.idle_since(queue) == statistics.idle_since(queue)
    world.vhost.count_routes()
    assert statistics.idle_since(queue) is None


def test_without_consumers_there_is_no_capacity(channel, world, statistics):
    queue = world.vhost.queues["q"]
    assert statistics.consumer_capacity(queue) == 0
    channel.consume("q")
    assert statistics.consumer_capacity(queue) == 1.0


# The node itself ---------------------------------------------------------------------------------


def test_figures_of_the_process_have_rates():
    world, figures = World(), {"mem_used": 100, "fd_used": 7}
    statistics = Statistics(world.broker, lambda: dict(figures))
    statistics.sample()
    world.pass_time(5)
    figures["mem_used"] = 200
    statistics.sample()
    told = statistics.node(NO_SPAN)
    assert (told["mem_used"], told["mem_used_details"]) == (200, {"rate": 20.0})
    assert (told["fd_used"], told["fd_used_details"]) == (7, {"rate": 0.0})


def test_a_reset_forgets_samples_and_keeps_what_is_counted():
    world, figures = World(), {"mem_used": 100}
    statistics = Statistics(world.broker, lambda: dict(figures))
    for _ in range(2):
        statistics.sample()
        world.pass_time(5)
        figures["mem_used"] += 100
    channel = world.channel()
    channel.publish(b"x", key="nowhere")
    assert statistics.node(NO_SPAN)["mem_used_details"] == {"rate": 20.0}
    statistics.reset()
    assert statistics.node(NO_SPAN)["mem_used_details"] == {"rate": 0.0}
    assert statistics.message_stats(list(world.broker.vhosts.values()), NO_SPAN)["publish"] == 1


def test_what_is_always_0_is_at_rest(statistics):
    assert statistics.at_rest(None) == {"rate": 0.0}
    told = statistics.at_rest(Range(10, 5))
    assert (told["rate"], told["avg_rate"], told["avg"]) == (0.0, 0.0, 0.0)
    assert [each["sample"] for each in told["samples"]] == [0, 0, 0]


# Out --------------------------------------------------------------------------------------------


def out_since(world, statistics):
    """Of what is out of q, by delivery tag: how many seconds."""
    now = world.broker.agenda.wall_clock()
    (taker,) = world.broker.vhosts["/"].queues["q"].tally.taken
    told = {}
    for held in taker.held(world.broker.vhosts["/"].queues["q"]):
        since = datetime.fromisoformat(statistics.out_since(held))
        told[held.delivery_tag] = round(now - since.timestamp())
    return told


def test_how_long_a_message_is_out_is_known_to_a_sample(world, statistics, channel):
    for number in range(3):
        channel.publish(b"x", key="q")
        channel.call(methods.BasicGet(queue="q", no_ack=number == 1))
        pass_and_sample(world, statistics)
        pass_and_sample(world, statistics)
    assert out_since(world, statistics) == {1: 25, 3: 5}
    channel.publish(b"x", key="q")
    channel.call(methods.BasicGet(queue="q"))
    world.pass_time(3)
    assert out_since(world, statistics)[4] == 0


def test_what_is_out_for_long_is_known_to_coarser_samples(world, statistics, channel):
    channel.publish(b"x", key="q")
    channel.call(methods.BasicGet(queue="q"))
    for _ in range(12 * 30):
        pass_and_sample(world, statistics)
    channel.publish(b"x", key="q")
    channel.call(methods.BasicGet(queue="q"))
    pass_and_sample(world, statistics)
    told = out_since(world, statistics)
    assert 1800 - 60 <= told[1] <= 1800
    assert told[2] == 0
    for _ in range(12 * 60):
        pass_and_sample(world, statistics)
    longest = BASIC.steps[-1]
    assert longest.length_s <= out_since(world, statistics)[1] <= longest.size * 60 < 5400


def test_how_long_it_is_out_elsewhere_is_not_known(statistics):
    assert statistics.out_since(Held(message(), node="other")) is None
