"""Another object comes to stand for a queue, and nobody need know."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.exchanges.kinds import KINDS
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.replacing import standing_for
from leveret.wire import methods
from tests.session.harness import World


@pytest.fixture
def world():
    return World(is_durable=True)


def declare(world, **arguments):
    table = {name.replace("_", "-"): value for name, value in arguments.items()}
    options = QueueOptions(durable=True, arguments=table)
    queue = world.vhost.create_queue("q", options, None)
    world.sync()
    return queue


def replace(world):
    old = world.vhost.queues["q"]
    new = world.vhost.make_queue("q", old.options, 900)
    world.vhost.replace_queue(old, new)
    return new


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"x-delayed-message", "headers"}))
def test_bindings_lead_to_the_new_one(world, kind):
    queue = declare(world)
    exchange = world.vhost.declare_exchange("x", kind, world.vhost.exchanges["amq.direct"].options)
    world.vhost.bind(Binding(exchange, queue, "1"))
    before = world.vhost.route("x", "1")
    new = replace(world)
    assert before.receivers == (queue,)
    assert world.vhost.route("x", "1").receivers == (new,)
    assert world.vhost.bindings.arriving(new) == exchange.bindings
    assert world.vhost.bindings.arriving(queue) == []


def test_a_recent_history_is_not_told_again(world):
    queue = declare(world)
    options = world.vhost.exchanges["amq.direct"].options
    exchange = world.vhost.declare_exchange("x", "x-recent-history", options)
    channel = world.channel()
    channel.publish(b"a", exchange="x")
    world.vhost.bind(Binding(exchange, queue, ""))
    assert queue.ready.count == 1
    assert replace(world).ready.count == 0


def test_publishers_find_it_who_knew_the_way(world):
    declare(world)
    channel = world.channel()
    channel.fill("q", b"a")
    new = replace(world)
    channel.fill("q", b"b")
    world.vhost.count_routes()
    assert [each.body for each in new.ready.at_hand()] == [b"b"]
    assert new.tally.publish == 1


def test_it_follows_the_policies(world):
    declare(world)
    world.broker.parameters.set_policy("/", Policy("p", "^q$", {"max-length": 1}))
    new = replace(world)
    world.channel().fill("q", b"a", b"b")
    assert [each.body for each in new.ready.at_hand()] == [b"b"]


def test_the_old_one_lets_go_and_says_nothing_to_the_store(world):
    old = declare(world, x_message_ttl=1000, x_dead_letter_exchange="")
    world.channel().fill_stored("q", b"a", b"b")
    (taken, _) = old.get()
    replace(world)
    old.settle(taken)
    old.requeue([taken])
    world.pass_time(2)
    assert len(world.engine.messages.positions(old.number)) == 2
    assert (old.ready.count, old.is_deleted) == (0, True)


def test_who_waits_for_the_disk_looks_at_the_new_one(world):
    old = declare(world)
    world.channel().fill_stored("q", b"a")
    later = world.vhost.make_queue("q", old.options, old.number)
    later.recover(world.engine.messages.recovered(old.number))
    world.vhost.replace_queue(old, later)
    channel = world.channel()
    channel.say(methods.BasicGet(queue="q"))
    replace(world)
    world.pass_time(0)
    assert channel.take() == [methods.BasicGetEmpty()]


def test_what_was_found_a_while_ago_stands_for_itself_or_not(world):
    first = declare(world)
    second = replace(world)
    third = replace(world)
    assert standing_for(first) is standing_for(second) is standing_for(third) is third


def test_a_stream_gives_way_too(world):
    stream = declare(world, x_queue_type="stream")
    channel = world.channel()
    channel.call(methods.BasicQos(prefetch_count=10))
    channel.consume("q")
    new = world.vhost.make_queue("q", stream.options, 900)
    world.vhost.replace_queue(stream, new)
    assert (len(stream.consumers), len(new.consumers)) == (0, 1)
    channel.fill_stored("q", b"a")
    world.sync()
    world.pass_time(0)
    assert channel.bodies() == [b"a"]
