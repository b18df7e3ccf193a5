"""Chosen messages leave their queue, and are never in none."""

import asyncio
from functools import partial

import pika
import pytest

from leveret.broker.errors import AccessRefused, NotFound
from leveret.broker.queues.queue import QueueOptions
from leveret.config import Settings
from leveret.management.publishing import Outgoing, publish
from leveret.messages import moving, onward
from leveret.messages.moving import HOLDER, NOT_TAKEN
from leveret.wire.properties import Properties
from tests.management.asking import asking
from tests.management.domain import entered, queue
from tests.management.objects import Objects


@pytest.fixture
def access():
    return entered()


def filled(access, count, **arguments):
    q = queue(access, "q", **arguments)
    for number in range(count):
        publish(access, Outgoing("", "q", Properties(), str(number).encode()), 0.0)
    return q


def positions(q, *places):
    standing = list(q.ready.waiting())
    return [standing[place].position for place in places]


def move(access, chosen, way_on):
    return asyncio.run(moving.move(access.vhost, access.vhost.queue("q"), chosen, way_on))


def bodies(q):
    return [each.message.body.decode() for each in q.ready.waiting()]


def to(access, name):
    return partial(onward.to_queue, access.route, name)


def delete(_message):
    return None


def test_the_chosen_ones_go_and_the_others_stay_in_order(access):
    q, target = filled(access, 6), queue(access, "target")
    outcome = move(access, positions(q, 4, 1), to(access, "target"))
    assert (outcome.moved, outcome.missing, outcome.kept.total()) == (2, 0, 0)
    assert bodies(target) == ["1", "4"]
    assert bodies(q) == ["0", "2", "3", "5"]
    assert q.tally.unacknowledged == 0
    assert q.tally.deliveries.ack == 2


def test_what_does_not_wait_any_more_is_missing(access):
    q, target = filled(access, 2), queue(access, "target")
    chosen = positions(q, 0, 1)
    q.get()
    assert move(access, chosen, to(access, "target")).missing == 1
    assert bodies(target) == ["1"]


def test_all_means_what_waits_now(access, monkeypatch):
    """What goes to the end of its own queue is not met again."""
    monkeypatch.setattr(moving, "BATCH", 2)
    q = filled(access, 5)
    assert move(access, None, to(access, "q")).moved == 5
    assert bodies(q) == ["0", "1", "2", "3", "4"]


def test_what_has_no_way_is_passed_over(access, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 2)
    q, target = filled(access, 7), queue(access, "target")

    def odd_ones(message):
        if int(message.body) % 2:
            raise onward.Kept("it is odd")
        return onward.to_queue(access.route, "target", message)

    outcome = move(access, None, odd_ones)
    assert (outcome.moved, outcome.kept) == (4, {"it is odd": 3})
    assert (bodies(target), bodies(q)) == (["0", "2", "4", "6"], ["1", "3", "5"])
    assert not any(each.redelivered for each in q.ready.waiting())


def test_a_full_queue_takes_what_it_can(access, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 1)
    q = filled(access, 3)
    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    target = access.declare_queue("target", QueueOptions(arguments=full))
    outcome = move(access, None, to(access, "target"))
    assert (outcome.moved, outcome.kept) == (1, {"queue 'target' in vhost '/' is full": 2})
    assert (bodies(target), bodies(q)) == (["0"], ["1", "2"])


def test_one_that_is_full_in_the_middle_of_a_batch_loses_nothing(access):
    q = filled(access, 3)
    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    target = access.declare_queue("target", QueueOptions(arguments=full))
    outcome = move(access, None, to(access, "target"))
    assert (outcome.moved, outcome.kept.total()) == (1, 2)
    assert (bodies(target), bodies(q)) == (["0"], ["1", "2"])


def test_limits_count_what_has_left(access):
    q = filled(access, 4, **{"x-max-length-bytes": 4, "x-overflow": "drop-head"})
    move(access, positions(q, 1, 2), delete)
    publish(access, Outgoing("", "q", Properties(), b"ab"), 0.0)
    assert bodies(q) == ["0", "3", "ab"]
    publish(access, Outgoing("", "q", Properties(), b"c"), 0.0)
    assert bodies(q) == ["3", "ab", "c"]


