"""One queue's move, with clients at work."""

import asyncio

import pytest

from leveret.cluster.mirrors.moves import MoveLost
from leveret.cluster.remote import frames
from leveret.cluster.remote.desk import HomeDesk
from leveret.wire import methods
from tests.broker.domain import message
from tests.cluster.mirrors.leading import NODES
from tests.cluster.mirrors.living import MirroredWorld, scene
from tests.session.harness import PERSISTENT


def begin(**arguments):
    """A world, a channel in it, and its durable queue."""
    world = MirroredWorld()
    channel = world.channel()
    table = {f"x-{each.replace('_', '-')}": value for each, value in arguments.items()}
    channel.say(methods.QueueDeclare(queue="q", durable=True, arguments=table))
    world.sync()
    channel.take()
    return world, channel


def take(channel, count):
    return [channel.get().body for _ in range(count)]


@scene
async def test_a_queue_goes_to_a_log_with_all_it_has():
    world, channel = begin()
    channel.fill_stored("q", *(b"%d" % each for each in range(40)))
    other = world.channel()
    assert take(other, 3) == [b"0", b"1", b"2"]
    other.ack(2)
    other.say(methods.BasicNack(3, requeue=True))
    assert take(other, 1) == [b"2"]
    await world.mirror()
    assert world.own() == []
    expected = [(b"0", 1), (b"2", 2), *((b"%d" % each, 0) for each in range(3, 40))]
    assert await world.found() == expected


@scene
async def test_it_is_in_use_meanwhile():
    world, channel = begin()
    channel.fill_stored("q", *(b"%d" % each for each in range(600)))
    moving = await world.begin_move()
    await world.settle(2)
    channel.fill_stored("q", b"new")
    assert take(channel, 4) == [b"0", b"1", b"2", b"3"]
    channel.ack(3, multiple=True)
    await world.settle()
    channel.fill_stored("q", b"newer")
    channel.ack(4)
    await world.settle(3)
    # Until somebody says that it is over, both have all.
    expected = [(b"%d" % each, 0) for each in range(4, 600)] + [(b"new", 0), (b"newer", 0)]
    assert world.own() == expected
    (await moving).finish()
    assert take(channel, 1) == [b"4"]
    channel.ack(5)
    await world.settle()
    assert await world.found() == expected[1:]


@scene
async def test_what_a_transaction_has_and_what_is_dying_goes_too():
    world, channel = begin(dead_letter_exchange="", dead_letter_routing_key="morgue")
    other = world.channel()
    other.say(methods.QueueDeclare(queue="morgue", durable=True))
    await world.settle(2)
    await world.mirror("q2.1", "morgue")
    channel.fill_stored("q", b"in a transaction", b"dying", b"ready")
    other.take()
    other.call(methods.TxSelect())
    other.get()
    other.ack(1)
    channel.get()
    kept = []
    world.store.places[2].when_safe = lambda action, _lost: kept.append(action)
    channel.say(methods.BasicReject(1, requeue=False))
    moving = await world.begin_move()
    await world.settle()
    (await moving).finish()
    # The letter may not be safe yet, the transaction is not committed.
    await world.settle()
    assert await world.found() == [(b"in a transaction", 1), (b"dying", 0), (b"ready", 0)]
    assert await world.found("q2.1") == [(b"dying", 0)]


@scene
async def test_what_was_dying_is_settled_in_the_place_to_which_it_has_gone():
    world, channel = begin(dead_letter_exchange="", dead_letter_routing_key="morgue")
    other = world.channel()
    other.say(methods.QueueDeclare(queue="morgue", durable=True))
    await world.settle(2)
    await world.mirror("q2.1", "morgue")
    channel.fill_stored("q", b"dying")
    channel.get()
    kept = []
    world.store.places[2].when_safe = lambda action, _lost: kept.append(action)
    channel.say(methods.BasicReject(1, requeue=False))
    await world.mirror()
    kept[0]()
    await world.settle()
    assert await world.found() == []


