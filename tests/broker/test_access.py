"""The only gate: which right each verb asks for, and the rules between connections."""

import pytest

from leveret.broker import access as module
from leveret.broker.broker import Broker
from leveret.broker.errors import (
    AccessRefused,
    CommandInvalid,
    NotFound,
    PreconditionFailed,
    ResourceLocked,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.permissions import Permission
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from tests.broker.domain import Subscriber, message, random_bytes
from tests.broker.fake_storage import FakeEngine

NOTHING = "$^"


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def broker(engine):
    broker = Broker(lambda: 0.0, random_bytes(), storage=engine.storage)
    broker.add_vhost("/")
    broker.users.add("guest", "guest")
    broker.set_permission("guest", "/")
    return broker


@pytest.fixture
def connect(broker):
    """A new connection of a user, each with its own Access."""

    def enter(user="guest"):
        return broker.enter(broker.users.get(user), "/", object())

    return enter


@pytest.fixture
def guest(connect):
    access = connect()
    access.declare_exchange("x", "direct", ExchangeOptions())
    access.declare_exchange("y", "fanout", ExchangeOptions())
    access.declare_queue("q", QueueOptions())
    return access


@pytest.fixture
def limited(broker, connect):
    """A user who has only the rights a test grants, each for one name."""

    def grant(configure=NOTHING, write=NOTHING, read=NOTHING):
        broker.users.add("ada", "secret")
        patterns = [f"^({name})$" for name in (configure, write, read)]
        broker.set_permission("ada", "/", Permission(*patterns))
        return connect("ada")

    return grant


DEAD_LETTERS = {"x-dead-letter-exchange": "morgue"}
WITH_SPARE = ExchangeOptions(arguments={"alternate-exchange": "spare"})

# What is done, and the one right without which it is refused: verb, all rights, the text's name.
VERBS = [
    (lambda a: a.declare_exchange("n", "direct", ExchangeOptions()), {"configure": "n"}),
    (
        lambda a: a.declare_exchange("n", "direct", WITH_SPARE),
        {"configure": "n", "read": "n", "write": "spare"},
    ),
    (
        lambda a: a.declare_queue("n", QueueOptions(arguments=DEAD_LETTERS)),
        {"configure": "n", "read": "n", "write": "morgue"},
    ),
    (lambda a: a.delete_exchange("x", if_unused=False), {"configure": "x"}),
    (lambda a: a.bind_exchange("y", "x", "", {}), {"write": "y", "read": "x"}),
    (lambda a: a.unbind_exchange("y", "x", "", {}), {"write": "y", "read": "x"}),
    (lambda a: a.declare_queue("n", QueueOptions()), {"configure": "n"}),
    (lambda a: a.declare_queue("", QueueOptions()), {"configure": "amq.gen-.*"}),
    (lambda a: a.delete_queue("q", if_unused=False, if_empty=False), {"configure": "q"}),
    (lambda a: a.bind_queue("q", "x", "", {}), {"write": "q", "read": "x"}),
    (lambda a: a.unbind_queue("q", "x", "", {}), {"write": "q", "read": "x"}),
    (lambda a: a.purge_queue("q"), {"read": "q"}),
    (lambda a: a.readable_queue("q"), {"read": "q"}),
    (lambda a: a.route("x", ""), {"write": "x"}),
    (lambda a: a.route("", "q"), {"write": "amq.default"}),
]


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(("verb", "rights"), VERBS)
def test_a_verb_needs_its_rights_and_no_more(limited, verb, rights):
    verb(limited(**rights))


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(("verb", "rights"), VERBS)
def test_a_verb_without_one_of_its_rights_is_refused(limited, verb, rights):
    for missing in rights:
        granted = {right: name for right, name in rights.items() if right != missing}
        with pytest.raises(AccessRefused, match=r"access to .* refused for user 'ada'"):
            verb(limited(**granted))


def test_a_refusal_names_the_resource_and_the_user(limited):
    with pytest.raises(AccessRefused) as refusal:
        limited().readable_queue("q")
    assert str(refusal.value) == "access to queue 'q' in vhost '/' refused for user 'ada'"


def test_the_default_exchange_has_a_name_in_texts(limited):
    with pytest.raises(AccessRefused, match=r"access to exchange 'amq\.default' in vhost"):
        limited().route("", "q")


@pytest.mark.usefixtures("guest")
def test_passive_declares_need_no_right(limited):
    ada = limited()
    ada.check_exchange("x")
    assert ada.check_queue("q").name == "q"


@pytest.mark.parametrize(
    ("rights", "refused"),
    [({"write": "morgue"}, "queue 'n'"), ({"read": "n"}, "exchange 'morgue'")],
)
def test_a_queue_with_dead_letters_needs_to_be_read_and_their_exchange_written(
    limited, rights, refused
):
    ada = limited(configure="n", **rights)
    with pytest.raises(AccessRefused, match=f"access to {refused} in vhost"):
        ada.declare_queue("n", QueueOptions(arguments=DEAD_LETTERS))


def test_a_dead_letter_exchange_without_a_name_to_ask_about_is_refused_as_such(guest):
    with pytest.raises(PreconditionFailed, match="invalid type 'signedint' for arg 'x-dead-le"):
        guest.declare_queue("n", QueueOptions(arguments={"x-dead-letter-exchange": 5}))


@pytest.fixture
def narrowed(broker, limited):
    """One who may do all, but say to a topic exchange only what these patterns allow."""

    def grant(write, read):
        ada = limited(*[".*"] * 3)
        key = ("ada", "/", "amq.topic")
        broker.set_topic_permission(key, TopicPermission(write, read))
        return ada

    return grant


TOPIC_VERBS = [
    (lambda a, key: a.route("amq.topic", key, {}), "write"),
    (lambda a, key: a.route("amq.topic", "good", {}, ("good", key)), "write"),
    (lambda a, key: a.bind_queue("q", "amq.topic", key, {}), "read"),
    (lambda a, key: a.unbind_queue("q", "amq.topic", key, {}), "read"),
    (lambda a, key: a.bind_exchange("x", "amq.topic", key, {}), "read"),
    (lambda a, key: a.unbind_exchange("x", "amq.topic", key, {}), "read"),
]


@pytest.mark.usefixtures("guest")
@pytest.mark.parametrize(("verb", "right"), TOPIC_VERBS)
def test_a_topic_exchange_is_asked_about_the_routing_key_too(narrowed, verb, right):
    patterns = {"write": ".*", "read": ".*"} | {right: "^good$"}
    ada = narrowed(**patterns)
    verb(ada, "good")
    with pytest.raises(AccessRefused) as refusal:
        verb(ada, "bad")
    expected = "access to topic 'bad' in exchange 'amq.topic' in vhost '/' refused for user 'ada'"
    assert str(refusal.value) == expected


def test_a_system_exchange_is_not_deleted_whoever_asks(limited):
    with pytest.raises(AccessRefused, match="deletion of system exchange 'amq"):
        limited().delete_exchange("amq.topic", if_unused=False)


@pytest.mark.usefixtures("guest")
def test_a_binding_is_refused_for_its_destination_first(limited):
    verbs = [lambda a: a.bind_queue("q", "", "", {}), lambda a: a.bind_exchange("x", "", "", {})]
    for verb in verbs:
        with pytest.raises(AccessRefused, match="refused for user 'ada'"):
            verb(limited(read="amq.default"))


@pytest.mark.usefixtures("guest")
def test_other_exchanges_take_any_routing_key(narrowed):
    ada = narrowed("", "")
    ada.route("x", "bad", {})
    ada.bind_queue("q", "x", "bad", {})
    ada.bind_exchange("amq.topic", "x", "bad", {})


def test_an_alternate_exchange_is_asked_about_only_when_the_exchange_is_new(guest, limited):
    guest.declare_exchange("n", "direct", WITH_SPARE)
    limited(configure="n").declare_exchange("n", "direct", WITH_SPARE)


# Exchanges -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text"),
    [("nonsense", "unknown exchange type 'nonsense'"), ("", "invalid exchange type ''")],
)
def test_an_exchange_of_an_unknown_type_is_refused(guest, kind, text):
    with pytest.raises(CommandInvalid, match=text):
        guest.declare_exchange("n", kind, ExchangeOptions())


