"""Publishing without a channel: one message, made of JSON, given to its queues at once.

It goes the way of a client's message (session/publish.py): asked for permission, routed, copied by
CC and BCC, refused by a full queue. Nothing can be returned to, and no reply consumer is there.
"""

from __future__ import annotations

import base64
import binascii
from asyncio import Future, get_running_loop
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.delays import Delays
from leveret.broker.firehose import Client, reached
from leveret.broker.message import pack_address
from leveret.broker.publishing import Reading, read
from leveret.broker.sending import compose
from leveret.broker.tallies import count_publish
from leveret.broker.unroutable import Unrouted
from leveret.management import fields
from leveret.management.answers import BadRequest
from leveret.wire.properties import Properties
from leveret.wire.values import octets

if TYPE_CHECKING:
    from leveret.broker.access import Access
    from leveret.broker.message import Message
    from leveret.broker.queues.distant import DistantQueue
    from leveret.broker.routing import Route

# As the firehose names who has no channel.
CONNECTION: Final = "management"

_STRINGS: Final = (
    "content_type",
    "content_encoding",
    "correlation_id",
    "reply_to",
    "expiration",
    "message_id",
    "type",
    "user_id",
    "app_id",
    "cluster_id",
)
# What each number may be. A wrong delivery mode is refused by name, later.
_NUMBERS: Final = {
    "delivery_mode": range(-(2**63), 2**64),
    "priority": range(2**8),
    "timestamp": range(2**64),
}
_BLIND: Final = "BCC"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that somebody wants to be published."""

    exchange: str
    routing_key: str
    properties: Properties
    body: bytes


# From JSON --------------------------------------------------------------------------------------


def properties_of(told: object) -> Properties:
    """What is no property is passed over. Raises BadRequest."""
    if not isinstance(told, dict):
        raise BadRequest(["not_table", "properties"])
    found: dict[str, Any] = {}
    for name in _STRINGS:
        if name in told:
            found[name] = fields.short_string(told[name], name)
    for name, possible in _NUMBERS.items():
        if name in told:
            found[name] = _number(told[name], name, possible)
    if "headers" in told:
        found["headers"] = fields.table(told["headers"], "headers")
    return Properties(**found)


def _number(said: object, name: str, possible: range) -> int:
    if isinstance(said, int) and not isinstance(said, bool) and said in possible:
        return said
    raise BadRequest(["not_int", name])


def body_of(payload: object, encoding: object) -> bytes:
    """Raises BadRequest."""
    if not isinstance(payload, str):
        raise BadRequest("payload_not_string")
    if encoding == "string":
        return payload.encode()
    if encoding != "base64":
        raise BadRequest(["unsupported_encoding", encoding])
    try:
        return base64.b64decode("".join(payload.split()), validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest(["not_base64", payload]) from None


# To its queues ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """is_routed: there was a place for it to go. is_accepted: no queue here turned it away.

    homes: for each queue of another node, whether its home takes it.
    """

    is_routed: bool
    is_accepted: bool
    homes: tuple[Future[bool], ...] = ()


def publish(access: Access, outgoing: Outgoing, now: float) -> Outcome:
    """now: seconds since 1970. Raises Refused, in the order in which a channel would."""
    access.route(outgoing.exchange, outgoing.routing_key)
    reading = read(outgoing.properties, access.user)
    if reading.wants_direct_reply:
        raise PreconditionFailed("fast reply consumer does not exist")
    route = access.route(
        outgoing.exchange, outgoing.routing_key, outgoing.properties, reading.copy_keys
    )
    _trace(access, outgoing, reading, route)
    _count(access, outgoing, route, now)
    is_accepted, homes = True, list[Future[bool]]()
    for part in _parts(reading, route):
        message = _message(outgoing, part.properties, reading)
        is_accepted = access.vhost.sender.send(message, part.route) and is_accepted
        homes += [_when_taken(queue) for queue in part.route.distant]
    return Outcome(bool(route.receivers), is_accepted, tuple(homes))


def _when_taken(queue: DistantQueue) -> Future[bool]:
    """Whether its home takes what was just published."""
    answer: Future[bool] = get_running_loop().create_future()

    def take(is_taken: bool) -> None:
        if not answer.done():
            answer.set_result(is_taken)

    queue.when_taken(take)
    return answer


@dataclass(frozen=True, slots=True)
class _Part:
    """Where the message goes with these properties."""

    properties: Properties
    route: Route


def _parts(reading: Reading, route: Route) -> list[_Part]:
    """The BCC header is for nobody to see, but a delayed exchange needs it when it routes again."""
    if not reading.has_blind_copies:
        return [_Part(reading.properties, route)]
    headers = {name: value for name, value in reading.headers.items() if name != _BLIND}
    holding = tuple([each for each in route.receivers if isinstance(each, Delays)])
    others = tuple([each for each in route.receivers if not isinstance(each, Delays)])
    seen = _Part(replace(reading.properties, headers=headers), replace(route, receivers=others))
    if not holding:
        return [seen]
    return [_Part(reading.properties, replace(route, receivers=holding, witnesses=())), seen]


def _message(outgoing: Outgoing, properties: Properties, reading: Reading) -> Message:
    message = compose(outgoing.exchange, outgoing.routing_key, properties, outgoing.body)
    message.traits = reading.traits
    return message


def _count(access: Access, outgoing: Outgoing, route: Route, now: float) -> None:
    """As what is published mandatory: nowhere to go counts as returned."""
    tally = access.vhost.tally
    count_publish(tally, route)
    if route.receivers:
        return
    tally.return_unroutable += 1
    address = pack_address(octets(outgoing.exchange), octets(outgoing.routing_key))
    tally.unroutable.append(Unrouted(now, address, access.user.name, CONNECTION, 0, True))


def _trace(access: Access, outgoing: Outgoing, reading: Reading, route: Route) -> None:
    firehose = access.vhost.firehose
    if firehose is not None:
        keys = (outgoing.routing_key, *reading.copy_keys)
        client = Client(CONNECTION, 0, access.user.name)
        message = _message(outgoing, reading.properties, reading)
        firehose.published(client, message, keys, reached(access.vhost, route, keys))
