"""One entry of a document made part of a broker, by the broker's own verbs.

So every check, every event and everything that has to be kept follows as when a client asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.bindings import Binding
from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedPermission,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedUser,
    DefinedVhost,
)
from leveret.broker.errors import CommandInvalid, NotFound
from leveret.broker.exchanges.kinds import KINDS

if TYPE_CHECKING:
    from leveret.broker.bindings import Destination
    from leveret.broker.broker import Broker
    from leveret.broker.definitions.document import Entry
    from leveret.broker.vhost import Vhost


def make(broker: Broker, entry: Entry) -> None:
    """What the entry says is there afterwards. Raises Refused, and nothing has changed."""
    match entry:
        case DefinedUser():
            _make_user(broker, entry)
        case DefinedVhost():
            broker.add_vhost(entry.name)
        case DefinedPermission():
            broker.set_permission(entry.user, entry.vhost, entry.permission)
        case DefinedTopicPermission():
            broker.set_topic_permission(entry.key, entry.permission)
        case DefinedExchange():
            _make_exchange(vhost_of(broker, entry.vhost), entry)
        case DefinedQueue():
            vhost_of(broker, entry.vhost).create_queue(entry.name, entry.options, None)
        case DefinedBinding():
            _make_binding(vhost_of(broker, entry.vhost), entry)


def vhost_of(broker: Broker, name: str) -> Vhost:
    """Raises NotFound."""
    if name not in broker.vhosts:
        raise NotFound(f"there is no vhost '{name}'")
    return broker.vhosts[name]


def binding_in(vhost: Vhost, entry: DefinedBinding) -> Binding:
    """The binding that is meant. Raises NotFound when an end is missing."""
    destination: Destination = (
        vhost.queue(entry.destination)
        if entry.destination_kind == "queue"
        else vhost.exchange(entry.destination)
    )
    source = vhost.exchange(entry.source)
    return Binding(source, destination, entry.routing_key, entry.arguments)


def _make_user(broker: Broker, entry: DefinedUser) -> None:
    user = entry.user
    if entry.password is None:
        broker.users.put(user)
    else:
        broker.users.add(user.name, entry.password, user.tags)


def _make_exchange(vhost: Vhost, entry: DefinedExchange) -> None:
    if entry.kind not in KINDS:
        raise CommandInvalid(f"unknown exchange type '{entry.kind}'")
    vhost.declare_exchange(entry.name, entry.kind, entry.options)


def _make_binding(vhost: Vhost, entry: DefinedBinding) -> None:
    binding = binding_in(vhost, entry)
    binding.source.type.check_binding(binding)
    vhost.bind(binding)
