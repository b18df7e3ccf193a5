"""Events for whoever binds to amq.rabbitmq.event."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.events import EVENT_EXCHANGE, INTERNAL, LIST_MAX, TEXT_MAX
from leveret.broker.latest import KEPT_MAX
from leveret.broker.queues.queue import QueueOptions
from leveret.wire.properties import Properties
from leveret.wire.values import Int64
from tests.broker.domain import HandClock, random_bytes
from tests.broker.fake_storage import FakeEngine

NOW = 1_795_367_965.675


class Heard:
    """A broker whose events go to a queue."""

    def __init__(self, key="#"):
        self.broker = Broker(HandClock(), random_bytes())
        self.events = self.broker.events
        self.vhost = self.broker.add_vhost("/")
        self.events.start(self.vhost, lambda: NOW)
        self.queue = self.vhost.create_queue("heard", QueueOptions(), None)
        self.binding = Binding(self.vhost.exchange(EVENT_EXCHANGE), self.queue, key)
        self.vhost.bind(self.binding)
        self.take()

    def take(self):
        taken = []
        while self.queue.ready.count:
            taken.append(self.queue.get()[0])
        return taken


@pytest.fixture
def heard():
    return Heard()


def test_an_event_is_a_message_without_a_body(heard):
    heard.events.emit("queue.deleted", {"name": "q", "vhost": "/"}, by="alice")
    (event,) = heard.take()
    assert (event.exchange, event.routing_key, event.body) == (EVENT_EXCHANGE, "queue.deleted", b"")
    assert list(event.headers.items()) == [
        ("user_who_performed_action", "alice"),
        ("name", "q"),
        ("vhost", "/"),
        ("timestamp_in_ms", 1_795_367_965_675),
    ]
    told = Properties(headers=event.headers, delivery_mode=2, timestamp=1_795_367_965)
    assert event.properties == told
    assert event.traits.is_persistent


def test_values_are_as_the_plugin_writes_them(heard):
    fields = {
        "flag": True,
        "number": 3,
        "nothing": None,
        "list": [1, "a"],
        "table": {"n": 1},
        "share": 0.5,
        "octets": b"\x01",
    }
    heard.events.emit("x", fields, by=None)
    headers = dict(heard.take()[0].headers)
    assert type(headers.pop("timestamp_in_ms")) is Int64
    assert headers == fields | {"nothing": ""}
    assert type(headers["number"]) is Int64
    assert type(headers["list"][0]) is Int64
    assert type(headers["table"]["n"]) is Int64
    assert headers["flag"] is True


def test_an_event_is_by_whoever_acts_just_now(heard):
    heard.events.emit("x", {})
    heard.events.actor = "alice"
    heard.events.emit("x", {})
    heard.events.emit("x", {}, by=None)
    users = [each.headers.get("user_who_performed_action") for each in heard.take()]
    assert users == [INTERNAL, "alice", None]


def test_what_a_rule_does_is_nobody_s_doing(heard):
    heard.events.actor = "alice"
    with heard.events.internally():
        heard.events.emit("x", {})
    heard.events.emit("x", {})
    users = [each.headers["user_who_performed_action"] for each in heard.take()]
    assert users == [INTERNAL, "alice"]


def test_events_are_heard_only_by_who_is_bound(heard):
    assert heard.events.is_heard
    heard.vhost.unbind(heard.binding)
    assert not heard.events.is_heard
    heard.events.emit("x", {})
    assert heard.take() == []


def test_a_binding_chooses_by_name():
    heard = Heard(key="queue.*")
    for name in ("queue.created", "exchange.created", "queue.deleted"):
        heard.events.emit(name, {})
    assert [each.routing_key for each in heard.take()] == ["queue.created", "queue.deleted"]


def test_nobody_hears_of_a_broker_whose_events_are_off():
    broker = Broker(HandClock(), random_bytes())
    broker.add_vhost("/")
    assert not broker.events.is_heard
    broker.events.emit("x", {})
    assert EVENT_EXCHANGE not in broker.vhosts["/"].exchanges


def test_its_exchange_and_what_is_bound_to_it_survive_a_restart(agenda):
    engine = FakeEngine(agenda)
    broker = Broker(agenda.clock, random_bytes(), storage=engine.storage)
    vhost = broker.add_vhost("/")
    broker.events.start(vhost, agenda.wall_clock)
    queue = vhost.create_queue("heard", QueueOptions(durable=True), None)
    vhost.bind(Binding(vhost.exchange(EVENT_EXCHANGE), queue, "#"))
    later = Broker(agenda.clock, random_bytes(), storage=engine.restarted().storage)
    assert later.restore()
    later.events.start(later.vhosts["/"], agenda.wall_clock)
    assert later.events.is_heard
    exchange = later.vhosts["/"].exchange(EVENT_EXCHANGE)
    assert (exchange.type.name, exchange.options.internal) == ("topic", True)


def remembered(events):
    return [(each.time, each.name, each.by, each.fields) for each in events.latest]


@pytest.fixture
def kept():
    """The events of a broker that keeps them."""
    broker = Broker(HandClock(), random_bytes())
    broker.add_vhost("/")
    broker.events.keep(lambda: NOW)
    return broker.events


def test_the_last_events_are_kept_though_nobody_listens(kept):
    kept.emit("queue.created", {"name": "q", "arguments": ["a"]}, by="alice")
    kept.emit("alarm.set", {"source": "disk"}, by=None)
    assert remembered(kept) == [
        (NOW, "queue.created", "alice", {"name": "q", "arguments": ["a"]}),
        (NOW, "alarm.set", "", {"source": "disk"}),
    ]


def test_a_note_is_kept_and_published_nowhere(heard):
    heard.events.keep(lambda: NOW)
    heard.events.note("connection.blocked", {"reason": "low on disk"})
    noted = (NOW, "connection.blocked", INTERNAL, {"reason": "low on disk"})
    assert remembered(heard.events) == [noted]
    assert heard.take() == []


def test_nobody_notes_anything_for_nobody():
    broker = Broker(HandClock(), random_bytes())
    broker.events.note("connection.blocked", {})
    assert not broker.events.latest


def test_of_many_events_the_last_are_kept(kept):
    for number in range(KEPT_MAX + 5):
        kept.emit("x", {"number": number})
    assert [each.fields["number"] for each in kept.latest] == list(range(5, KEPT_MAX + 5))


def test_what_somebody_says_at_length_is_kept_in_short(kept):
    told = {"name": "n" * 5000, "client_properties": ["p" * 5000] * 5000}
    kept.emit("user.authentication.failure", told)
    (event,) = kept.latest
    assert event.fields == {
        "name": "n" * TEXT_MAX,
        "client_properties": ["p" * TEXT_MAX] * LIST_MAX,
    }


def test_what_is_kept_in_short_is_published_whole(heard):
    heard.events.keep(lambda: NOW)
    heard.events.emit("x", {"name": "n" * 5000})
    assert heard.take()[0].headers["name"] == "n" * 5000