@scene
async def test_nobody_is_told_that_it_is_safe_before_it_is_where_it_will_be():
    world, channel = begin()
    moving = await world.begin_move()
    await world.settle()
    channel.call(methods.ConfirmSelect())
    world.faults.split((NODES[0],))
    channel.fill_stored("q", b"a")
    await world.settle(3)
    assert channel.take() == []
    world.faults.heal()
    await world.settle(3)
    assert channel.take() == [methods.BasicAck(1)]
    (await moving).finish()
    world.faults.split((NODES[0],))
    channel.fill_stored("q", b"b")
    await world.settle(3)
    assert channel.take() == []
    world.faults.heal()
    await world.settle(3)
    assert channel.take() == [methods.BasicAck(2)]


@scene
async def test_a_move_that_is_given_up_has_not_been():
    world, channel = begin()
    channel.fill_stored("q", b"a", b"b")
    moving = await world.begin_move()
    await world.settle()
    channel.call(methods.ConfirmSelect())
    world.faults.split((NODES[0],))
    channel.fill_stored("q", b"c")
    (await moving).give_up()
    await world.settle(2)
    assert channel.take() == [methods.BasicAck(1)]
    assert world.store.places == {}
    assert not world.queue().keeps_all
    assert take(channel, 3) == [b"a", b"b", b"c"]
    channel.ack(3, multiple=True)
    assert world.own() == []


@scene
async def test_a_log_that_becomes_somebody_elses_ends_the_move():
    world, channel = begin()
    channel.fill_stored("q", *(b"%d" % each for each in range(300)))
    moving = await world.begin_move()
    await world.settle(2)
    await world.found()
    await world.settle()
    with pytest.raises(MoveLost):
        await moving
    assert world.store.places == {}
    assert len(world.own()) == 300


@scene
async def test_a_move_that_is_cancelled_is_given_up():
    world, channel = begin()
    channel.fill_stored("q", *(b"%d" % each for each in range(300)))
    moving = await world.begin_move()
    await asyncio.sleep(0.1)
    moving.cancel()
    await world.settle()
    assert moving.cancelled()
    assert world.store.places == {}


@scene
async def test_a_queue_that_is_given_up_while_it_moves_stays_where_it_was():
    world, channel = begin()
    channel.fill_stored("q", b"a")
    moving = await world.begin_move()
    await world.settle()
    world.store.give_up(1)
    world.store.give_up(1)
    assert (await moving).is_over
    assert world.store.places == {}
    assert world.own() == [(b"a", 0)]


@scene
async def test_what_is_transient_is_kept_from_the_move_on():
    world, channel = begin()
    channel.fill("q", b"before")
    await world.mirror()
    channel.fill("q", b"a")
    await world.settle(2)
    assert take(channel, 2) == [b"before", b"a"]
    await world.settle(2)
    assert await world.found() == [(b"a", 1)]


@scene
async def test_a_confirm_of_what_is_transient_waits_for_the_copies():
    world, channel = begin()
    await world.mirror()
    channel.call(methods.ConfirmSelect())
    world.faults.split((NODES[0],))
    channel.fill("q", b"a")
    await world.settle(3)
    assert channel.take() == []
    world.faults.heal()
    await world.settle(3)
    assert channel.take() == [methods.BasicAck(1)]


@scene
async def test_a_time_to_live_is_not_had_twice():
    world, channel = begin(message_ttl=10_000)
    channel.fill_stored("q", b"a")
    world.pass_time(6)
    await world.mirror()
    world.pass_time(3)
    other = MirroredWorld(world.faults, NODES[1])
    other.agenda.hand.now = world.agenda.hand.now
    recovered = await other.store.lead(1, await other.logs.open("q1.1", 3))
    queue = other.channel()
    queue.declare_durable()
    found = other.queue()
    found.follow(found.policy)
    found._needed_expiry().limit(10_000)
    found.recover(recovered)
    await other.settle(3)
    other.pass_time(0.5)
    assert found.ready.count == 1
    other.pass_time(1)
    assert found.ready.count == 0


