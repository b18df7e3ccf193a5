"""A broker with a bit of everything in it, and what of it a restart has to bring back."""

from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.passwords import MD5, hash_password
from leveret.broker.permissions import Permission
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.streams.stream import Stream
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.vhost_metadata import VhostMetadata
from leveret.wire.values import Decimal, Int8

OTHER_BY_MD5 = (hash_password("other", b"salt", MD5), MD5)


def ends(binding):
    destination = binding.destination
    return (
        binding.source.name,
        destination.kind,
        destination.name,
        binding.routing_key,
        binding.arguments,
    )


def picture(broker):
    """All that a restart has to bring back, in the order in which it came about."""
    vhosts = {
        vhost.name: (
            [(each.name, each.type.name, each.options) for each in vhost.exchanges.values()],
            [(each.name, each.number, each.options) for each in vhost.queues.values()],
            [
                (each.name, each.log.index.first, each.log.index.end)
                for each in vhost.queues.values()
                if isinstance(each, Stream)
            ],
            [ends(each) for exchange in vhost.exchanges.values() for each in exchange.bindings],
        )
        for vhost in broker.vhosts.values()
    }
    rights = (broker.permissions._granted, broker.topic_permissions._granted)
    limits = broker.limits._of_user
    return vhosts, broker.users._users, rights, limits, settings(broker)


def settings(broker):
    """Parameters, and what came of them."""
    in_vhosts = {
        vhost.name: (vhost.metadata, vhost.limits, vhost.policies.user.by_name)
        for vhost in broker.vhosts.values()
    }
    followed = {
        (vhost.name, each.kind, each.name): each.policy
        for vhost in broker.vhosts.values()
        for each in (*vhost.exchanges.values(), *vhost.queues.values())
    }
    return list(broker.parameters.all()), broker.parameters.globals, in_vhosts, followed


def furnish(broker):
    """A bit of everything, some of it gone again, some of it not to last."""
    for name in ("/", "other"):
        broker.add_vhost(name)
    for name, password in [("ada", "secret"), ("bob", "secret"), ("eve", "secret")]:
        broker.users.add(name, password, frozenset({"monitoring"}))
        broker.set_permission(name, "/", Permission("^jobs", ".*", "a|b"))
    broker.users.add("bob", "other")
    broker.clear_permission("bob", "/")
    for exchange in ("logs", "old"):
        broker.set_topic_permission(("ada", "/", exchange), TopicPermission("^{username}", ".*"))
    broker.clear_topic_permissions("ada", "/", "old")
    broker.users.set_password_hash("bob", *OTHER_BY_MD5)
    broker.remove_user("eve")
    furnish_settings(broker)
    access = broker.enter(broker.users.get("ada"), "/", object())
    broker.set_permission("ada", "/")
    furnish_vhost(access)


def furnish_settings(broker):
    broker.describe_vhost("other", VhostMetadata("the other one", ("a", "b"), "quorum"))
    broker.add_vhost("going", VhostMetadata("gone soon"))
    broker.limits.set_user("ada", {"max-channels": 9})
    broker.limits.set_vhost("other", {"max-queues": 9})
    for vhost in ("/", "other", "going"):
        for name in ("short", "old"):
            broker.parameters.set_policy(vhost, Policy(name, "^j", {"max-length": 9}))
        broker.parameters.set_operator_policy(vhost, Policy("op", "", {"max-length": 8}))
    broker.parameters.clear_policy("/", "old")
    for name in ("cluster_name", "old"):
        broker.parameters.set_global(name, "hutch")
    broker.parameters.clear_global("old")
    broker.remove_vhost("going")


def furnish_vhost(access):
    exact = {"width": Int8(7), "list": [1, "two", b"3", None], "price": Decimal(2, 199)}
    for name, kind in [("logs", "topic"), ("all", "fanout"), ("heads", "headers")]:
        access.declare_exchange(name, kind, ExchangeOptions(durable=True, arguments=exact))
    access.declare_exchange("falls", "direct", ExchangeOptions(durable=True, auto_delete=True))
    access.declare_exchange("passing", "direct", ExchangeOptions())
    for name in ("jobs", "mails", "old", "jobs.dead"):
        table = {"x-max-priority": 9, "x-message-ttl": 60_000}
        access.declare_queue(name, QueueOptions(durable=True, arguments=table))
    access.declare_queue("passing", QueueOptions())
    access.declare_queue("mine", QueueOptions(durable=True, exclusive=True))
    for queue, source, key in [
        ("jobs", "logs", "a.#"),
        ("jobs", "logs", "b.#"),
        ("mails", "all", ""),
        ("old", "falls", "k"),
        ("old", "all", ""),
        ("passing", "all", ""),
        ("jobs", "passing", ""),
        ("mine", "logs", "#"),
    ]:
        access.bind_queue(queue, source, key, {})
    access.bind_queue("mails", "heads", "", {"x-match": "any", **exact})
    access.bind_exchange("all", "logs", "#", {})
    access.unbind_queue("jobs", "logs", "b.#", {})
    access.delete_queue("old", if_unused=False, if_empty=False)


def drop_what_passes(vhost):
    """What a restart does not bring back."""
    for queue in list(vhost.queues.values()):
        if queue.options.exclusive or not queue.options.durable:
            vhost.remove_queue(queue)
    for exchange in list(vhost.exchanges.values()):
        if not exchange.options.durable:
            vhost.delete_exchange(exchange.name, if_unused=False)
