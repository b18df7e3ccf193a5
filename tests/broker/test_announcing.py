"""What events say of what happens in a broker."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.events import EVENT_EXCHANGE, INTERNAL
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import Permission
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.vhost_metadata import VhostMetadata
from tests.broker.domain import HandClock, random_bytes


class Heard:
    """A broker whose events go to a queue of another vhost."""

    def __init__(self):
        self.broker = Broker(HandClock(), random_bytes())
        self.broker.node = "leveret@burrow"
        self.vhost = self.broker.add_vhost("/")
        home = self.broker.add_vhost("home")
        self.broker.events.start(home, lambda: 1.0)
        self.queue = home.create_queue("heard", QueueOptions(), None)
        home.bind(Binding(home.exchange(EVENT_EXCHANGE), self.queue, "#"))
        self.broker.events.actor = "alice"
        self.take()

    def take(self):
        """Name and fields of each event so far, without what all have."""
        found = []
        while self.queue.ready.count:
            event = self.queue.get()[0]
            fields = dict(event.headers)
            assert fields.pop("timestamp_in_ms") == 1000
            if fields.get("user_who_performed_action") == "alice":
                del fields["user_who_performed_action"]
            found.append((event.routing_key, fields))
        return found

    def names(self):
        return [name for name, _fields in self.take()]


@pytest.fixture
def heard():
    return Heard()


ONE = {"vhost": "/", "name": "one"}
ENDS = {
    "vhost": "/",
    "arguments": ['{<<"k">>,longstr,<<"v">>}'],
    "routing_key": "key",
    "destination_kind": "queue",
    "destination_name": "one",
    "source_kind": "exchange",
    "source_name": "x",
}


def test_a_queue_comes_and_goes_with_its_bindings(heard):
    vhost = heard.vhost
    exchange = vhost.declare_exchange("x", "direct", ExchangeOptions())
    heard.take()
    options = QueueOptions(auto_delete=True, arguments={"x-max-priority": 3})
    queue = vhost.create_queue("one", options, None)
    vhost.bind(Binding(exchange, queue, "key", {"k": "v"}))
    vhost.remove_queue(queue)
    told = {
        "exclusive": False,
        "owner_pid": "",
        "arguments": ['{<<"x-max-priority">>,signedint,3}'],
        "auto_delete": True,
        "durable": False,
    }
    assert heard.take() == [
        ("queue.created", {**told, **ONE}),
        ("binding.created", ENDS),
        ("binding.deleted", {"user_who_performed_action": INTERNAL, **ENDS}),
        ("queue.deleted", ONE),
    ]


def test_an_exclusive_queue_says_whose_it_is(heard):
    heard.vhost.create_queue("one", QueueOptions(exclusive=True), "<leveret@burrow.1.2.0>")
    ((_name, fields),) = heard.take()
    assert (fields["exclusive"], fields["owner_pid"]) == (True, "<leveret@burrow.1.2.0>")


def test_an_exchange_comes_and_goes_with_its_bindings(heard):
    vhost = heard.vhost
    options = ExchangeOptions(durable=True, internal=True)
    exchange = vhost.declare_exchange("one", "topic", options)
    other = vhost.declare_exchange("x", "direct", ExchangeOptions())
    for ends in ((exchange, other), (other, exchange)):
        vhost.bind(Binding(*ends, "key"))
    vhost.delete_exchange("one", if_unused=False)
    events = heard.take()
    assert events[0] == (
        "exchange.created",
        {
            "policy": "",
            "arguments": [],
            "internal": True,
            "auto_delete": False,
            "durable": True,
            "type": "topic",
            **ONE,
        },
    )
    assert [name for name, _fields in events[2:]] == [
        "binding.created",
        "binding.created",
        "exchange.deleted",
        "binding.deleted",
        "binding.deleted",
    ]
    assert events[4][1] == ONE


def test_what_changes_nothing_is_no_event(heard):
    vhost = heard.vhost
    exchange = vhost.declare_exchange("x", "direct", ExchangeOptions())
    queue = vhost.create_queue("one", QueueOptions(), None)
    vhost.bind(Binding(exchange, queue, "key"))
    heard.take()
    vhost.declare_exchange("x", "direct", ExchangeOptions())
    vhost.bind(Binding(exchange, queue, "key"))
    vhost.unbind(Binding(exchange, queue, "none"))
    assert heard.take() == []


def test_a_vhost_comes_with_its_exchanges_and_goes(heard):
    heard.broker.add_vhost("other", VhostMetadata("of others", ("a", "b"), "quorum"))
    heard.broker.add_vhost("other")
    *exchanges, created = heard.take()
    assert {fields["name"] for _name, fields in exchanges} > {"", "amq.direct", "amq.topic"}
    assert created == (
        "vhost.created",
        {
            "tags": "a,b",
            "description": "of others",
            "cluster_state": {"leveret@burrow": "running"},
            "tracing": False,
            "default_queue_type": "quorum",
            "name": "other",
        },
    )
    heard.broker.remove_vhost("other")
    assert heard.take()[-1] == ("vhost.deleted", {"name": "other"})


def test_an_account_comes_changes_and_goes(heard):
    users = heard.broker.users
    users.add("bob", "secret")
    users.set_password("bob", "other")
    users.set_tags("bob", frozenset({"monitoring", "administrator"}))
    users.clear_password("bob")
    users.set_tags("bob", frozenset())
    heard.broker.remove_user("bob")
    bob = {"name": "bob"}
    assert heard.take() == [
        ("user.created", bob),
        ("user.password.changed", bob),
        ("user.tags.set", {"tags": ["administrator", "monitoring"], **bob}),
        ("user.password.cleared", bob),
        ("user.tags.set", {"tags": [], **bob}),
        ("user.deleted", bob),
    ]


def test_an_account_may_come_with_tags(heard):
    heard.broker.users.add("bob", "secret", frozenset({"monitoring"}))
    assert heard.names() == ["user.created", "user.tags.set"]


def test_permissions_come_and_go(heard):
    broker = heard.broker
    broker.users.add("bob", "secret")
    heard.take()
    held = {"vhost": "/", "user": "bob"}
    broker.set_permission("bob", "/", Permission("c", "w", "r"))
    broker.clear_permission("bob", "/")
    broker.set_topic_permission(("bob", "/", "amq.topic"), TopicPermission("w", "r"))
    broker.clear_topic_permissions("bob", "/", "amq.topic")
    assert heard.take() == [
        ("permission.created", {"read": "r", "write": "w", "configure": "c", **held}),
        ("permission.deleted", held),
        ("topic.permission.created", {"read": "r", "write": "w", "exchange": "amq.topic", **held}),
        ("topic.permission.deleted", {"exchange": "amq.topic", **held}),
    ]


POLICY = Policy("one", "^x", {"max-length": 3}, priority=1, apply_to="queues")
SAID = {"pattern": "^x", "definition": {"max-length": 3}, "priority": 1, "apply-to": "queues"}


def test_a_policy_is_set_and_cleared(heard):
    parameters = heard.broker.parameters
    parameters.set_policy("/", POLICY)
    parameters.clear_policy("/", "one")
    assert heard.take() == [("policy.set", {**SAID, **ONE}), ("policy.cleared", ONE)]


def test_an_operator_policy_is_a_parameter_besides(heard):
    parameters = heard.broker.parameters
    parameters.set_operator_policy("/", POLICY)
    parameters.clear_operator_policy("/", "one")
    about = {"component": "operator_policy", **ONE}
    assert heard.take() == [
        ("parameter.set", {"value": SAID, **about}),
        ("policy.set", {**SAID, **ONE}),
        ("parameter.cleared", about),
        ("operator.policy.cleared", ONE),
    ]


def test_limits_are_set_and_cleared(heard):
    broker = heard.broker
    broker.users.add("bob", "secret")
    heard.take()
    broker.limits.set_vhost("/", {"max-queues": 3})
    broker.limits.clear_vhost("/")
    broker.limits.set_user("bob", {"max-channels": 3})
    broker.limits.clear_user("bob")
    about = {"component": "vhost-limits", "vhost": "/", "name": "limits"}
    assert heard.take() == [
        ("parameter.set", {"value": {"max-queues": 3}, **about}),
        ("vhost.limits.set", {"max-queues": 3, "vhost": "/", "name": "limits"}),
        ("parameter.cleared", about),
        ("vhost.limits.cleared", {"vhost": "/", "name": "limits"}),
        ("user.limits.set", {"max-channels": 3, "username": "bob", "name": "limits"}),
        ("user.limits.cleared", {"username": "bob", "name": "limits"}),
    ]


def test_other_parameters_are_told_as_they_are(heard):
    parameters = heard.broker.parameters
    parameters.set("shovel", "/", "one", {"src-uri": "amqp://"})
    parameters.set_global("cluster_name", "burrow")
    parameters.clear_global("cluster_name")
    assert heard.take() == [
        ("parameter.set", {"value": {"src-uri": "amqp://"}, "component": "shovel", **ONE}),
        (
            "parameter.set",
            {"value": "burrow", "name": "cluster_name", "component": "global"},
        ),
        ("parameter.cleared", {"name": "cluster_name", "component": "global"}),
    ]


def test_nothing_is_gathered_when_nobody_listens():
    broker = Broker(HandClock(), random_bytes())
    vhost = broker.add_vhost("/")
    broker.users.add("bob", "secret")
    vhost.remove_queue(vhost.create_queue("one", QueueOptions(), None))
    broker.parameters.set_global("cluster_name", "burrow")
    assert EVENT_EXCHANGE not in vhost.exchanges
