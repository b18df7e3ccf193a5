"""A broker as a document: everything that would be made again.

Left out is what goes with its connection (exclusive queues), what every vhost has by itself
(exchanges named amq.*, the default exchange), and bindings whose ends are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.changes import POLICY
from leveret.broker.definitions.document import (
    OWN_PARAMETERS,
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
from leveret.broker.names import RESERVED_PREFIX
from leveret.broker.queues.queue import Queue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.broker import Broker
    from leveret.broker.definitions.document import Entry
    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.vhost import Vhost


def definitions_of(broker: Broker) -> Iterator[Entry]:
    """All entries, section by section."""
    for user in broker.users:
        yield DefinedUser(user, limits=broker.limits.of_user(user.name))
    for vhost in broker.vhosts.values():
        known = vhost.metadata
        yield DefinedVhost(vhost.name, known.description, known.tags, known.default_queue_type)
    yield from (DefinedPermission(*granted) for granted in broker.permissions)
    for key, topic_permission in broker.topic_permissions:
        yield DefinedTopicPermission(*key, topic_permission)
    for name, value in broker.parameters.globals.items():
        if name not in OWN_PARAMETERS:
            yield DefinedGlobalParameter(name, value)
    for vhost in broker.vhosts.values():
        yield from definitions_in(broker, vhost)


def definitions_in(broker: Broker, vhost: Vhost) -> Iterator[Entry]:
    """What is in one vhost."""
    for policy in vhost.policies.user.by_name.values():
        yield DefinedPolicy(vhost.name, policy)
    for component, place, name, value in broker.parameters.all():
        if place == vhost.name and component != POLICY:
            yield DefinedParameter(component, place, name, value)
    yield from (
        DefinedExchange(vhost.name, each.name, each.type.name, each.options)
        for each in vhost.exchanges.values()
        if not _is_given(each)
    )
    yield from (
        DefinedQueue(vhost.name, each.name, each.options)
        for each in vhost.queues.values()
        if not each.options.exclusive
    )
    yield from (each for exchange in vhost.exchanges.values() for each in _bindings(exchange))


def _bindings(exchange: Exchange) -> Iterator[Entry]:
    for binding in exchange.bindings:
        end = binding.destination
        if not (isinstance(end, Queue) and end.options.exclusive):
            yield DefinedBinding(
                exchange.vhost_name,
                exchange.name,
                end.kind,
                end.name,
                binding.routing_key,
                binding.arguments,
            )


def _is_given(exchange: Exchange) -> bool:
    return not exchange.name or exchange.name.startswith(RESERVED_PREFIX)
