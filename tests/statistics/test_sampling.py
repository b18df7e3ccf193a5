"""One sample of everything, and what is kept of it."""

import pytest

from leveret.broker.queues.queue import QueueOptions
from leveret.statistics import rows
from leveret.statistics.sampling import NODE, SLICE_MAX, Sampling
from leveret.statistics.series import Timeline
from leveret.wire import methods
from tests.session.harness import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def sampling(world):
    return Sampling(world.broker, Timeline(1000))


def take(sampling, now_s=0.0):
    """A whole sample; in how many slices."""
    return 1 + sum(1 for _ in sampling.take(now_s))


def test_everything_that_was_touched_has_a_series(world, sampling):
    channel = world.channel()
    for name in ("touched", "untouched"):
        channel.declare(name)
    channel.publish(b"", key="touched")
    take(sampling)
    queues, inner = world.vhost.queues, channel.client.session.channels[1]
    sampled = [
        queues["touched"],
        world.vhost.exchanges[""],
        inner,
        inner.session,
        world.vhost,
        NODE,
    ]
    assert all(sampling.of(thing) is not None for thing in sampled)
    for thing in (queues["untouched"], world.vhost.exchanges["amq.topic"]):
        assert sampling.of(thing) is None


def test_what_is_gone_is_forgotten(world, sampling):
    channel = world.channel()
    channel.declare("q")
    channel.publish(b"", key="q")
    take(sampling)
    queue, session = world.vhost.queues["q"], channel.client.session
    channel.call(methods.QueueDelete(queue="q"))
    channel.client.hang_up()
    take(sampling)
    assert sampling.of(queue) is None
    assert sampling.of(session) is None


def test_the_first_sample_says_nothing_of_how_fast_it_came(world, sampling):
    channel = world.channel()
    channel.declare("q")
    channel.publish(b"", key="q")
    take(sampling)
    series = sampling.of(world.vhost.queues["q"])
    assert series.before == series.last
    channel.declare("later")
    channel.publish(b"", key="later")
    take(sampling)
    series = sampling.of(world.vhost.queues["later"])
    assert (series.before[0], series.last[0]) == (0, 1)


def test_a_vhost_sums_up_as_if_it_were_done_at_once(world, sampling):
    channel = world.channel()
    channel.declare("q")
    channel.fill("q", b"1", b"2")
    channel.get("q")
    take(sampling)
    sessions = [channel.client.session]
    assert sampling.of(world.vhost).last == rows.vhost_row(world.vhost, sessions)


def test_many_queues_are_looked_at_in_slices(world, sampling):
    for number in range(3 * SLICE_MAX + 1):
        world.vhost.create_queue(f"q{number}", QueueOptions(), None)
    assert take(sampling) == 4


def test_queues_that_were_touched_make_smaller_slices(world, sampling):
    channel = world.channel()
    for number in range(SLICE_MAX):
        world.vhost.create_queue(f"q{number}", QueueOptions(), None)
        channel.publish(b"", key=f"q{number}")
    assert take(sampling) > 5


def test_many_connections_are_looked_at_in_slices(world, sampling):
    for _ in range(SLICE_MAX // 8):
        world.channel()
    assert take(sampling) == 2


def test_what_comes_and_goes_between_two_slices_is_no_trouble(world, sampling):
    for number in range(3 * SLICE_MAX):
        world.vhost.create_queue(f"q{number}", QueueOptions(), None)
    for slice_number, _ in enumerate(sampling.take(0.0)):
        world.vhost.create_queue(f"new{slice_number}", QueueOptions(), None)
        world.vhost.remove_queue(world.vhost.queues[f"q{slice_number}"])
    assert sampling.of(world.vhost) is not None


def test_a_queue_that_finds_its_consumers_busy_has_less_capacity(world, sampling):
    channel = world.channel()
    channel.declare("q")
    channel.call(methods.BasicQos(prefetch_count=1))
    channel.consume("q")
    queue = world.vhost.queues["q"]
    assert sampling.capacity(queue) == 1.0
    take(sampling)
    channel.publish(b"", key="q")
    take(sampling)
    once = sampling.capacity(queue)
    take(sampling)
    assert 0 < sampling.capacity(queue) < once < 1
