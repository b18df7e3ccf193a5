"""A vhost: what exists, and what goes when something else goes."""

import pytest

from leveret.broker.bindings import Binding
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    QueueDeclared,
    QueueDeleted,
    Unbound,
)
from leveret.broker.errors import AccessRefused, NotFound, PreconditionFailed
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.exchanges.kinds import PREDECLARED
from leveret.broker.keeper import Keeper
from leveret.broker.message import pack_address
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.vhost import Vhost
from leveret.wire.properties import Properties
from tests.broker.domain import Subscriber, message, paging, random_bytes
from tests.broker.fake_storage import FakeEngine

REPLY_TO = "amq.rabbitmq.reply-to.me"


class Waiting:
    """Somebody who waits for a direct reply."""

    number = 0
    may_refuse = False
    tally = None


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def vhost(agenda, engine):
    return Vhost("/", agenda, random_bytes(), Keeper(engine.storage), paging(engine))


def declare(vhost, name, kind="direct", **options):
    return vhost.declare_exchange(name, kind, ExchangeOptions(**options))


def create(vhost, name, owner=None, **options):
    return vhost.create_queue(name, QueueOptions(**options), owner)


def bind(vhost, source, destination, key=""):
    found = vhost.queues.get(destination) or vhost.exchange(destination)
    vhost.bind(Binding(vhost.exchange(source), found, key))


def receivers(vhost, exchange, key=""):
    return list(vhost.route(exchange, key).receivers)


# Exchanges -------------------------------------------------------------------------------------


def test_a_vhost_begins_with_the_predeclared_exchanges(vhost):
    assert list(vhost.exchanges) == [name for name, _kind, _internal in PREDECLARED]
    assert all(each.options.durable for each in vhost.exchanges.values())


def test_an_exchange_is_made_once(vhost):
    logs = declare(vhost, "logs", "fanout")
    assert declare(vhost, "logs", "fanout") is logs is vhost.exchange("logs")


def test_line_breaks_are_cut_from_an_exchanges_name(vhost):
    assert declare(vhost, "lo\r\ngs") is declare(vhost, "logs")


def test_an_exchange_declared_again_otherwise_is_refused(vhost):
    declare(vhost, "logs", "fanout")
    with pytest.raises(PreconditionFailed, match="inequivalent arg 'type'"):
        declare(vhost, "logs", "topic")


def test_a_reserved_exchange_name_is_refused_unless_it_is_there(vhost):
    assert declare(vhost, "amq.direct", durable=True) is vhost.exchange("amq.direct")
    with pytest.raises(AccessRefused, match="contains reserved prefix"):
        declare(vhost, "amq.mine")


def test_a_refused_exchange_is_not_made(vhost):
    with pytest.raises(PreconditionFailed):
        declare(vhost, "logs", arguments={"alternate-exchange": 7})
    with pytest.raises(NotFound, match="no exchange 'logs' in vhost '/'"):
        vhost.exchange("logs")


def test_a_deleted_exchange_is_gone_with_its_bindings(vhost):
    declare(vhost, "logs", "fanout")
    declare(vhost, "more", "fanout")
    queue = create(vhost, "q")
    bind(vhost, "logs", "q")
    bind(vhost, "more", "logs")
    vhost.delete_exchange("logs", if_unused=False)
    assert "logs" not in vhost.exchanges
    assert vhost.bindings.arriving(queue) == []
    assert vhost.exchange("more").is_unused


def test_deleting_a_missing_exchange_is_no_error(vhost):
    vhost.delete_exchange("nowhere", if_unused=True)


def test_a_system_exchange_cannot_be_deleted(vhost):
    with pytest.raises(AccessRefused) as refusal:
        vhost.delete_exchange("amq.direct", if_unused=False)
    assert str(refusal.value) == (
        "deletion of system exchange 'amq.direct' in vhost '/' not allowed"
    )


def test_a_used_exchange_is_not_deleted_if_unused(vhost):
    declare(vhost, "logs")
    create(vhost, "q")
    bind(vhost, "logs", "q")
    with pytest.raises(PreconditionFailed, match="exchange 'logs' in vhost '/' in use"):
        vhost.delete_exchange("logs", if_unused=True)
    vhost.unbind(vhost.exchange("logs").bindings[0])
    vhost.delete_exchange("logs", if_unused=True)
    assert "logs" not in vhost.exchanges


