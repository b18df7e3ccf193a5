"""Getting messages without a channel: taken from the queue, shown, and then let go of or put back.

Rule: what was taken is settled or back in the queue before the answer, whatever happens meanwhile:
nobody keeps a message that he has only looked at.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from leveret.broker.firehose import Client
from leveret.broker.tallies import count_get
from leveret.definitions.arguments import json_of, spelled
from leveret.management.publishing import CONNECTION

if TYPE_CHECKING:
    from leveret.broker.access import Access
    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.wire.properties import Properties

# An answer is made in memory, in one piece: messages beyond this wait for the next one.
ANSWER_OCTETS_MAX: Final = 16 * 2**20
# What each message adds to it besides its body, about.
_MESSAGE_OCTETS: Final = 300
# So many are taken in one turn of the loop.
_TURN_COUNT: Final = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as it was taken. remaining: how many were left."""

    message: Message
    redelivered: bool
    remaining: int


Settling = Callable[["AnyQueue", "list[Message]"], None]


def _acknowledge(queue: AnyQueue, messages: list[Message]) -> None:
    for message in messages:
        if message.is_stored:
            queue.settle(message)


def _requeue(queue: AnyQueue, messages: list[Message]) -> None:
    queue.requeue(messages)


def _reject(queue: AnyQueue, messages: list[Message]) -> None:
    queue.reject(messages)


# What becomes of messages once they were shown. Those put back count as delivered.
ACK_MODES: Final[Mapping[str, Settling]] = {
    "ack_requeue_true": _requeue,
    "reject_requeue_true": _requeue,
    "ack_requeue_false": _acknowledge,
    "reject_requeue_false": _reject,
}


async def get(access: Access, name: str, count: int, ack_mode: str) -> list[Taken]:
    """The oldest messages of the queue, `count` at most, all for a negative one. Raises Refused."""
    queue = access.readable_queue(name)
    settle = ACK_MODES[ack_mode]
    taken: list[Taken] = []
    try:
        await _take(access, queue, count, taken)
    except BaseException:
        queue.requeue([each.message for each in taken])
        raise
    for each in taken:
        count_get(queue, no_ack=settle is _acknowledge, redelivered=each.redelivered, found=True)
    if not taken and count:
        count_get(queue, no_ack=settle is _acknowledge, redelivered=False, found=False)
    settle(queue, [each.message for each in taken])
    return taken


async def _take(access: Access, queue: AnyQueue, count: int, taken: list[Taken]) -> None:
    octets = 0
    while len(taken) != count and octets < ANSWER_OCTETS_MAX:
        found = queue.get()
        if found is None:
            if not queue.is_loading:
                return
            await _wait_loaded(queue)
            continue
        message, redelivered = found
        taken.append(Taken(message, redelivered, queue.ready.count))
        octets += message.body_bytes + _MESSAGE_OCTETS
        _deliver(access, queue, taken[-1])
        if not len(taken) % _TURN_COUNT:
            await asyncio.sleep(0)


def _deliver(access: Access, queue: AnyQueue, taken: Taken) -> None:
    """As when a client gets it: the store hears of it, and the firehose."""
    if taken.message.is_stored:
        queue.mark_delivered(taken.message)
    firehose = access.vhost.firehose
    if firehose is not None:
        client = Client(CONNECTION, 0, access.user.name)
        firehose.delivered(client, taken.message, queue.name, redelivered=taken.redelivered)


async def _wait_loaded(queue: AnyQueue) -> None:
    """Until what comes first has been read from the disk, or is gone."""
    loaded = asyncio.Event()
    queue.when_loaded(loaded.set)
    await loaded.wait()


# To JSON ----------------------------------------------------------------------------------------


def shown(taken: Taken, encoding: str, octets_max: int | None) -> dict[str, Any]:
    """The message, its payload cut off at `octets_max`."""
    message = taken.message
    body = message.body
    payload, payload_encoding = _payload(body[:octets_max], encoding)
    return {
        "payload_bytes": len(body),
        "redelivered": taken.redelivered,
        "exchange": spelled(message.exchange),
        "routing_key": spelled(message.routing_key),
        "message_count": taken.remaining,
        "properties": _properties(message.properties),
        "payload": payload,
        "payload_encoding": payload_encoding,
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
