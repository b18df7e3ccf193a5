"""From the row of changes back to the broker, with nothing added and nothing left out."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    TopicPermissionCleared,
    TopicPermissionSet,
    Unbound,
    UserLimitsSet,
    UserRemoved,
    UserSet,
    VhostAdded,
    VhostDescribed,
    VhostRemoved,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.passwords import SHA512
from leveret.broker.permissions import EVERYTHING
from leveret.broker.policies import NOTHING_APPLIED
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.restore import Unrestorable, restore
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.vhost_metadata import VhostMetadata
from tests.broker.domain import random_bytes
from tests.broker.fake_storage import FakeEngine

LOGS = ExchangeDeclared("/", "logs", "topic", ExchangeOptions(durable=True, auto_delete=True))
JOBS = QueueDeclared(3, "/", "jobs", QueueOptions(durable=True, arguments={"x-expires": 500}))
SHORT = ParameterSet(
    "policy", "/", "short", {"pattern": "^j", "definition": {"max-length": 5}, "priority": 0}
)
LOGS_TO_JOBS = ("/", "logs", "queue", "jobs", "a.#", {"x": 1})
FANOUT_TO_LOGS = ("/", "amq.fanout", "exchange", "logs", "", {})
ADA = UserSet("ada", b"salt and digest", frozenset({"administrator"}))
ADA_LOGS = TopicPermissionSet("ada", "/", "logs", TopicPermission("^a", "^b"))
ADA_ENTERS = PermissionSet("ada", "/", EVERYTHING)


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def broker(agenda, engine):
    broker = Broker(agenda.clock, random_bytes(), storage=engine.storage)
    broker.agenda = agenda
    restore(broker, VhostAdded("/"))
    return broker


@pytest.fixture
def apply(broker):
    def apply(*changes):
        for change in changes:
            restore(broker, change)
        return broker.vhosts.get("/")

    return apply


def ends(binding):
    return binding.source.name, binding.destination.name, binding.routing_key, binding.arguments


def test_a_vhost_has_its_predeclared_exchanges(apply):
    assert "amq.topic" in apply().exchanges


def test_an_exchange_is_as_it_was_declared(apply):
    exchange = apply(LOGS).exchange("logs")
    assert (exchange.type.name, exchange.options) == ("topic", LOGS.options)


def test_a_queue_is_as_it_was_declared_and_keeps_its_number(apply):
    queue = apply(JOBS).queue("jobs")
    assert (queue.number, queue.options) == (3, JOBS.options)


def test_bindings_lead_where_they_led(apply):
    vhost = apply(LOGS, JOBS, Bound(*LOGS_TO_JOBS), Bound(*FANOUT_TO_LOGS))
    jobs, logs = vhost.queue("jobs"), vhost.exchange("logs")
    assert ends(vhost.bindings.arriving(jobs)[0]) == ("logs", "jobs", "a.#", {"x": 1})
    assert ends(vhost.bindings.arriving(logs)[0]) == ("amq.fanout", "logs", "", {})
    assert vhost.route("amq.fanout", "a.b").queue_numbers == (3,)


def test_an_unbound_binding_is_gone_and_nothing_else(apply):
    vhost = apply(LOGS, JOBS, Bound(*LOGS_TO_JOBS), Unbound(*LOGS_TO_JOBS))
    # An auto-delete exchange that went too has a change of its own.
    assert vhost.exchange("logs").is_unused


def test_a_deleted_exchange_takes_its_bindings_along(apply):
    bound = (Bound(*LOGS_TO_JOBS), Bound(*FANOUT_TO_LOGS))
    vhost = apply(LOGS, JOBS, *bound, ExchangeDeleted("/", "logs"))
    assert "logs" not in vhost.exchanges
    assert vhost.exchange("amq.fanout").is_unused
    assert vhost.bindings.arriving(vhost.queue("jobs")) == []


def test_a_deleted_queue_takes_its_bindings_and_its_clock_along(apply, agenda):
    vhost = apply(LOGS, JOBS, Bound(*LOGS_TO_JOBS), QueueDeleted(3, "/", "jobs"))
    assert vhost.queues == {}
    assert vhost.exchange("logs").is_unused
    agenda.pass_time(1)


def test_a_user_has_the_old_hash_and_tags(apply, broker):
    apply(ADA)
    ada = broker.users.get("ada")
    assert (ada.password_hash, ada.tags) == (b"salt and digest", {"administrator"})


def test_a_removed_user_has_no_permissions_left(apply, broker):
    apply(ADA, ADA_ENTERS, UserRemoved("ada"))
    assert broker.users.get("ada") is None
    assert broker.permissions.get("ada", "/") is None


def test_a_permission_is_there_until_it_is_cleared(apply, broker):
    apply(ADA_ENTERS)
    assert broker.permissions.get("ada", "/") is EVERYTHING
    apply(PermissionCleared("ada", "/"))
    assert broker.permissions.get("ada", "/") is None


def test_an_account_keeps_what_its_hash_was_made_with(apply, broker):
    apply(UserSet("ada", b"hash", frozenset(), SHA512))
    assert broker.users.get("ada").hashing_algorithm == SHA512


def test_a_topic_permission_is_there_until_it_is_cleared(apply, broker):
    apply(ADA_LOGS)
    assert broker.topic_permissions.get(("ada", "/", "logs")) is ADA_LOGS.permission
    apply(TopicPermissionCleared("ada", "/", "logs"))
    assert broker.topic_permissions.get(("ada", "/", "logs")) is None


@pytest.mark.parametrize("end", [UserRemoved("ada"), VhostRemoved("/")])
def test_topic_permissions_go_with_their_user_and_their_vhost(apply, broker, end):
    apply(ADA_LOGS, end)
    assert list(broker.topic_permissions) == []


def test_a_removed_vhost_takes_everything_in_it_along(apply, broker, agenda):
    apply(ADA_ENTERS, JOBS, VhostRemoved("/"))
    assert broker.vhosts == {}
    assert broker.permissions.get("ada", "/") is None
    agenda.pass_time(1)


def test_a_vhost_is_known_as_it_was(apply):
    metadata = VhostMetadata("mine", ("a",), "quorum")
    assert apply(VhostDescribed("/", metadata)).metadata == metadata


def test_limits_of_an_account_come_back_and_go_with_it(apply, broker):
    apply(ADA, UserLimitsSet("ada", {"max-channels": 3}))
    assert broker.limits.of_user("ada") == {"max-channels": 3}
    apply(UserRemoved("ada"))
    assert broker.limits.of_user("ada") == {}


def test_a_queue_follows_the_policy_that_is_there(apply):
    vhost = apply(SHORT, JOBS)
    assert vhost.queue("jobs").rules.max_length == 5
    assert "short" in vhost.policies.user.by_name


def test_a_cleared_parameter_is_gone(apply, broker):
    vhost = apply(SHORT, ParameterCleared("policy", "/", "short"), JOBS)
    assert vhost.queue("jobs").policy is NOTHING_APPLIED
    assert list(broker.parameters.all()) == []


def test_global_parameters_come_and_go(apply, broker):
    apply(GlobalParameterSet("a", 1), GlobalParameterSet("b", 2), GlobalParameterCleared("a"))
    assert broker.parameters.globals == {"b": 2}


def test_nothing_is_committed_again(apply, engine):
    unbound = (Unbound(*LOGS_TO_JOBS), QueueDeleted(3, "/", "jobs"), ExchangeDeleted("/", "logs"))
    apply(ADA, ADA_ENTERS, LOGS, JOBS, Bound(*LOGS_TO_JOBS), *unbound)
    apply(SHORT, ParameterCleared("policy", "/", "short"), GlobalParameterSet("a", 1))
    apply(VhostDescribed("/", VhostMetadata("mine")), UserLimitsSet("ada", {"max-channels": 3}))
    apply(PermissionCleared("ada", "/"), UserRemoved("ada"), VhostRemoved("/"))
    assert engine.catalogue.changes == []
    assert engine.durability.demands == 0


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (QueueDeclared(1, "gone", "q", QueueOptions()), "gone"),
        (ExchangeDeclared("/", "x", "x-later", ExchangeOptions()), "x-later"),
        (Bound("/", "nothing", "queue", "q", "", {}), "nothing"),
        (Bound("/", "amq.topic", "queue", "amq.topic", "", {}), "amq.topic"),
        (Bound("/", "amq.topic", "exchange", "nobody", "", {}), "nobody"),
    ],
    ids=["vhost", "exchange type", "source", "queue", "exchange"],
)
def test_what_needs_what_is_not_there_cannot_be_restored(apply, change, missing):
    with pytest.raises(Unrestorable, match=f"there is no '{missing}' to restore this with"):
        apply(change)