def test_an_auto_delete_exchange_goes_with_its_last_binding(vhost):
    logs = declare(vhost, "logs", auto_delete=True)
    create(vhost, "q")
    bind(vhost, "logs", "q", "a")
    bind(vhost, "logs", "q", "b")
    vhost.unbind(logs.bindings[0])
    assert "logs" in vhost.exchanges
    vhost.unbind(logs.bindings[0])
    assert "logs" not in vhost.exchanges


def test_auto_delete_exchanges_fall_like_dominoes(vhost):
    for name in ("a", "b", "c"):
        declare(vhost, name, "fanout", auto_delete=True)
    queue = create(vhost, "q")
    for source, destination in [("a", "b"), ("b", "c"), ("c", "q")]:
        bind(vhost, source, destination)
    vhost.remove_queue(queue)
    assert not {"a", "b", "c"} & vhost.exchanges.keys()


def test_auto_delete_exchanges_in_a_circle_fall_together(vhost):
    for name in ("a", "b"):
        declare(vhost, name, "fanout", auto_delete=True)
    bind(vhost, "a", "b")
    bind(vhost, "b", "a")
    bind(vhost, "a", "a")
    vhost.delete_exchange("a", if_unused=False)
    assert not {"a", "b"} & vhost.exchanges.keys()


# Queues ----------------------------------------------------------------------------------------


def test_a_queue_is_there_until_it_is_removed(vhost):
    queue = create(vhost, "q")
    assert vhost.queue("q") is queue
    queue.publish(message("a"))
    assert vhost.remove_queue(queue) == 1
    with pytest.raises(NotFound, match="no queue 'q' in vhost '/'"):
        vhost.queue("q")
    assert vhost.remove_queue(queue) == 0


def test_a_queue_that_is_gone_is_not_confused_with_its_successor(vhost):
    first = create(vhost, "q")
    vhost.remove_queue(first)
    second = create(vhost, "q")
    vhost.remove_queue(first)
    assert vhost.queue("q") is second


def test_an_exclusive_queue_has_an_owner(vhost):
    owner = object()
    assert create(vhost, "mine", owner, exclusive=True).owner is owner
    assert create(vhost, "ours").owner is None


def test_a_refused_queue_is_not_made_and_leaves_no_timer(vhost, agenda):
    with pytest.raises(PreconditionFailed):
        create(vhost, "q", arguments={"x-expires": 100, "x-message-ttl": -1})
    assert vhost.queues == {}
    assert agenda.next_deadline() is None


def test_an_unused_queue_is_removed_when_its_time_is_over(vhost, agenda):
    create(vhost, "q", arguments={"x-expires": 100})
    agenda.pass_time(0.1)
    assert vhost.queues == {}


def test_an_auto_delete_queue_is_removed_with_its_last_consumer(vhost):
    queue = create(vhost, "q", auto_delete=True)
    consumer = Subscriber(queue)
    queue.subscribe(consumer)
    queue.unsubscribe(consumer)
    assert vhost.queues == {}


def test_a_generated_queue_name_is_new_each_time(vhost):
    names = {vhost.generate_queue_name() for _ in range(10)}
    assert len(names) == 10
    assert all(name.startswith("amq.gen-") for name in names)


# Routes ----------------------------------------------------------------------------------------


def test_every_queue_is_bound_to_the_default_exchange_by_its_name(vhost):
    queue = create(vhost, "q")
    assert receivers(vhost, "", "q") == [queue]
    assert receivers(vhost, "", "nobody") == []


def test_copies_reach_each_named_queue_once(vhost):
    first, second = create(vhost, "q"), create(vhost, "r")
    route = vhost.route("", "q", copy_keys=("r", "q", "nobody"))
    assert route.receivers == (first, second)


def test_a_direct_reply_goes_through_the_default_exchange(vhost):
    waiting = Waiting()
    name = vhost.reply_consumers.add(waiting)
    assert receivers(vhost, "", name) == [waiting]
    vhost.reply_consumers.remove(name)
    assert receivers(vhost, "", name) == []


def test_a_message_to_an_exchange_that_is_not_there_is_refused(vhost):
    with pytest.raises(NotFound, match="no exchange 'nowhere' in vhost '/'"):
        vhost.route("nowhere", "")


