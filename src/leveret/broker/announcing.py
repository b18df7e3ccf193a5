"""What events say of each thing that happens, in the words of RabbitMQ's event exchange plugin.

What is durable is told by the Keeper, which sees each change of it (`announce`); exchanges, queues
and bindings, which need not be durable, by their vhost; connections, channels and consumers by
their session.

Rule: the fields and their order are RabbitMQ's, and so is a value that is not there: empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from leveret.broker.changes import (
    OPERATOR_POLICY,
    POLICY,
    VHOST_LIMITS,
    GlobalParameterCleared,
    GlobalParameterSet,
    ParameterCleared,
    ParameterSet,
    PermissionCleared,
    PermissionSet,
    TopicPermissionCleared,
    TopicPermissionSet,
    UserLimitsSet,
    UserRemoved,
    VhostRemoved,
)
from leveret.broker.events import INTERNAL
from leveret.broker.terms import fields

if TYPE_CHECKING:
    from leveret.broker.bindings import Binding
    from leveret.broker.changes import Change
    from leveret.broker.events import Events
    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.users import User
    from leveret.broker.vhost import Vhost
    from leveret.wire.values import Table, Value

# Components of runtime parameters that have events of their own, when one is cleared.
_CLEARED: Final = {
    POLICY: "policy.cleared",
    OPERATOR_POLICY: "operator.policy.cleared",
    VHOST_LIMITS: "vhost.limits.cleared",
}


def announce(events: Events, change: Change) -> None:
    """Tell of a change, if it is of vhosts, users, permissions or parameters."""
    told: dict[str, Value]
    match change:
        case VhostRemoved():
            events.emit("vhost.deleted", {"name": change.name})
        case UserRemoved():
            events.emit("user.deleted", {"name": change.name})
        case UserLimitsSet():
            verb = "set" if change.limits else "cleared"
            told = {**change.limits, "username": change.user, "name": "limits"}
            events.emit(f"user.limits.{verb}", told)
        case GlobalParameterSet():
            told = {"value": change.value, "name": change.name, "component": "global"}
            events.emit("parameter.set", told)
        case GlobalParameterCleared():
            events.emit("parameter.cleared", {"name": change.name, "component": "global"})
        case ParameterSet():
            _parameter_set(events, change)
        case ParameterCleared():
            _parameter_cleared(events, change)
        case _:
            _announce_rights(events, change)


def _announce_rights(events: Events, change: Change) -> None:
    match change:
        case PermissionSet():
            granted = change.permission
            rights = {"read": granted.read, "write": granted.write, "configure": granted.configure}
            events.emit("permission.created", {**rights, **_held_by(change)})
        case PermissionCleared():
            events.emit("permission.deleted", _held_by(change))
        case TopicPermissionSet():
            rights = {"read": change.permission.read, "write": change.permission.write}
            place = {"exchange": change.exchange, **_held_by(change)}
            events.emit("topic.permission.created", {**rights, **place})
        case TopicPermissionCleared():
            place = {"exchange": change.exchange, **_held_by(change)}
            events.emit("topic.permission.deleted", place)
        case _:
            """Told where it was done: not all of it is durable."""


def _held_by(
    change: PermissionSet | PermissionCleared | TopicPermissionSet | TopicPermissionCleared,
) -> dict[str, str]:
    return {"vhost": change.vhost, "user": change.user}


def _parameter_set(events: Events, change: ParameterSet) -> None:
    if change.component != POLICY:
        told = {"value": change.value, **_parameter(change)}
        events.emit("parameter.set", told)
    value = change.value if isinstance(change.value, Mapping) else {}
    place = {"vhost": change.vhost, "name": change.name}
    if change.component in (POLICY, OPERATOR_POLICY):
        events.emit("policy.set", {**value, **place})
    elif change.component == VHOST_LIMITS:
        events.emit("vhost.limits.set", {**value, **place})


def _parameter_cleared(events: Events, change: ParameterCleared) -> None:
    if change.component != POLICY:
        events.emit("parameter.cleared", _parameter(change))
    name = _CLEARED.get(change.component)
    if name is not None:
        events.emit(name, {"vhost": change.vhost, "name": change.name})


def _parameter(change: ParameterSet | ParameterCleared) -> dict[str, str]:
    return {"name": change.name, "component": change.component, "vhost": change.vhost}


def vhost_created(events: Events, vhost: Vhost, node: str) -> None:
    """With the exchanges that it has from the start."""
    if not events.is_heard:
        return
    for exchange in vhost.exchanges.values():
        exchange_created(events, exchange)
    metadata = vhost.metadata
    told: dict[str, Value] = {
        "tags": ",".join(metadata.tags),
        "description": metadata.description,
        "cluster_state": {node: "running"},
        "tracing": vhost.firehose is not None,
        "default_queue_type": metadata.default_queue_type or "undefined",
        "name": vhost.name,
    }
    events.emit("vhost.created", told)


def user_set(events: Events, before: User | None, user: User) -> None:
    """before: the account as it was, if there was one."""
    if not events.is_heard:
        return
    told = {"name": user.name}
    if before is None:
        events.emit("user.created", told)
    elif user.password_hash != before.password_hash:
        verb = "changed" if user.password_hash else "cleared"
        events.emit(f"user.password.{verb}", told)
    if user.tags != (frozenset() if before is None else before.tags):
        events.emit("user.tags.set", {"tags": sorted(user.tags), **told})


def queue_created(events: Events, queue: AnyQueue) -> None:
    if events.is_heard:
        options, owner = queue.options, "" if queue.owner is None else str(queue.owner)
        flags = (options.exclusive, options.auto_delete, options.durable)
        place = (queue.name, queue.vhost_name)
        events.tell("queue.created", _queue, options.arguments, (flags, owner, place))


def _queue(
    arguments: Table, flags: tuple[bool, bool, bool], owner: str, place: tuple[str, str]
) -> Table:
    exclusive, auto_delete, durable = flags
    return {
        "exclusive": exclusive,
        "owner_pid": owner,
        "arguments": fields(arguments),
        "auto_delete": auto_delete,
        "durable": durable,
        "name": place[0],
        "vhost": place[1],
    }


def queue_deleted(events: Events, queue: AnyQueue, lost: list[Binding]) -> None:
    """lost: the bindings that went with it, which nobody asked for."""
    if events.is_heard:
        for each in lost:
            _tell_binding(events, "binding.deleted", each, by=INTERNAL)
        events.tell("queue.deleted", _named, {}, (queue.name, queue.vhost_name))


def _named(_said: Table, name: str, vhost: str) -> Table:
    return {"name": name, "vhost": vhost}


def exchange_created(events: Events, exchange: Exchange) -> None:
    if not events.is_heard:
        return
    options = exchange.options
    told: dict[str, Value] = {
        "policy": exchange.policy.policy,
        "arguments": fields(options.arguments),
        "internal": options.internal,
        "auto_delete": options.auto_delete,
        "durable": options.durable,
        "type": exchange.type.name,
        "name": exchange.name,
        "vhost": exchange.vhost_name,
    }
    events.emit("exchange.created", told)


def exchange_deleted(events: Events, exchange: Exchange, lost: list[Binding]) -> None:
    """lost: the bindings that went with it."""
    if events.is_heard:
        events.tell("exchange.deleted", _named, {}, (exchange.name, exchange.vhost_name))
        for each in lost:
            _tell_binding(events, "binding.deleted", each)


def bound(events: Events, binding: Binding) -> None:
    if events.is_heard:
        _tell_binding(events, "binding.created", binding)


def unbound(events: Events, binding: Binding) -> None:
    if events.is_heard:
        _tell_binding(events, "binding.deleted", binding)


def _tell_binding(events: Events, name: str, told: Binding, by: str = "") -> None:
    source, destination = told.source, told.destination
    ends = (source.vhost_name, source.name, destination.kind, destination.name)
    events.tell(name, _binding, told.arguments, (told.routing_key, ends), by=by)


def _binding(arguments: Table, routing_key: str, ends: tuple[str, str, str, str]) -> Table:
    vhost, source, kind, destination = ends
    return {
        "vhost": vhost,
        "arguments": fields(arguments),
        "routing_key": routing_key,
        "destination_kind": kind,
        "destination_name": destination,
        "source_kind": "exchange",
        "source_name": source,
    }
