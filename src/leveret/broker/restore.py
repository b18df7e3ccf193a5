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
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    PermissionSet,
    QueueDeclared,
    QueueDeleted,
    StreamCut,
    StreamGrew,
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
from leveret.broker.queues.queue import Queue
from leveret.broker.streams.stream import Stream
from leveret.broker.users import User

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from leveret.broker.bindings import Destination
    from leveret.broker.broker import Broker
    from leveret.broker.changes import Change
    from leveret.broker.vhost import Vhost

    InVhost: TypeAlias = (
        ExchangeDeclared
        | ExchangeDeleted
        | QueueDeclared
        | QueueDeleted
        | StreamGrew
        | StreamCut
        | Bound
        | Unbound
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
        case VhostAdded() | VhostDescribed() | VhostRemoved():
            _restore_vhost(broker, change)
        case UserSet() | UserRemoved() | UserLimitsSet():
            _restore_user(broker, change)
        case (
            PermissionSet() | PermissionCleared() | TopicPermissionSet() | TopicPermissionCleared()
        ):
            _restore_permission(broker, change)
        case ParameterSet() | ParameterCleared() | GlobalParameterSet() | GlobalParameterCleared():
            _restore_parameter(broker, change)
        case _:
            _restore_in(broker.vhosts[change.vhost], change)


def _restore_vhost(broker: Broker, change: VhostAdded | VhostDescribed | VhostRemoved) -> None:
    match change:
        case VhostAdded():
            broker.place_vhost(change.name)
        case VhostDescribed():
            broker.vhosts[change.name].metadata = change.metadata
        case _:
            broker.drop_vhost(broker.vhosts[change.name])


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


def _restore_user(broker: Broker, change: UserSet | UserRemoved | UserLimitsSet) -> None:
    match change:
        case UserSet():
            kept = (change.name, change.password_hash, change.tags, change.hashing_algorithm)
            broker.users.place(User(*kept))
        case UserLimitsSet():
            broker.limits.place_user(change.user, change.limits)
        case _:
            broker.drop_user(change.name)


def _restore_parameter(
    broker: Broker,
    change: ParameterSet | ParameterCleared | GlobalParameterSet | GlobalParameterCleared,
) -> None:
    parameters = broker.parameters
    match change:
        case ParameterSet():
            parameters.place(change.component, change.vhost, change.name, change.value)
        case ParameterCleared():
            parameters.forget(change.component, change.vhost, change.name)
        case GlobalParameterSet():
            parameters.globals[change.name] = change.value
        case _:
            parameters.globals.pop(change.name, None)


def _restore_in(vhost: Vhost, change: InVhost) -> None:
    match change:
        case ExchangeDeclared():
            vhost.place_exchange(change.name, change.kind, change.options, change.number)
        case ExchangeDeleted():
            vhost.drop_exchange(vhost.exchanges[change.name])
        case QueueDeclared():
            vhost.place_queue(change.name, change.options, change.number)
        case QueueDeleted():
            vhost.drop_queue(vhost.queues[change.name])
        case StreamGrew() | StreamCut():
            stream = vhost.queues[change.name]
            assert isinstance(stream, Stream)
            stream.restore(change)
        case Bound():
            vhost.bindings.add(_binding(vhost, change))
        case _:
            vhost.bindings.remove(_binding(vhost, change))


def _binding(vhost: Vhost, change: Bound | Unbound) -> Binding:
    places: Mapping[str, Destination]
    places = vhost.queues if change.destination_kind == Queue.kind else vhost.exchanges
    source, destination = vhost.exchanges[change.source], places[change.destination]
    return Binding(source, destination, change.routing_key, change.arguments)