@pytest.mark.parametrize(
    "change",
    [
        lambda vhost: declare(vhost, "new"),
        lambda vhost: vhost.delete_exchange("logs", if_unused=False),
        lambda vhost: bind(vhost, "logs", "q", "new"),
        lambda vhost: vhost.unbind(vhost.exchange("logs").bindings[0]),
        lambda vhost: vhost.remove_queue(vhost.queue("q")),
    ],
    ids=["declare", "delete", "bind", "unbind", "remove a bound queue"],
)
def test_every_change_of_the_map_forgets_the_routes(vhost, change):
    declare(vhost, "logs")
    create(vhost, "q")
    bind(vhost, "logs", "q")
    for user in ("ada", "bob"):
        vhost.routes[user] = {b"address": vhost.route("logs", "")}
    change(vhost)
    assert vhost.routes == {"ada": {}, "bob": {}}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("new", lambda vhost: create(vhost, "new")),
        ("q", lambda vhost: vhost.remove_queue(vhost.queue("q"))),
        (REPLY_TO, lambda vhost: vhost.reply_consumers.remove(REPLY_TO)),
    ],
    ids=["create", "remove an unbound queue", "reply consumer gone"],
)
def test_a_queue_that_comes_or_goes_unbound_forgets_its_own_route_alone(vhost, name, change):
    vhost.reply_consumers._waiting[REPLY_TO] = Waiting()
    create(vhost, "q")
    own, other = pack_address(b"", name.encode()), pack_address(b"logs", name.encode())
    route = vhost.route("", name)
    vhost.routes["ada"] = {own: route, other: route}
    change(vhost)
    assert vhost.routes == {"ada": {other: route}}


# What is durable --------------------------------------------------------------------------------


def durable(vhost, *queues, exchange="logs", **options):
    declare(vhost, exchange, "fanout", durable=True, **options)
    return [create(vhost, name, durable=True) for name in queues]


def told(engine):
    """The changes committed since this was last asked: what happened, and to what."""
    changes = list(engine.catalogue.changes)
    engine.catalogue.changes.clear()
    names = {"Bound": "destination", "Unbound": "destination"}
    return [
        (kind, getattr(change, names.get(kind, "name")))
        for change in changes
        for kind in [type(change).__name__]
    ]


def test_what_is_durable_is_committed_as_it_is(vhost, engine):
    table = {"x-expires": 1000}
    declare(vhost, "logs", "topic", durable=True, internal=True)
    queue = create(vhost, "q", durable=True, auto_delete=True, arguments=table)
    bind(vhost, "logs", "q", "a.#")
    assert engine.catalogue.changes == [
        ExchangeDeclared("/", "logs", "topic", ExchangeOptions(durable=True, internal=True)),
        QueueDeclared(1, "/", "q", QueueOptions(durable=True, auto_delete=True, arguments=table)),
        Bound("/", "logs", "queue", "q", "a.#", {}),
    ]
    engine.catalogue.changes.clear()
    vhost.unbind(vhost.exchange("logs").bindings[0])
    vhost.remove_queue(queue)
    vhost.delete_exchange("logs", if_unused=False)
    assert engine.catalogue.changes == [
        Unbound("/", "logs", "queue", "q", "a.#", {}),
        QueueDeleted(1, "/", "q"),
        ExchangeDeleted("/", "logs"),
    ]


def test_what_is_not_durable_is_not_committed(vhost, engine):
    declare(vhost, "logs")
    queue = create(vhost, "q")
    mine = create(vhost, "mine", object(), durable=True, exclusive=True)
    assert [queue.number, mine.number] == [0, 0]
    for name in ("q", "mine"):
        bind(vhost, "logs", name)
        vhost.remove_queue(vhost.queue(name))
    vhost.delete_exchange("logs", if_unused=False)
    assert told(engine) == []


def test_each_durable_queue_has_a_number_of_its_own_for_ever(vhost):
    first = create(vhost, "q", durable=True)
    vhost.remove_queue(first)
    assert [first.number, create(vhost, "q", durable=True).number] == [1, 2]


