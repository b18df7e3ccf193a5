"""One entry of a document made part of a broker, by the broker's own verbs.

So every check, every event and everything that has to be kept follows as when a client asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.bindings import Binding
from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedGlobalParameter,
    DefinedParameter,
    DefinedPermission,
    DefinedPolicy,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedUser,
    DefinedVhost,
)
from leveret.broker.errors import CommandInvalid, NotFound
from leveret.broker.exchanges.kinds import KINDS
from leveret.broker.vhost_metadata import NO_METADATA

if TYPE_CHECKING:
    from leveret.broker.bindings import Destination
    from leveret.broker.broker import Broker
    from leveret.broker.definitions.document import Entry, InVhost
    from leveret.broker.vhost import Vhost


def make(broker: Broker, entry: Entry) -> None:
    """What the entry says is there afterwards. Raises Refused, and nothing has changed."""
    match entry:
        case DefinedUser():
            _make_user(broker, entry)
        case DefinedVhost():
            _make_vhost(broker, entry)
        case DefinedPermission():
            broker.set_permission(entry.user, entry.vhost, entry.permission)
        case DefinedTopicPermission():
            broker.set_topic_permission(entry.key, entry.permission)
        case DefinedGlobalParameter():
            broker.parameters.set_global(entry.name, entry.value)
        case _:
            _make_in(broker, vhost_of(broker, entry.vhost), entry)


def _make_in(broker: Broker, vhost: Vhost, entry: InVhost) -> None:
    match entry:
        case DefinedPolicy():
            broker.parameters.set_policy(vhost.name, entry.policy)
        case DefinedParameter():
            broker.parameters.set(entry.component, vhost.name, entry.name, entry.value)
        case DefinedExchange():
            _make_exchange(vhost, entry)
        case DefinedQueue():
            vhost.create_queue(entry.name, entry.options, None)
        case DefinedBinding():
            _make_binding(vhost, entry)


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
    if entry.limits is not None and entry.limits != broker.limits.of_user(user.name):
        broker.limits.clear_user(user.name)
        broker.limits.set_user(user.name, entry.limits)


def _make_vhost(broker: Broker, entry: DefinedVhost) -> None:
    there = broker.vhosts.get(entry.name)
    if there is None:
        broker.add_vhost(entry.name, entry.metadata(NO_METADATA))
    elif there.metadata != entry.metadata(there.metadata):
        broker.describe_vhost(entry.name, entry.metadata(there.metadata))
    if entry.tracing is not None:
        broker.trace(entry.name, is_on=entry.tracing)


def _make_exchange(vhost: Vhost, entry: DefinedExchange) -> None:
    if entry.kind not in KINDS:
        raise CommandInvalid(f"unknown exchange type '{entry.kind}'")
    vhost.declare_exchange(entry.name, entry.kind, entry.options)


def _make_binding(vhost: Vhost, entry: DefinedBinding) -> None:
    binding = binding_in(vhost, entry)
    binding.source.type.check_binding(binding)
    vhost.bind(binding)