def test_deleted_ones_are_gone(access):
    q = filled(access, 3)
    assert move(access, positions(q, 1), delete).moved == 1
    assert bodies(q) == ["0", "2"]


def test_who_may_not_publish_there_moves_nothing(access):
    q = filled(access, 2)
    queue(access, "target")

    def refused(_message):
        raise AccessRefused("not yours")

    with pytest.raises(AccessRefused):
        move(access, None, refused)
    assert bodies(q) == ["0", "1"]
    assert q.tally.unacknowledged == 0


def test_a_paused_queue_lets_nothing_go(access):
    q = filled(access, 1)
    q.pause("node")
    with pytest.raises(NotFound):
        move(access, None, delete)


class LateSender:
    """Where messages arrive when the test says so."""

    def __init__(self):
        self.leaving = []
        self.is_asked = asyncio.Event()

    def send(self, _message, _route, leaving):
        self.leaving.append(leaving)
        self.is_asked.set()


def on_the_way(access, chosen):
    """The move of a queue's messages, none of which has arrived yet."""
    access.vhost.sender = sender = LateSender()
    return sender, moving.move(access.vhost, access.vhost.queue("q"), chosen, to(access, "t"))


def test_what_is_on_its_way_is_out_until_it_is_safe(access):
    q = filled(access, 3)
    queue(access, "t")

    async def scene():
        sender, moved = on_the_way(access, positions(q, 0, 1))
        task = asyncio.create_task(moved)
        await sender.is_asked.wait()
        (taker,) = q.tally.taken
        assert [each.body for each in taker.all_out_of(q)] == [b"0", b"1"]
        assert [each.connection for each in taker.held(q)] == [HOLDER] * 2
        assert (q.tally.unacknowledged, bodies(q)) == (2, ["2"])
        sender.leaving[0].done()
        sender.leaving[1].again()
        return await task

    outcome = asyncio.run(scene())
    assert (outcome.moved, outcome.kept) == (1, {NOT_TAKEN: 1})
    assert (q.tally.unacknowledged, bodies(q)) == (0, ["1", "2"])
    assert not q.tally.taken


def test_who_asked_may_go_away_meanwhile(access):
    q = filled(access, 2)
    queue(access, "t")

    async def scene():
        sender, moved = on_the_way(access, None)
        task = asyncio.create_task(moved)
        await sender.is_asked.wait()
        task.cancel()
        await asyncio.wait([task])
        assert q.tally.unacknowledged == 2
        sender.leaving[0].done()
        sender.leaving[1].again()

    asyncio.run(scene())
    assert (q.tally.unacknowledged, bodies(q)) == (0, ["1"])
    assert not q.tally.taken


def test_moved_messages_outlive_a_restart_in_one_place(tmp_path):
    persistent = pika.BasicProperties(delivery_mode=2)
    lazy = {"durable": True, "arguments": {"x-queue-mode": "lazy"}}
    with asking(settings=Settings(data_dir=tmp_path)) as api:
        objects = Objects(api, "%2F")
        for name in ("q", "t"):
            objects.do("PUT", f"/queues/{{v}}/{name}", lazy)
        with Objects(api, "/").channel() as channel:
            channel.confirm_delivery()
            for number in range(300):
                channel.basic_publish("", "q", str(number), persistent)
        shown = objects.get("/queues/{v}/q/messages?from=100&count=150")["messages"]
        told = {"positions": [each["position"] for each in shown], "queue": "t"}
        answer = objects.do("POST", "/queues/{v}/q/messages/move", told)
        assert answer.body["moved"] == 150
    with asking(settings=Settings(data_dir=tmp_path)) as api:
        objects = Objects(api, "%2F")
        there = [int(each["payload"]) for each in objects.take("t", 400)]
        here = [int(each["payload"]) for each in objects.take("q", 400)]
    assert there == list(range(100, 250))
    assert here == [*range(100), *range(250, 300)]