@pytest.mark.parametrize(
    ("source", "destination", "is_kept"),
    [
        ("logs", "q", True),
        ("amq.topic", "q", True),
        ("logs", "amq.topic", True),
        ("passing", "q", False),
        ("logs", "t", False),
        ("logs", "passing", False),
        ("logs", "mine", False),
    ],
)
def test_a_binding_is_as_durable_as_its_two_ends(vhost, engine, source, destination, is_kept):
    durable(vhost, "q")
    declare(vhost, "passing")
    create(vhost, "t")
    create(vhost, "mine", object(), durable=True, exclusive=True)
    told(engine)
    bind(vhost, source, destination)
    bind(vhost, source, destination)
    vhost.unbind(vhost.exchange(source).bindings[0])
    changes = [("Bound", destination), ("Unbound", destination)]
    assert told(engine) == (changes if is_kept else [])


def test_what_goes_with_its_last_binding_is_committed_too(vhost, engine):
    (queue,) = durable(vhost, "q", auto_delete=True)
    durable(vhost, exchange="more", auto_delete=True)
    bind(vhost, "more", "logs")
    bind(vhost, "logs", "q")
    told(engine)
    vhost.remove_queue(queue)
    assert told(engine) == [
        ("QueueDeleted", "q"),
        ("ExchangeDeleted", "logs"),
        ("ExchangeDeleted", "more"),
    ]


def test_an_auto_delete_exchange_goes_with_its_last_binding_also_when_that_was_not_durable(
    vhost, engine
):
    durable(vhost, auto_delete=True)
    passing = create(vhost, "passing")
    bind(vhost, "logs", "passing")
    told(engine)
    vhost.remove_queue(passing)
    assert told(engine) == [("ExchangeDeleted", "logs")]


def test_a_durable_queue_that_ends_itself_is_committed(vhost, engine, agenda):
    create(vhost, "q", durable=True, arguments={"x-expires": 100})
    told(engine)
    agenda.pass_time(0.1)
    assert told(engine) == [("QueueDeleted", "q")]


@pytest.mark.parametrize(
    "again",
    [
        lambda vhost: declare(vhost, "logs", "fanout", durable=True),
        lambda vhost: vhost.delete_exchange("gone", if_unused=False),
        lambda vhost: bind(vhost, "logs", "q"),
        lambda vhost: vhost.unbind(Binding(vhost.exchange("logs"), vhost.queue("q"), "gone")),
        lambda vhost: vhost.vouch_for("queue", "q"),
    ],
    ids=["declare", "delete", "bind", "unbind", "queue"],
)
def test_who_does_again_what_is_not_safe_yet_waits_until_it_is(vhost, engine, again):
    durable(vhost, "q")
    durable(vhost, exchange="gone")
    vhost.delete_exchange("gone", if_unused=False)
    bind(vhost, "logs", "q")
    bind(vhost, "logs", "q", "gone")
    vhost.unbind(Binding(vhost.exchange("logs"), vhost.queue("q"), "gone"))
    told(engine)
    demands = engine.durability.demands
    again(vhost)
    assert engine.durability.demands == demands + 1
    engine.durability.sync()
    again(vhost)
    assert engine.durability.demands == demands + 1
    assert told(engine) == []


def test_what_waited_for_a_durable_queue_is_given_back_to_it(vhost, engine):
    (first, second) = durable(vhost, "q", "r")
    passing = create(vhost, "t")
    one, two = message("one"), message("two")
    engine.messages.append(one, (first.number, second.number))
    engine.messages.append(two, (second.number,))
    vhost.recover(engine.messages)
    assert [each.ready.count for each in (first, second, passing)] == [1, 2, 0]


# Publishing by the broker itself ---------------------------------------------------------------


def test_the_broker_publishes_what_it_has_to_say(vhost, engine):
    declare(vhost, "logs", "topic")
    create(vhost, "q", durable=True)
    bind(vhost, "logs", "q", "node.#")
    properties = Properties(delivery_mode=2, headers={"a": 1})
    route = vhost.publish("logs", "node.up", properties, b"body")
    assert list(route.receivers) == [vhost.queue("q")]
    published, _redelivered = vhost.queue("q").get()
    assert (published.body, published.properties) == (b"body", properties)
    assert published.position in engine.messages.kept


def test_what_nobody_listens_to_is_gone(vhost):
    assert not vhost.publish("amq.topic", "node.up", Properties(), b"body").receivers
    with pytest.raises(NotFound):
        vhost.publish("missing", "node.up", Properties(), b"body")
