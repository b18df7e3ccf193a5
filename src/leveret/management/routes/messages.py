"""Messages by hand: publish one, get some. For looking at a broker, not for traffic.

Their refusals read differently from those of other routes: as a channel's errors.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from leveret.broker.errors import AccessRefused, NotFound, PreconditionFailed, Refused
from leveret.management import fields, getting, publishing
from leveret.management.answers import BadRequest, HttpRefused, Json, NotAuthorised, NotThere
from leveret.management.elsewhere.ways import at_home
from leveret.management.resource import VHOST, Resource
from leveret.management.routes.exchanges import exchange_name

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from leveret.management.answers import Answer
    from leveret.management.call import Call

REFUSED_BY_QUEUE: Final = "rejected Unable to publish message. Check queue limits."
BAD_ENCODING: Final = "Unsupported encoding. Please use auto or base64."
BAD_ACK_MODE: Final = f"Unsupported ackmode. Please use one of {', '.join(getting.ACK_MODES)}."
ENCODINGS: Final = ("auto", "base64")
# Codes from here on close a connection; RabbitMQ leaves out their names.
_HARD: Final = 500


def publish(call: Call) -> Answer | Awaitable[Answer]:
    """Whether there was a queue for it."""
    routing_key, properties, payload, encoding = call.required(
        "routing_key", "properties", "payload", "payload_encoding"
    )
    outgoing = publishing.Outgoing(
        exchange_name(call.path["name"]),
        fields.short_string(routing_key, "routing_key"),
        publishing.properties_of(properties),
        publishing.body_of(payload, encoding),
    )
    access = call.access(call.vhost)
    try:
        _check_size(call, len(outgoing.body))
        outcome = publishing.publish(access, outgoing, call.look.now)
    except Refused as refused:
        raise BadRequest(f"{refused.code} {refused.reply_text}") from refused
    return _published_elsewhere(outcome) if outcome.homes else _published(outcome)


async def _published_elsewhere(outcome: publishing.Outcome) -> Answer:
    """Once other nodes have said what becomes of it."""
    are_taken = await asyncio.gather(*outcome.homes)
    return _published(replace(outcome, is_accepted=outcome.is_accepted and all(are_taken)))


def _published(outcome: publishing.Outcome) -> Answer:
    if not outcome.is_accepted:
        raise BadRequest(REFUSED_BY_QUEUE)
    return Json({"routed": outcome.is_routed})


def _check_size(call: Call, size: int) -> None:
    """Raises PreconditionFailed."""
    limit = call.host.settings.limits.max_message_size
    if size > limit:
        raise PreconditionFailed(f"message size {size} is larger than configured max size {limit}")


async def get(call: Call) -> Answer:
    ack_mode, count, encoding = call.required("ackmode", "count", "encoding")
    if encoding not in ENCODINGS:
        raise BadRequest(BAD_ENCODING)
    if not isinstance(ack_mode, str) or ack_mode not in getting.ACK_MODES:
        raise BadRequest(BAD_ACK_MODE)
    octets_max = _octets_max(call.body())
    wanted = fields.number(count)
    access = call.access(call.vhost)
    try:
        taken = await getting.get(access, call.path["name"], wanted, ack_mode)
    except Refused as refused:
        raise _refusal(refused) from refused
    return Json([getting.shown(each, encoding, octets_max) for each in taken])


def _octets_max(body: dict[str, Any]) -> int | None:
    if "truncate" not in body:
        return None
    octets = fields.number(body["truncate"])
    if octets < 0:
        raise BadRequest(["not_integer", octets])
    return octets


def _refusal(refused: Refused) -> HttpRefused:
    match refused:
        case AccessRefused():
            return NotAuthorised(refused.reply_text)
        case NotFound():
            return NotThere("not_found", refused.reply_text)
        case _:
            is_hard = refused.code >= _HARD
            return BadRequest(f"{refused.code} {refused if is_hard else refused.reply_text}")


RESOURCES: Final = (
    Resource(
        "/exchanges/{vhost}/{name}/publish",
        VHOST,
        "Publish a message.",
        post=publish,
        commits=(),
    ),
    Resource(
        "/queues/{vhost}/{name}/get",
        VHOST,
        "Get messages from a queue.",
        post=get,
        commits=(),
        among={"POST": at_home},
    ),
)
