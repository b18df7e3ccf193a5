"""A broker as a document: everything that would be made again.

Left out is what goes with its connection (exclusive queues), what every vhost has by itself
(exchanges named amq.*, the default exchange), and bindings whose ends are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedPermission,
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
    yield from (DefinedUser(user) for user in broker.users)
    yield from (DefinedVhost(name) for name in broker.vhosts)
    yield from (DefinedPermission(*granted) for granted in broker.permissions)
    for key, topic_permission in broker.topic_permissions:
        yield DefinedTopicPermission(*key, topic_permission)
    for vhost in broker.vhosts.values():
        yield from definitions_in(vhost)


def definitions_in(vhost: Vhost) -> Iterator[Entry]:
    """What is in one vhost."""
    for exchange in vhost.exchanges.values():
        if not _is_given(exchange):
            yield DefinedExchange(vhost.name, exchange.name, exchange.type.name, exchange.options)
    for queue in vhost.queues.values():
        if not queue.options.exclusive:
            yield DefinedQueue(vhost.name, queue.name, queue.options)
    for exchange in vhost.exchanges.values():
        yield from _bindings_from(vhost, exchange)


def _bindings_from(vhost: Vhost, exchange: Exchange) -> Iterator[Entry]:
    for binding in exchange.bindings:
        end = binding.destination
        if not (isinstance(end, Queue) and end.options.exclusive):
            yield DefinedBinding(
                vhost.name,
                exchange.name,
                end.kind,
                end.name,
                binding.routing_key,
                binding.arguments,
            )


def _is_given(exchange: Exchange) -> bool:
    return not exchange.name or exchange.name.startswith(RESERVED_PREFIX)