@pytest.mark.parametrize(
    "verb",
    [
        lambda a: a.declare_exchange("", "direct", ExchangeOptions()),
        lambda a: a.check_exchange(""),
        lambda a: a.delete_exchange("", if_unused=False),
        lambda a: a.bind_exchange("", "x", "", {}),
        lambda a: a.bind_exchange("x", "", "", {}),
        lambda a: a.unbind_exchange("", "x", "", {}),
        lambda a: a.unbind_exchange("x", "", "", {}),
        lambda a: a.bind_queue("q", "", "", {}),
        lambda a: a.unbind_queue("q", "", "", {}),
    ],
)
def test_the_default_exchange_is_not_to_be_touched(guest, verb):
    with pytest.raises(AccessRefused, match="operation not permitted on the default exchange"):
        verb(guest)


def test_a_passive_declare_finds_an_exchange_or_says_so(guest):
    guest.check_exchange("x")
    guest.check_exchange("x\r\n")
    with pytest.raises(NotFound, match="no exchange 'nowhere' in vhost '/'"):
        guest.check_exchange("nowhere")


@pytest.mark.parametrize(
    "hear",
    [
        lambda access: access.declare_queue("jobs", QueueOptions(durable=True)),
        lambda access: access.check_queue("jobs"),
        lambda access: access.delete_queue("gone", if_unused=False, if_empty=False),
        lambda access: access.check_exchange("logs"),
        lambda access: access.unbind_queue("jobs", "logs", "gone", {}),
    ],
    ids=["declare", "passive declare", "delete", "passive exchange declare", "unbind"],
)
def test_who_hears_of_what_another_did_hears_of_it_when_it_is_safe(connect, engine, hear):
    other = connect()
    other.declare_exchange("logs", "fanout", ExchangeOptions(durable=True))
    for name in ("jobs", "gone"):
        other.declare_queue(name, QueueOptions(durable=True))
    other.delete_queue("gone", if_unused=False, if_empty=False)
    other.bind_queue("jobs", "logs", "gone", {})
    other.unbind_queue("jobs", "logs", "gone", {})
    demands = engine.durability.demands
    hear(connect())
    assert engine.durability.demands == demands + 1
    engine.durability.sync()
    hear(connect())
    assert engine.durability.demands == demands + 1


