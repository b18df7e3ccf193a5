"""The broker: who may come in, and where to."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.changes import (
    PermissionCleared,
    PermissionSet,
    TopicPermissionCleared,
    TopicPermissionSet,
    UserRemoved,
    UserSet,
    VhostAdded,
)
from leveret.broker.errors import AccessRefused, NotAllowed, NotFound
from leveret.broker.logins import Source
from leveret.broker.patterns import InvalidPattern
from leveret.broker.permissions import EVERYTHING, Permission
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from tests.broker.domain import message, random_bytes
from tests.broker.fake_storage import FakeEngine
from tests.broker.furnished import drop_what_passes, furnish, picture

NOTHING = TopicPermission(write="", read="")


class Connection:
    """A session in a vhost that remembers what it was told."""

    channels = ()

    def __init__(self, broker, user):
        self.access = broker.enter(broker.users.get(user), "/", self)
        self.told = []
        broker.connections.add(self)

    def close_forced(self, reason):
        self.told.append(reason)


@pytest.fixture
def broker():
    broker = Broker(lambda: 0.0, random_bytes())
    broker.add_vhost("/")
    for name in ("guest", "ada"):
        broker.users.add(name, "secret")
        broker.set_permission(name, "/")
    return broker


def test_a_vhost_is_made_once(broker):
    assert broker.add_vhost("/") is broker.add_vhost("/")
    assert broker.vhosts.keys() == {"/"}


def test_positions_only_grow(broker):
    positions = [broker.next_position() for _ in range(5)]
    assert positions == sorted(set(positions))


def test_a_user_enters_a_vhost(broker):
    access = broker.enter(broker.users.get("ada"), "/", object())
    assert (access.user.name, access.vhost.name) == ("ada", "/")


def test_a_vhost_that_is_not_there_cannot_be_entered(broker):
    with pytest.raises(NotAllowed, match="vhost nowhere not found"):
        broker.enter(broker.users.get("ada"), "nowhere", object())


def test_a_vhost_without_permission_cannot_be_entered(broker):
    broker.add_vhost("other")
    with pytest.raises(NotAllowed, match="access to vhost 'other' refused for user 'ada'"):
        broker.enter(broker.users.get("ada"), "other", object())
    broker.clear_permission("ada", "/")
    with pytest.raises(NotAllowed, match="access to vhost '/' refused for user 'ada'"):
        broker.enter(broker.users.get("ada"), "/", object())


def test_a_changed_permission_forgets_the_vhosts_routes(broker):
    access = broker.enter(broker.users.get("ada"), "/", object())
    for change in (
        lambda: broker.set_permission("ada", "/", Permission("", "", "")),
        lambda: broker.clear_permission("ada", "/"),
        lambda: broker.set_topic_permission(TOPICS, NOTHING),
        lambda: broker.clear_topic_permissions("ada", "/"),
    ):
        access.remember(b"address", access.vhost.route("", "nowhere"))
        change()
        assert access.routes == {}


TOPICS = ("ada", "/", "logs")


@pytest.mark.parametrize(
    "grant",
    [
        lambda broker, user, vhost: broker.set_permission(user, vhost),
        lambda broker, user, vhost: broker.clear_permission(user, vhost),
        lambda broker, user, vhost: broker.set_topic_permission((user, vhost, "x"), NOTHING),
        lambda broker, user, vhost: broker.clear_topic_permissions(user, vhost),
    ],
)
def test_permissions_are_for_users_and_vhosts_that_are_there(broker, grant):
    with pytest.raises(NotFound, match='User "nobody" does not exist'):
        grant(broker, "nobody", "nowhere")
    with pytest.raises(NotFound, match='Virtual host "nowhere" does not exist'):
        grant(broker, "ada", "nowhere")
    grant(broker, "ada", "/")


@pytest.mark.parametrize("field", ["configure", "write", "read"])
def test_an_invalid_pattern_changes_nothing(broker, field):
    patterns = {"configure": "", "write": "", "read": ""} | {field: "("}
    with pytest.raises(InvalidPattern, match=r"regular expression '\(' is invalid"):
        broker.set_permission("ada", "/", Permission(**patterns))
    assert broker.permissions.get("ada", "/") is EVERYTHING


@pytest.mark.parametrize("patterns", [("(", ""), ("", "(")])
def test_an_invalid_topic_pattern_changes_nothing(broker, patterns):
    with pytest.raises(InvalidPattern, match="missing \\)"):
        broker.set_topic_permission(TOPICS, TopicPermission(*patterns))
    assert broker.topic_permissions.get(TOPICS) is None


def test_topic_permissions_are_cleared_for_one_exchange_or_for_all(broker):
    def exchanges():
        return [exchange for (_user, _vhost, exchange), _rights in broker.topic_permissions]

    for exchange in ("a", "b", "c"):
        broker.set_topic_permission(("ada", "/", exchange), NOTHING)
    broker.clear_topic_permissions("ada", "/", "a")
    broker.clear_topic_permissions("ada", "/", "never set")
    assert exchanges() == ["b", "c"]
    broker.clear_topic_permissions("guest", "/")
    assert exchanges() == ["b", "c"]
    broker.clear_topic_permissions("ada", "/")
    assert exchanges() == []


def test_a_removed_user_may_do_nothing_any_more(broker):
    access = broker.enter(broker.users.get("ada"), "/", object())
    access.remember(b"address", access.vhost.route("", "nowhere"))
    broker.set_topic_permission(TOPICS, NOTHING)
    broker.remove_user("ada")
    assert access.routes == {}
    with pytest.raises(AccessRefused, match="refused for user 'ada'"):
        access.declare_queue("q", QueueOptions())
    with pytest.raises(AccessRefused, match="invalid credentials"):
        broker.logins.with_password("ada", "secret", Source())
    # A later account of that name begins with nothing.
    broker.users.add("ada", "secret")
    assert broker.topic_permissions.get(TOPICS) is None
    with pytest.raises(NotAllowed):
        broker.enter(broker.users.get("ada"), "/", object())


def test_a_removed_user_s_connections_are_asked_to_go(broker):
    connections = {name: Connection(broker, name) for name in ("guest", "ada")}
    broker.remove_user("ada")
    assert [connections["ada"].told, connections["guest"].told] == [["user 'ada' is deleted"], []]


def test_a_removed_vhost_s_connections_are_asked_to_go(broker):
    broker.add_vhost("other")
    connection = Connection(broker, "ada")
    broker.remove_vhost("other")
    broker.agenda.run()
    assert connection.told == []
    broker.remove_vhost("/")
    broker.agenda.run()
    assert connection.told == ["vhost '/' is deleted"]


# Limits -----------------------------------------------------------------------------------------


def entering(broker, user="ada", vhost="/"):
    with pytest.raises(NotAllowed) as refusal:
        broker.enter(broker.users.get(user), vhost, object())
    return str(refusal.value)


def test_a_vhost_takes_as_many_connections_as_its_limit_says(broker):
    broker.limits.set_vhost("/", {"max-connections": 2})
    first, _second = Connection(broker, "ada"), Connection(broker, "guest")
    expected = "access to vhost '/' refused for user 'ada': connection limit (2) is reached"
    assert entering(broker) == expected
    broker.connections.discard(first)
    Connection(broker, "ada")
    broker.limits.clear_vhost("/")
    Connection(broker, "ada")


def test_a_user_has_as_many_connections_as_its_limit_says(broker):
    broker.limits.set_user("ada", {"max-connections": 1})
    Connection(broker, "ada")
    expected = "connection refused for user 'ada': user connection limit (1) is reached"
    assert entering(broker) == expected
    Connection(broker, "guest")
    broker.limits.clear_user("ada")
    Connection(broker, "ada")


def test_limits_are_asked_in_rabbitmqs_order(broker):
    broker.limits.set_vhost("/", {"max-connections": 0})
    broker.limits.set_user("ada", {"max-connections": 0})
    broker.clear_permission("ada", "/")
    assert entering(broker, vhost="nowhere") == "vhost nowhere not found"
    assert "': connection limit (0) is reached" in entering(broker)
    broker.limits.clear_vhost("/")
    assert "user connection limit (0) is reached" in entering(broker)
    broker.limits.clear_user("ada")
    assert entering(broker) == "access to vhost '/' refused for user 'ada'"


def test_a_user_has_as_many_channels_as_its_limit_says(broker):
    connections = [Connection(broker, "ada"), Connection(broker, "ada")]
    broker.refuse_channel_beyond_limit("ada")
    broker.limits.set_user("ada", {"max-channels": 3})
    connections[0].channels = range(2)
    broker.refuse_channel_beyond_limit("ada")
    connections[1].channels = range(1)
    broker.refuse_channel_beyond_limit("guest")
    with pytest.raises(NotAllowed) as refusal:
        broker.refuse_channel_beyond_limit("ada")
    assert str(refusal.value) == (
        "number of channels opened for user 'ada' has reached the maximum allowed user limit of (3)"
    )


# What is durable --------------------------------------------------------------------------------


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


def on(engine):
    return Broker(engine.agenda.clock, random_bytes(), storage=engine.storage)


def test_vhosts_users_and_permissions_are_committed(engine):
    broker = on(engine)
    broker.add_vhost("/")
    broker.add_vhost("/")
    ada = broker.users.add("ada", "secret")
    broker.set_permission("ada", "/")
    broker.set_topic_permission(TOPICS, NOTHING)
    broker.clear_permission("ada", "/")
    broker.clear_topic_permissions("ada", "/", "never set")
    broker.clear_topic_permissions("ada", "/")
    broker.remove_user("ada")
    assert engine.catalogue.changes == [
        VhostAdded("/"),
        UserSet("ada", ada.password_hash, frozenset()),
        PermissionSet("ada", "/", EVERYTHING),
        TopicPermissionSet(*TOPICS, NOTHING),
        PermissionCleared("ada", "/"),
        TopicPermissionCleared(*TOPICS),
        UserRemoved("ada"),
    ]


def test_positions_go_on_where_the_engine_says(agenda):
    assert on(FakeEngine(agenda, first_position=500)).next_position() == 500


def test_a_broker_on_a_new_engine_has_nothing_to_restore(engine):
    broker = on(engine)
    assert broker.restore() is False
    assert broker.vhosts == {}


def test_a_broker_of_a_later_start_is_as_the_durable_part_of_the_first(engine):
    first = on(engine)
    furnish(first)
    for vhost in first.vhosts.values():
        drop_what_passes(vhost)
    second = on(engine.restarted())
    assert second.restore() is True
    assert picture(second) == picture(first)
    assert second.logins.with_password("ada", "secret", Source()).tags == {"monitoring"}
    assert second.logins.with_password("bob", "other", Source())


def test_restoring_commits_nothing(engine):
    furnish(on(engine))
    later = engine.restarted()
    on(later).restore()
    assert later.catalogue.changes == engine.catalogue.changes
    assert later.durability.demands == 0


def test_queues_made_after_a_restart_have_new_numbers(engine):
    furnish(on(engine))
    second = on(engine.restarted(first_queue_number=50))
    second.restore()
    queue = second.vhosts["/"].create_queue("new", QueueOptions(durable=True), None)
    assert queue.number == 50


def test_messages_wait_again_after_a_restart(engine):
    queue = on(engine).add_vhost("/").create_queue("q", QueueOptions(durable=True), None)
    engine.messages.append(message("kept"), (queue.number,))
    second = on(engine.restarted())
    second.restore()
    assert second.vhosts["/"].queue("q").ready.count == 1
