"""Looking at what a queue has, without taking it."""

import asyncio

import pika
import pytest

from leveret.broker.errors import NotFound, PreconditionFailed
from leveret.config import Settings
from leveret.management.publishing import Outgoing, publish
from leveret.messages import looking
from leveret.messages.looking import READY, UNACKNOWLEDGED, Wish, first_of, look
from leveret.messages.searching import Search
from leveret.wire import methods
from leveret.wire.properties import Properties
from tests.management.asking import asking
from tests.management.domain import entered, exchange, queue
from tests.management.objects import Objects
from tests.session.harness import World

PERSISTENT = pika.BasicProperties(delivery_mode=2)


@pytest.fixture
def access():
    return entered()


def filled(access, count, **arguments):
    q = queue(access, "q", **arguments)
    for number in range(count):
        publish(
            access, Outgoing("", "q", Properties(priority=number % 3), str(number).encode()), 0.0
        )
    return q


def seen(q, wish, state=READY):
    view = asyncio.run(look(q, state, wish))
    return [each.message.body.decode() for each in view.seen], view.next


def test_a_page_and_where_the_next_begins(access):
    q = filled(access, 5)
    assert seen(q, Wish(1, 2)) == (["1", "2"], 3)
    assert seen(q, Wish(3, 2)) == (["3", "4"], None)
    assert seen(q, Wish(9, 2)) == ([], None)
    assert seen(q, Wish(0, 0)) == ([], 0)


def test_looking_changes_nothing(access):
    q = filled(access, 3)
    q.requeue([q.get()[0]])
    for _ in range(2):
        view = asyncio.run(look(q, READY, Wish()))
        assert [each.redelivered for each in view.seen] == [True, False, False]
    assert q.tally.deliveries is None
    assert [(each.body, flag) for each, flag in (q.get(), q.get())] == [(b"0", True), (b"1", False)]


def test_the_order_is_that_of_delivery(access):
    q = filled(access, 6, **{"x-max-priority": 5})
    assert seen(q, Wish())[0] == ["2", "5", "1", "4", "0", "3"]
    assert seen(q, Wish(1, 3))[0] == ["5", "1", "4"]


def test_a_search_goes_through_what_is_not_shown(access):
    q = filled(access, 40)
    assert seen(q, Wish(0, 3, Search("3"))) == (["3", "13", "23"], 24)
    assert seen(q, Wish(24, 3, Search("3")))[0] == ["30", "31", "32"]


def test_a_look_has_an_end(access, monkeypatch):
    q = filled(access, 40)
    monkeypatch.setattr(looking, "LOOKED_AT_MAX", 20)
    assert seen(q, Wish(0, 3, Search("absent"))) == ([], 20)
    monkeypatch.setattr(looking, "SHOWN_OCTETS_MAX", 1)
    assert seen(q, Wish())[1] == 1


def test_a_paused_queue_shows_nothing(access):
    q = filled(access, 1)
    q.pause("node")
    with pytest.raises(NotFound):
        seen(q, Wish())


def test_what_is_out_is_shown_with_who_holds_it():
    world = World()
    channel = world.client().channel()
    channel.call(methods.QueueDeclare(queue="q"))
    for body in (b"a", b"b", b"c"):
        channel.publish(body, key="q")
    for _ in range(2):
        channel.call(methods.BasicGet(queue="q"))
    q = world.broker.vhosts["/"].queues["q"]
    assert seen(q, Wish(), UNACKNOWLEDGED) == (["a", "b"], None)
    assert seen(q, Wish(0, 1), UNACKNOWLEDGED) == (["a"], 1)
    view = asyncio.run(look(q, UNACKNOWLEDGED, Wish(1)))
    assert [(each.place, each.held.delivery_tag) for each in view.seen] == [(1, 2)]
    assert seen(q, Wish())[0] == ["c"]


def test_where_a_look_begins_is_said_in_numbers(access):
    q = queue(access, "q")
    assert first_of(q, "17", 0.0) == 17
    with pytest.raises(PreconditionFailed, match="'last' is no place in line"):
        first_of(q, "last", 0.0)
    with pytest.raises(PreconditionFailed):
        first_of(q, "-1", 0.0)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Over HTTP, a vhost of a broker with a disk."""
    with asking(settings=Settings(data_dir=tmp_path_factory.mktemp("node"))) as api:
        api.broker.admin.add_vhost("v")
        api.broker.admin.set_permission("guest", vhost="v")
        yield Objects(api, "v")


def test_what_is_on_the_disk_is_read_for_a_look(kept):
    lazy = {"durable": True, "arguments": {"x-queue-mode": "lazy"}}
    kept.do("PUT", "/queues/{v}/lazy", lazy)
    with kept.channel() as channel:
        channel.confirm_delivery()
        for number in range(300):
            channel.basic_publish("", "lazy", str(number), PERSISTENT)
    for _ in range(2):
        told = kept.get("/queues/{v}/lazy/messages?from=190&count=20")
        assert [each["payload"] for each in told["messages"]] == [str(n) for n in range(190, 210)]
        assert (told["next"], told["messages_ready"]) == (210, 300)
    found = kept.get("/queues/{v}/lazy/messages?search=99&count=9")["messages"]
    assert [each["payload"] for each in found] == ["99", "199", "299"]
    assert not any(each["redelivered"] for each in kept.take("lazy", 300))


def test_a_stream_is_looked_at_by_offset(kept):
    stream = {"durable": True, "arguments": {"x-queue-type": "stream"}}
    kept.do("PUT", "/queues/{v}/s", stream)
    for number in range(20):
        kept.publish("s", str(number))

    def places(query):
        told = kept.get(f"/queues/{{v}}/s/messages?{query}")
        assert all(each["payload"] == str(each["place"]) for each in told["messages"])
        return [each["place"] for each in told["messages"]], told["next"]

    assert places("from=5&count=3") == ([5, 6, 7], 8)
    assert places("from=first&count=1") == ([0], 1)
    assert places("from=last") == ([19], None)
    assert places("from=next") == ([], None)
    assert places("from=1h&count=2") == ([0, 1], 2)
    assert places("search=7") == ([7, 17], None)
    assert places("state=unacknowledged") == ([], None)


def test_what_is_held_back_is_looked_at_in_the_order_in_which_it_is_due(access):
    later = exchange(access, "later", "x-delayed-message", **{"x-delayed-type": "direct"})
    for number in (3, 1, 2):
        properties = Properties(headers={"x-delay": number * 1000})
        publish(access, Outgoing("later", "k", properties, str(number).encode()), 0.0)
    view = asyncio.run(looking.delayed(later.type.delays, Wish(1, 1)))
    assert [(each.message.body, each.due_at) for each in view.seen] == [(b"2", 2.0)]
    assert view.next == 2
    assert later.type.delayed_count == 3
