"""Queues and exchanges follow their policies: at once when few, in turns when many."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.following import EFFORT_MAX
from leveret.broker.policies import NOTHING_APPLIED, Policy
from leveret.broker.queues.queue import QueueOptions
from tests.broker.domain import HandAgenda, random_bytes

LONG = Policy("long", "^q", {"max-length": 5})


@pytest.fixture
def broker():
    agenda = HandAgenda()
    broker = Broker(agenda.clock, random_bytes())
    broker.agenda = agenda
    broker.add_vhost("/")
    return broker


@pytest.fixture
def vhost(broker):
    return broker.vhosts["/"]


def names(vhost):
    return {queue.name: queue.policy.policy for queue in vhost.queues.values()}


def test_what_is_there_follows_at_once(broker, vhost):
    queue = vhost.create_queue("q", QueueOptions(), None)
    other = vhost.create_queue("other", QueueOptions(), None)
    broker.parameters.set_policy("/", LONG)
    assert queue.policy.policy == "long"
    assert queue.rules.max_length == 5
    assert other.policy is NOTHING_APPLIED
    broker.parameters.clear_policy("/", "long")
    assert queue.policy is NOTHING_APPLIED
    assert queue.rules.max_length is None


def test_what_comes_later_follows_from_the_start(broker, vhost):
    broker.parameters.set_policy("/", LONG)
    assert vhost.create_queue("q", QueueOptions(), None).rules.max_length == 5


def test_an_exchange_that_follows_forgets_the_routes(broker, vhost):
    vhost.declare_exchange("x", "fanout", ExchangeOptions())
    vhost.routes["ada"] = {b"address": vhost.route("", "nowhere")}
    broker.parameters.set_policy("/", Policy("p", "^x$", {"alternate-exchange": "amq.fanout"}))
    assert vhost.exchange("x").alternate == "amq.fanout"
    assert vhost.routes["ada"] == {}


def test_who_follows_already_is_left_alone(broker, vhost):
    queue = vhost.create_queue("q", QueueOptions(), None)
    broker.parameters.set_policy("/", LONG)
    followed = queue.policy
    vhost.routes["ada"] = {b"address": vhost.route("", "nowhere")}
    broker.parameters.set_policy("/", Policy("other", "^z", {"max-length": 1}))
    assert queue.policy is followed
    assert vhost.routes["ada"] != {}


def test_the_predeclared_exchanges_follow_too(broker, vhost):
    broker.parameters.set_policy("/", Policy("all", ".*", {"alternate-exchange": "x"}))
    assert {each.policy.policy for each in vhost.exchanges.values()} == {"all"}


def test_many_follow_in_turns(broker, vhost):
    count = EFFORT_MAX
    for number in range(count):
        vhost.create_queue(f"q{number}", QueueOptions(), None)
    broker.parameters.set_policy("/", LONG)
    followed = [name for name, policy in names(vhost).items() if policy]
    assert 0 < len(followed) < count
    # What is declared meanwhile follows, what goes meanwhile is no trouble.
    assert vhost.create_queue("q", QueueOptions(), None).policy.policy == "long"
    vhost.remove_queue(vhost.queue(f"q{count - 1}"))
    broker.agenda.pass_time(0)
    assert set(names(vhost).values()) == {"long"}


def test_a_change_on_the_way_reaches_all(broker, vhost):
    for number in range(EFFORT_MAX):
        vhost.create_queue(f"q{number}", QueueOptions(), None)
    broker.parameters.set_policy("/", LONG)
    broker.parameters.set_policy("/", Policy("short", "^q", {"max-length": 1}, priority=1))
    broker.agenda.pass_time(0)
    assert set(names(vhost).values()) == {"short"}
    assert broker.agenda.next_deadline() is None


def test_a_vhost_that_goes_is_followed_no_further(broker, vhost):
    for number in range(EFFORT_MAX):
        vhost.create_queue(f"q{number}", QueueOptions(), None)
    broker.parameters.set_policy("/", LONG)
    broker.remove_vhost("/")
    broker.agenda.pass_time(0)
    assert vhost.queues == {}
