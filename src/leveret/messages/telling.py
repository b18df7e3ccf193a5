"""A message as JSON, for people: what RabbitMQ's management API says of one, in its words."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from leveret.definitions.arguments import json_of, spelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda
    from leveret.broker.message import Message
    from leveret.broker.tallies import Held
    from leveret.messages.looking import Seen
    from leveret.messages.moving import Outcome
    from leveret.wire.properties import Properties

    # Since when a message is out, for people; None where nobody knows.
    OutSince = Callable[[Held], str | None]


def message_told(message: Message, encoding: str, octets_max: int | None) -> dict[str, Any]:
    """Its payload cut off at `octets_max`, as text unless `encoding` is base64 or it is none."""
    body = message.body
    payload, payload_encoding = _payload(body[:octets_max], encoding)
    return {
        "payload_bytes": len(body),
        "exchange": spelled(message.exchange),
        "routing_key": spelled(message.routing_key),
        "properties": _properties(message.properties),
        "payload": payload,
        "payload_encoding": payload_encoding,
    }


def seen_told(
    seen: Seen, encoding: str, octets_max: int | None, out_since: OutSince
) -> dict[str, Any]:
    """One that was looked at, and where it is; `position` names it to whoever moves it."""
    message = seen.message
    told = {
        "position": message.position,
        "place": seen.place,
        "redelivered": seen.redelivered,
        **message_told(message, encoding, octets_max),
    }
    return told if seen.held is None else {**told, "holder": _holder(seen.held, out_since)}


def delayed_told(
    seen: Seen, encoding: str, octets_max: int | None, agenda: Agenda
) -> dict[str, Any]:
    """One that a delayed exchange holds back, and until when; null while nobody has read that."""
    return {
        "position": seen.message.position,
        "place": seen.place,
        "due": None if seen.due_at is None else _time_told(seen.due_at, agenda),
        **message_told(seen.message, encoding, octets_max),
    }


def _time_told(at: float, agenda: Agenda) -> str:
    """at: by the broker's clock."""
    at_s = at - agenda.clock() + agenda.wall_clock()
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")


def _holder(held: Held, out_since: OutSince) -> dict[str, Any]:
    """As far as it is known here; of another node's client its node."""
    told = {
        "node": held.node,
        "connection": held.connection,
        "channel": held.channel,
        "user": held.user,
        "consumer_tag": held.consumer_tag,
        "delivery_tag": held.delivery_tag,
        "since": out_since(held),
    }
    return {name: value for name, value in told.items() if value}


def outcome_told(outcome: Outcome) -> dict[str, Any]:
    """What became of chosen messages."""
    return {
        "moved": outcome.moved,
        "missing": outcome.missing,
        "kept": outcome.kept.total(),
        "reasons": dict(outcome.kept),
    }


def _payload(octets: bytes, encoding: str) -> tuple[str, str]:
    """As text where that is possible, unless base64 is asked for."""
    if encoding == "auto":
        with suppress(UnicodeDecodeError):
            return octets.decode(), "string"
    return base64.b64encode(octets).decode(), "base64"


def _properties(properties: Properties) -> object:
    """Those that are there; none is RabbitMQ's empty list."""
    told: dict[str, Any] = {}
    for field in reversed(fields(properties)):
        value = getattr(properties, field.name)
        if value is not None:
            told[field.name] = _property(value)
    return told or []


def _property(value: object) -> object:
    if isinstance(value, Mapping):
        return json_of(value)
    return spelled(value) if isinstance(value, str) else value
