"""Entries written as RabbitMQ's JSON: its keys, in its order, so that RabbitMQ imports it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

import msgspec

from leveret.broker.definitions.document import (
    SECTION_OF,
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
from leveret.broker.definitions.steps import walked
from leveret.definitions.arguments import json_of, spelled
from leveret.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.definitions.document import Entry, InVhost
    from leveret.broker.definitions.steps import Steps

# In the order of RabbitMQ's documents, which is not the one in which things are made.
_SECTIONS: Final = (
    "users",
    "vhosts",
    "permissions",
    "topic_permissions",
    "parameters",
    "global_parameters",
    "policies",
    "queues",
    "exchanges",
    "bindings",
)
_IN_A_VHOST: Final = ("parameters", "policies", "queues", "exchanges", "bindings")


def write_document(entries: Iterable[Entry], rabbitmq_version: str) -> bytes:
    """rabbitmq_version: the RabbitMQ that the node says it is."""
    return encoded(walked(document_steps(entries, rabbitmq_version)))


def write_vhost_document(entries: Iterable[Entry], rabbitmq_version: str) -> bytes:
    """Of what is in one vhost."""
    return encoded(walked(vhost_document_steps(entries, rabbitmq_version)))


def document_steps(entries: Iterable[Entry], rabbitmq_version: str) -> Steps[dict[str, object]]:
    """The document before it is JSON, entry by entry."""
    about: dict[str, object] = {
        "rabbit_version": rabbitmq_version,
        "rabbitmq_version": rabbitmq_version,
        "product_name": "Leveret",
        "product_version": VERSION,
    }
    sections = yield from _sections(entries)
    return {**about, **sections}


def vhost_document_steps(
    entries: Iterable[Entry], rabbitmq_version: str
) -> Steps[dict[str, object]]:
    """Of what is in one vhost, which is not named: it goes into any."""
    sections = yield from _sections(entries)
    for name in _IN_A_VHOST:
        for form in sections[name]:
            del form["vhost"]
    return {"rabbit_version": rabbitmq_version, **{name: sections[name] for name in _IN_A_VHOST}}


def _sections(entries: Iterable[Entry]) -> Steps[dict[str, list[dict[str, object]]]]:
    sections: dict[str, list[dict[str, object]]] = {name: [] for name in _SECTIONS}
    for entry in entries:
        sections[SECTION_OF[type(entry)]].append(_form(entry))
        yield
    return sections


def encoded(document: dict[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _form(entry: Entry) -> dict[str, object]:
    match entry:
        case DefinedUser():
            form = _user(entry)
        case DefinedVhost():
            form = _vhost(entry)
        case DefinedPermission():
            form = _permission(entry)
        case DefinedTopicPermission():
            form = _topic_permission(entry)
        case DefinedGlobalParameter():
            form = {"name": spelled(entry.name), "value": entry.value}
        case _:
            form = _form_in_vhost(entry)
    return form


def _form_in_vhost(entry: InVhost) -> dict[str, object]:
    match entry:
        case DefinedPolicy():
            form = _policy(entry)
        case DefinedParameter():
            form = _parameter(entry)
        case DefinedExchange():
            form = _exchange(entry)
        case DefinedQueue():
            form = _queue(entry)
        case DefinedBinding():
            form = _binding(entry)
    return form


def _user(entry: DefinedUser) -> dict[str, object]:
    user = entry.user
    return {
        "name": spelled(user.name),
        "password_hash": base64.b64encode(user.password_hash).decode(),
        "hashing_algorithm": user.hashing_algorithm,
        "tags": sorted(map(spelled, user.tags)),
        "limits": dict(entry.limits or {}),
    }


def _vhost(entry: DefinedVhost) -> dict[str, object]:
    metadata: dict[str, object] = {
        "description": spelled(entry.description or ""),
        "tags": list(map(spelled, entry.tags or ())),
    }
    if entry.default_queue_type is not None:
        metadata["default_queue_type"] = entry.default_queue_type
    # Limits are a parameter; RabbitMQ reads none here.
    return {"name": spelled(entry.name), "limits": [], "metadata": metadata}


def _permission(entry: DefinedPermission) -> dict[str, object]:
    granted = entry.permission
    return {
        "user": spelled(entry.user),
        "vhost": spelled(entry.vhost),
        "configure": spelled(granted.configure),
        "write": spelled(granted.write),
        "read": spelled(granted.read),
    }


def _topic_permission(entry: DefinedTopicPermission) -> dict[str, object]:
    return {
        "user": spelled(entry.user),
        "vhost": spelled(entry.vhost),
        "exchange": spelled(entry.exchange),
        "write": spelled(entry.permission.write),
        "read": spelled(entry.permission.read),
    }


def _policy(entry: DefinedPolicy) -> dict[str, object]:
    policy = entry.policy
    return {
        "vhost": spelled(entry.vhost),
        "name": spelled(policy.name),
        "pattern": spelled(policy.pattern),
        "apply-to": policy.apply_to,
        "definition": dict(policy.definition),
        "priority": policy.priority,
    }


def _parameter(entry: DefinedParameter) -> dict[str, object]:
    return {
        "value": entry.value,
        "vhost": spelled(entry.vhost),
        "component": spelled(entry.component),
        "name": spelled(entry.name),
    }


def _exchange(entry: DefinedExchange) -> dict[str, object]:
    options = entry.options
    return {
        "name": spelled(entry.name),
        "vhost": spelled(entry.vhost),
        "type": entry.kind,
        "durable": options.durable,
        "auto_delete": options.auto_delete,
        "internal": options.internal,
        "arguments": json_of(options.arguments),
    }


def _queue(entry: DefinedQueue) -> dict[str, object]:
    options = entry.options
    return {
        "name": spelled(entry.name),
        "vhost": spelled(entry.vhost),
        "durable": options.durable,
        "auto_delete": options.auto_delete,
        "arguments": json_of(options.arguments),
    }


def _binding(entry: DefinedBinding) -> dict[str, object]:
    return {
        "source": spelled(entry.source),
        "vhost": spelled(entry.vhost),
        "destination": spelled(entry.destination),
        "destination_type": entry.destination_kind,
        "routing_key": spelled(entry.routing_key),
        "arguments": json_of(entry.arguments),
    }
