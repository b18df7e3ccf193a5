"""What another node has changed, on a broker that is in use."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.broker import Broker
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    QueueDeclared,
    QueueDeleted,
    Unbound,
    UserRemoved,
    VhostRemoved,
)
from leveret.broker.errors import AccessRefused, NotFound, ResourceLocked
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import EVERYTHING
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.metadata.changes import QueueHoused
from leveret.cluster.metadata.follower import AllHere, Follower
from tests.broker.domain import HandAgenda, HandClock, Subscriber, random_bytes
from tests.broker.fake_storage import FakeEngine
from tests.broker.furnished import picture
from tests.cluster.metadata.test_ledger import SHARED, meaning
from tests.ports.samples import END_NAMES, ENDS

DURABLE = QueueOptions(durable=True)
POLICY = {"pattern": "^j", "definition": {"max-length": 1}, "priority": 0}


class Site:
    """A broker with a queue, a consumer, a remembered route and a connection."""

    def __init__(self):
        self.broker = Broker(HandClock(), random_bytes(), storage=FakeEngine(HandAgenda()).storage)
        self.kept, self.heard = [], []
        self.follower = Follower(self.broker, AllHere(), self.kept.append)
        self.broker.users.add("ada", "secret")
        self.vhost = self.broker.add_vhost("/")
        self.broker.set_permission("ada", "/", EVERYTHING)
        self.access = self.broker.enter(self.broker.users.get("ada"), "/", self)
        self.broker.events.hear(lambda name, _told: self.heard.append(name), lambda: 0.0)

    def hear(self, *changes):
        self.follower.apply(changes)

    def declare(self, name, number=7, options=DURABLE):
        self.hear(QueueHoused("/", name, "mouse"), QueueDeclared(number, "/", name, options))
        return self.vhost.queues[name]

    def receivers(self, exchange, key):
        address = bytes([len(exchange)]) + exchange.encode() + bytes([len(key)]) + key.encode()
        route = self.access.routes.get(address)
        if route is None:
            route = self.access.route(exchange, key)
            self.access.remember(address, route)
        return [each.name for each in route.receivers]


@pytest.fixture
def site():
    return Site()


def test_a_route_that_was_remembered_finds_the_new_queue_and_loses_it_again(site):
    assert site.receivers("", "jobs") == []
    site.declare("jobs")
    assert site.receivers("", "jobs") == ["jobs"]
    site.hear(QueueDeleted(7, "/", "jobs"))
    assert site.receivers("", "jobs") == []


def test_a_route_that_was_remembered_follows_bindings_and_exchanges(site):
    site.declare("jobs")
    site.hear(ExchangeDeclared("/", "logs", "topic", ExchangeOptions(durable=True)))
    assert site.receivers("logs", "a") == []
    site.hear(Bound("/", "logs", "queue", "jobs", "a", {}))
    assert site.receivers("logs", "a") == ["jobs"]
    site.hear(Unbound("/", "logs", "queue", "jobs", "a", {}))
    assert site.receivers("logs", "a") == []
    site.hear(ExchangeDeleted("/", "logs"))
    with pytest.raises(NotFound):
        site.receivers("logs", "a")


def test_a_permission_that_was_taken_away_is_asked_for_again(site):
    site.receivers("amq.fanout", "")
    site.hear(PermissionCleared("ada", "/"))
    with pytest.raises(AccessRefused):
        site.receivers("amq.fanout", "")


def test_consumers_hear_that_their_queue_is_gone(site):
    queue = site.declare("jobs")
    consumer = Subscriber(queue)
    queue.subscribe(consumer)
    site.hear(QueueDeleted(7, "/", "jobs"))
    site.broker.agenda.run()
    assert consumer.is_told_of_the_end


def test_an_auto_delete_exchange_goes_when_it_is_said_and_not_by_itself(site):
    site.hear(ExchangeDeclared("/", "falls", "fanout", ExchangeOptions(True, auto_delete=True)))
    queue = site.declare("jobs")
    site.hear(Bound("/", "falls", "queue", "jobs", "", {}), QueueDeleted(7, "/", "jobs"))
    assert queue.is_deleted
    assert "falls" in site.vhost.exchanges
    site.hear(ExchangeDeleted("/", "falls"))
    assert "falls" not in site.vhost.exchanges


def test_queues_follow_policies_that_came_before_or_after_them(site):
    early = site.declare("jobs")
    site.hear(ParameterSet("policy", "/", "short", POLICY))
    late = site.declare("jokes", 8)
    assert [each.policy.policy for each in (early, late)] == ["short", "short"]
    site.hear(ParameterCleared("policy", "/", "short"))
    assert [each.policy.policy for each in (early, late)] == [None, None]


def test_connections_of_a_user_or_vhost_that_went_are_closed(site):
    class Connection:
        def __init__(self):
            self.reasons = []
            self.access = site.access

        def close_forced(self, reason):
            self.reasons.append(reason)

    connection = Connection()
    site.broker.connections.of_user = lambda _name: [connection]
    site.broker.connections.in_vhost = lambda _name: [connection]
    site.hear(UserRemoved("ada"))
    site.hear(VhostRemoved("/"))
    site.broker.agenda.run()
    assert connection.reasons == ["user 'ada' is deleted", "vhost '/' is deleted"]


def test_an_exclusive_queue_of_another_node_is_locked(site):
    site.declare("mine", 0, QueueOptions(exclusive=True))
    with pytest.raises(ResourceLocked):
        site.access.check_queue("mine")


def test_no_number_is_given_twice(site):
    site.declare("jobs", 40)
    assert site.vhost.create_queue("other", DURABLE, None).number == 41


def test_nobody_is_told_twice_and_the_catalogue_not_at_all(site):
    committed = len(list(site.broker.storage.catalogue.load()))
    site.declare("jobs")
    site.hear(Bound("/", "amq.topic", "queue", "jobs", "", {}), QueueDeleted(7, "/", "jobs"))
    assert site.heard == []
    assert len(list(site.broker.storage.catalogue.load())) == committed
    assert [type(each) for each in site.kept] == [QueueHoused, QueueDeclared, Bound, QueueDeleted]


def test_what_changes_here_is_announced_as_ever(site):
    queue = site.declare("jobs")
    site.vhost.bind(Binding(site.vhost.exchange("amq.topic"), queue, ""))
    assert site.heard == ["binding.created"]


def test_a_queue_that_moves_is_told_to_who_placed_it(site):
    moved = []
    site.follower._places.move = lambda vhost, name, housed: moved.append(
        (vhost.name, name, housed)
    )
    site.declare("jobs")
    housed = QueueHoused("/", "jobs", "vole", "q7.1", ("mouse", "vole"))
    site.hear(housed)
    assert moved == [("/", "jobs", housed)]


@pytest.mark.parametrize(("end", "_gone"), ENDS, ids=END_NAMES)
def test_all_of_it_comes_to_what_a_start_would_make_of_it(end, _gone):
    broker = Broker(HandClock(), random_bytes())
    follower = Follower(broker, AllHere(), lambda _change: None)
    for each in [*SHARED, end]:
        housed = (
            [QueueHoused(each.vhost, each.name, "x")] if isinstance(each, QueueDeclared) else []
        )
        follower.apply([*housed, each])
    assert picture(broker) == meaning([*SHARED, end])