def test_a_binding_between_exchanges_carries_messages_until_it_is_unbound(guest):
    guest.bind_exchange("y", "x", "k", {})
    guest.bind_queue("q", "y", "", {})
    assert [each.name for each in guest.route("x", "k").receivers] == ["q"]
    guest.unbind_exchange("y", "x", "k", {})
    assert guest.route("x", "k").receivers == ()


@pytest.mark.parametrize(("destination", "source"), [("y", "nowhere"), ("nowhere", "x")])
def test_exchanges_are_bound_where_both_are(guest, destination, source):
    with pytest.raises(NotFound, match="no exchange 'nowhere'"):
        guest.bind_exchange(destination, source, "", {})
    guest.unbind_exchange(destination, source, "", {})


def test_a_headers_binding_has_to_be_readable(guest):
    with pytest.raises(PreconditionFailed, match="Invalid x-match field value"):
        guest.bind_queue("q", "amq.headers", "", {"x-match": "some"})


# Queues ----------------------------------------------------------------------------------------


def test_a_queue_declared_again_is_the_same(guest):
    assert guest.declare_queue("q", QueueOptions()) is guest.declare_queue("q\n", QueueOptions())
    with pytest.raises(PreconditionFailed, match="inequivalent arg 'durable'"):
        guest.declare_queue("q", QueueOptions(durable=True))


def test_a_reserved_queue_name_is_refused(guest):
    with pytest.raises(AccessRefused, match="contains reserved prefix"):
        guest.declare_queue("amq.mine", QueueOptions())


def test_an_empty_name_asks_for_a_generated_one(guest):
    one, other = (guest.declare_queue("", QueueOptions()) for _ in range(2))
    assert one.name.startswith("amq.gen-")
    assert one.name != other.name


def test_a_passive_declare_finds_a_queue_or_says_so(guest):
    assert guest.check_queue("q") is guest.usable_queue("q")
    with pytest.raises(NotFound, match="no queue 'nowhere' in vhost '/'"):
        guest.check_queue("nowhere")


def test_deleting_tells_how_many_messages_went(guest):
    guest.usable_queue("q").publish(message("a"))
    assert guest.delete_queue("q", if_unused=False, if_empty=False) == 1
    assert guest.delete_queue("q", if_unused=False, if_empty=False) == 0


def test_a_queue_with_consumers_is_not_deleted_if_unused(guest):
    queue = guest.usable_queue("q")
    consumer = Subscriber(queue)
    queue.subscribe(consumer)
    with pytest.raises(PreconditionFailed, match="queue 'q' in vhost '/' in use"):
        guest.delete_queue("q", if_unused=True, if_empty=False)
    queue.unsubscribe(consumer)
    guest.delete_queue("q", if_unused=True, if_empty=False)


def test_a_queue_with_messages_is_not_deleted_if_empty(guest):
    guest.usable_queue("q").publish(message("a"))
    with pytest.raises(PreconditionFailed, match="queue 'q' in vhost '/' not empty"):
        guest.delete_queue("q", if_unused=False, if_empty=True)
    assert guest.purge_queue("q") == 1
    guest.delete_queue("q", if_unused=False, if_empty=True)


def test_unbinding_what_is_not_there_is_no_error(guest):
    guest.unbind_queue("nowhere", "x", "", {})
    guest.unbind_queue("q", "nowhere", "", {})
    guest.unbind_queue("q", "x", "never bound", {})


@pytest.mark.parametrize(("queue", "source"), [("q", "nowhere"), ("nowhere", "x")])
def test_a_queue_is_bound_where_both_are(guest, queue, source):
    with pytest.raises(NotFound, match="'nowhere'"):
        guest.bind_queue(queue, source, "", {})


