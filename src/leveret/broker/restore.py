"""What a catalogue has kept becomes a broker again, one change after the other.

Rule: a change does what it says and no more. No rule is asked and nothing follows: what followed
when it happened (an auto-delete exchange went with its last binding) is a change of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.bindings import Binding
from leveret.broker.changes import (
    Bound,
    ExchangeDeclared,
    ExchangeDeleted,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    TopicPermissionCleared,
    TopicPermissionSet,
    Unbound,
    UserRemoved,
    UserSet,
    VhostAdded,
    VhostRemoved,
)
from leveret.broker.queues.queue import Queue
from leveret.broker.users import User

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from leveret.broker.bindings import Destination
    from leveret.broker.broker import Broker
    from leveret.broker.changes import Change
    from leveret.broker.vhost import Vhost

    InVhost: TypeAlias = (
        ExchangeDeclared | ExchangeDeleted | QueueDeclared | QueueDeleted | Bound | Unbound
    )


class Unrestorable(Exception):
    """The catalogue needs what is not there: a later version made it, or it is damaged."""


def restore(broker: Broker, change: Change) -> None:
    """Apply one change. Raises Unrestorable."""
    try:
        _restore(broker, change)
    except KeyError as error:
        missing = error.args[0]
        raise Unrestorable(f"there is no '{missing}' to restore this with: {change}") from error


def _restore(broker: Broker, change: Change) -> None:
    match change:
        case VhostAdded():
            broker.place_vhost(change.name)
        case VhostRemoved():
            vhost = broker.vhosts.pop(change.name)
            for queue in vhost.queues.values():
                queue.delete()
            for exchange in vhost.exchanges.values():
                exchange.delete()
            broker.permissions.forget_vhost(change.name)
            broker.topic_permissions.forget_vhost(change.name)
        case UserSet() | UserRemoved():
            _restore_user(broker, change)
        case (
            PermissionSet() | PermissionCleared() | TopicPermissionSet() | TopicPermissionCleared()
        ):
            _restore_permission(broker, change)
        case _:
            _restore_in(broker.vhosts[change.vhost], change)


def _restore_permission(
    broker: Broker,
    change: PermissionSet | PermissionCleared | TopicPermissionSet | TopicPermissionCleared,
) -> None:
    match change:
        case PermissionSet():
            broker.permissions.set(change.user, change.vhost, change.permission)
        case PermissionCleared():
            broker.permissions.clear(change.user, change.vhost)
        case TopicPermissionSet():
            key = (change.user, change.vhost, change.exchange)
            broker.topic_permissions.set(key, change.permission)
        case _:
            broker.topic_permissions.clear((change.user, change.vhost, change.exchange))


def _restore_user(broker: Broker, change: UserSet | UserRemoved) -> None:
    if isinstance(change, UserSet):
        kept = (change.name, change.password_hash, change.tags, change.hashing_algorithm)
        broker.users.place(User(*kept))
        return
    broker.users.forget(change.name)
    broker.permissions.forget_user(change.name)
    broker.topic_permissions.forget_user(change.name)


def _restore_in(vhost: Vhost, change: InVhost) -> None:
    match change:
        case ExchangeDeclared():
            vhost.place_exchange(change.name, change.kind, change.options, change.number)
        case ExchangeDeleted():
            exchange = vhost.exchanges.pop(change.name)
            exchange.delete()
            vhost.bindings.remove_leaving(exchange)
            vhost.bindings.remove_arriving(exchange)
        case QueueDeclared():
            vhost.place_queue(change.name, change.options, change.number)
        case QueueDeleted():
            queue = vhost.queues.pop(change.name)
            vhost.bindings.remove_arriving(queue)
            queue.delete()
        case Bound():
            vhost.bindings.add(_binding(vhost, change))
        case _:
            vhost.bindings.remove(_binding(vhost, change))


def _binding(vhost: Vhost, change: Bound | Unbound) -> Binding:
    places: Mapping[str, Destination]
    places = vhost.queues if change.destination_kind == Queue.kind else vhost.exchanges
    source, destination = vhost.exchanges[change.source], places[change.destination]
    return Binding(source, destination, change.routing_key, change.arguments)