@scene
async def test_and_back_again():
    world, channel = begin()
    channel.fill_stored("q", *(b"%d" % each for each in range(300)))
    await world.mirror()
    world.pass_time(5)
    assert take(channel, 2) == [b"0", b"1"]
    moving = world.begin_move_home()
    await world.settle(3)
    channel.fill_stored("q", b"new")
    channel.ack(1)
    await world.settle()
    (await moving).finish()
    channel.fill_stored("q", b"newer")
    expected = [(b"%d" % each, 0) for each in range(2, 300)] + [(b"new", 0), (b"newer", 0)]
    assert world.own() == [(b"1", 1), *expected]
    assert not world.queue().keeps_all
    channel.say(methods.BasicNack(2, requeue=True))
    assert take(channel, 301) == [b"1", *(body for body, _count in expected)]
    channel.ack(0, multiple=True)
    await world.settle(3)
    assert world.own() == []
    # And once more, from what has other names there.
    channel.fill_stored("q", b"last")
    await world.mirror("q1.2")
    assert await world.found("q1.2") == [(b"last", 0)]


@scene
async def test_a_move_home_that_is_given_up_leaves_the_log_as_it_is():
    world, channel = begin()
    channel.fill_stored("q", b"a", b"b")
    await world.mirror()
    moving = world.begin_move_home()
    await world.settle()
    channel.fill_stored("q", b"c")
    (await moving).give_up()
    await world.settle()
    assert world.own() == []
    assert world.queue().keeps_all
    assert take(channel, 1) == [b"a"]
    channel.ack(1)
    await world.settle(2)
    assert await world.found() == [(b"b", 0), (b"c", 0)]


@scene
async def test_publishers_of_a_leader_that_was_deposed_are_refused():
    world, channel = begin()
    await world.mirror()
    channel.call(methods.ConfirmSelect())
    world.faults.split((NODES[0],))
    channel.fill_stored("q", b"a", b"b")
    await world.settle(2)
    await world.found()
    world.faults.heal()
    await world.settle(3)
    assert channel.take() == [methods.BasicNack(1), methods.BasicNack(2)]
    channel.fill_stored("q", b"c")
    await world.settle(2)
    assert channel.take() == [methods.BasicNack(3)]


@scene
async def test_another_nodes_publishers_hear_of_what_is_safe_alone():
    world, _channel = begin()
    await world.mirror()
    told = []
    desk = HomeDesk(world.broker, lambda _peer, frame: told.append(frame))

    def publish(ticket):
        carried = frames.carry(message("a", key="q", is_persistent=True))
        desk.hear("mouse", frames.Publish(ticket, "/", "q", [carried]))

    publish(1)
    await world.settle(2)
    assert told == [frames.Taken((1,))]
    world.faults.split((NODES[0],))
    publish(2)
    await world.settle(2)
    await world.found()
    world.faults.heal()
    await world.settle(2)
    publish(3)
    await world.settle(2)
    # They say it again to whoever leads it now.
    assert told == [frames.Taken((1,))]


@scene
async def test_a_channel_that_goes_on_in_the_middle_of_a_chunk_makes_nobody_forget():
    world, channel = begin()
    await world.mirror()
    other = channel.client.channel()
    other.say(methods.QueueDeclare(queue="own", durable=True))
    await world.settle(2)
    other.take()
    for each in (channel, other):
        each.call(methods.ConfirmSelect())
    session = channel.client.session
    receive = session.connection.receive
    to_log = channel.published(b"a", key="q", properties=PERSISTENT)
    to_disk = other.published(b"b", key="own", properties=PERSISTENT)

    def receive_and_resume(_data):
        receive(to_log)
        session.resume_channel(session.connection.wait(other.number), lambda: receive(to_disk))

    session.connection.receive = receive_and_resume
    world.faults.split((NODES[0],))
    session.receive(b"")
    await world.settle(3)
    assert channel.take() == []
    world.faults.heal()
    await world.settle(3)
    assert channel.take() == [methods.BasicAck(1)]
    assert other.take() == [methods.BasicAck(1)]