# Exclusive queues ------------------------------------------------------------------------------

LOCKED = (
    "cannot obtain exclusive access to locked queue 'mine' in vhost '/'. It could be originally "
    "declared on another connection or the exclusive property value does not match that of the "
    "original declaration."
)


@pytest.mark.parametrize(
    "verb",
    [
        lambda a: a.declare_queue("mine", QueueOptions(exclusive=True)),
        lambda a: a.declare_queue("mine", QueueOptions()),
        lambda a: a.check_queue("mine"),
        lambda a: a.delete_queue("mine", if_unused=False, if_empty=False),
        lambda a: a.purge_queue("mine"),
        lambda a: a.bind_queue("mine", "amq.fanout", "", {}),
        lambda a: a.unbind_queue("mine", "amq.direct", "bound", {}),
        lambda a: a.readable_queue("mine"),
    ],
)
def test_an_exclusive_queue_is_its_connections_own(connect, verb):
    owner = connect()
    owner.declare_queue("mine", QueueOptions(exclusive=True))
    owner.bind_queue("mine", "amq.direct", "bound", {})
    with pytest.raises(ResourceLocked) as refusal:
        verb(connect())
    assert str(refusal.value) == LOCKED


def test_unbinding_from_a_locked_queue_what_is_not_bound_is_no_error(connect):
    owner = connect()
    owner.declare_queue("mine", QueueOptions(exclusive=True))
    connect().unbind_queue("mine", "amq.direct", "never bound", {})


def test_an_exclusive_queue_is_unbound_by_its_owner_alone(connect):
    owner, other = connect(), connect()
    owner.declare_queue("mine", QueueOptions(exclusive=True))
    other.unbind_queue("mine", "amq.fanout", "never bound", {})
    owner.bind_queue("mine", "amq.fanout", "", {})
    with pytest.raises(ResourceLocked):
        other.unbind_queue("mine", "amq.fanout", "", {})
    owner.unbind_queue("mine", "amq.fanout", "", {})
    assert owner.route("amq.fanout", "").receivers == ()


def test_the_owner_uses_its_exclusive_queue_freely(connect):
    owner = connect()
    queue = owner.declare_queue("mine", QueueOptions(exclusive=True))
    assert owner.declare_queue("mine", QueueOptions(exclusive=True)) is queue
    assert owner.readable_queue("mine") is queue
    owner.bind_queue("mine", "amq.fanout", "", {})
    with pytest.raises(ResourceLocked):
        owner.declare_queue("mine", QueueOptions())


def test_a_shared_queue_cannot_be_declared_exclusively(guest):
    with pytest.raises(ResourceLocked):
        guest.declare_queue("q", QueueOptions(exclusive=True))


def test_exclusive_queues_go_with_their_connection(connect, broker):
    one, other = connect(), connect()
    one.declare_queue("ones", QueueOptions(exclusive=True))
    one.declare_queue("shared", QueueOptions())
    other.declare_queue("others", QueueOptions(exclusive=True))
    one.delete_queue("ones", if_unused=False, if_empty=False)
    one.declare_queue("ones", QueueOptions(exclusive=True))
    one.delete_exclusive_queues()
    assert broker.vhosts["/"].queues.keys() == {"shared", "others"}
    one.delete_exclusive_queues()


# Publishing ------------------------------------------------------------------------------------


def test_an_internal_exchange_takes_no_messages_from_clients(guest):
    guest.declare_exchange("inner", "fanout", ExchangeOptions(internal=True))
    with pytest.raises(AccessRefused, match="cannot publish to internal exchange 'inner' in vhost"):
        guest.route("inner", "")


def test_a_remembered_route_lasts_until_something_changes(guest, connect):
    guest.remember(b"\x00\x01q", guest.route("", "q"))
    assert b"\x00\x01q" in connect().routes
    guest.delete_queue("q", if_unused=False, if_empty=False)
    assert guest.routes == {}


def test_a_remembered_route_does_not_outlive_the_permission(guest, broker):
    guest.remember(b"\x00\x01q", guest.route("", "q"))
    broker.clear_permission("guest", "/")
    assert guest.routes == {}
    with pytest.raises(AccessRefused):
        guest.route("", "q")


def test_users_do_not_share_remembered_routes(guest, limited):
    guest.remember(b"\x00\x01q", guest.route("", "q"))
    assert limited().routes == {}


def test_routes_are_remembered_within_a_bound(guest, monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED_MAX", 3)
    route = guest.route("", "q")
    for number in range(10):
        guest.remember(bytes((number,)), route)
        assert len(guest.routes) <= 3
        assert guest.routes[bytes((number,))] is route
