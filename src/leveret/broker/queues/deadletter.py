"""What a dead letter says of its death: the x-death header and its companions, as RabbitMQ 3.x
writes them, types and order included.

    x-death: [ {count, reason, queue, time, exchange, routing-keys, original-expiration?}, ... ]
    x-first-death-reason, x-first-death-queue, x-first-death-exchange

Newest first; a second death in the same queue for the same reason counts the first one up.
RabbitMQ sorts headers by name whenever it sets one; a first death's own fields it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from leveret.broker.message import Message, pack_address, with_properties
from leveret.broker.sending import traits_of
from leveret.wire.values import Int64, Timestamp, octets

if TYPE_CHECKING:
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table, Value

Reason: TypeAlias = Literal["rejected", "expired", "maxlen", "delivery_limit"]

X_DEATH: Final = "x-death"
X_DELIVERY_COUNT: Final = "x-delivery-count"
_COPIES: Final = "CC"


@dataclass(frozen=True, slots=True)
class Death:
    """How a message left a queue.

    time: seconds since 1970.
    exchange: where it goes now. routing_key: replaces all of its own; None keeps them.
    """

    queue: str
    reason: Reason
    time: int
    exchange: str
    routing_key: str | None


def bury(message: Message, death: Death) -> Message:
    """The dead letter: the same body, without a position, addressed to the death's exchange."""
    properties = message.properties
    headers = _with_death(properties.headers or {}, death, message, properties)
    if death.routing_key is not None:
        headers = {name: value for name, value in headers.items() if name != _COPIES}
    # What expired once must not expire again.
    properties = replace(properties, headers=headers, expiration=None)
    routing_key = message.routing_key if death.routing_key is None else death.routing_key
    return Message(
        pack_address(octets(death.exchange), octets(routing_key)),
        with_properties(message.content, message.channel, properties),
        message.channel,
        0,
        traits_of(properties),
    )


def death_count(message: Message) -> int:
    """How many queues and causes its x-death header tells of."""
    deaths = message.headers.get(X_DEATH)
    return len(deaths) if isinstance(deaths, list) else 0


def copy_keys(letter: Message) -> tuple[str, ...]:
    """The further routing keys of a dead letter: those of its CC header."""
    copies = letter.headers.get(_COPIES)
    return tuple(key for key in copies if isinstance(key, str)) if isinstance(copies, list) else ()


def is_cycle(letter: Message, queue: str) -> bool:
    """Whether the letter has been in the queue, and nobody rejected it since: it would go round
    for ever."""
    deaths = letter.headers.get(X_DEATH)
    assert isinstance(deaths, list)
    for death in deaths:
        if not isinstance(death, dict) or death.get("reason") == "rejected":
            return False
        if death.get("queue") == queue:
            return True
    return False


def _with_death(headers: Table, death: Death, message: Message, properties: Properties) -> Table:
    headers = {name: value for name, value in headers.items() if name != X_DELIVERY_COUNT}
    details = _details(death, message, headers, properties)
    deaths = headers.get(X_DEATH)
    if isinstance(deaths, list):
        return _sorted({**headers, X_DEATH: _counted(deaths, details)})
    first = {
        X_DEATH: [{"count": Int64(1), **details}],
        "x-first-death-reason": death.reason,
        "x-first-death-queue": death.queue,
        "x-first-death-exchange": message.exchange,
    }
    return _sorted({**headers, **first})


def _details(death: Death, message: Message, headers: Table, properties: Properties) -> Table:
    copies = headers.get(_COPIES)
    keys: list[Value] = [message.routing_key, *(copies if isinstance(copies, list) else ())]
    details: Table = {
        "reason": death.reason,
        "queue": death.queue,
        "time": Timestamp(death.time),
        "exchange": message.exchange,
        "routing-keys": [key for key in keys if isinstance(key, str)],
    }
    if properties.expiration is None:
        return details
    return {**details, "original-expiration": properties.expiration}


def _counted(deaths: list[Value], details: Table) -> list[Value]:
    """The deaths so far and this one."""
    same = ("queue", "reason")
    for place, known in enumerate(deaths):
        if isinstance(known, dict) and all(known.get(name) == details[name] for name in same):
            count = known.get("count")
            so_far = count if isinstance(count, int) else 1
            once_more = _sorted({**known, "count": Int64(so_far + 1)})
            return [once_more, *deaths[:place], *deaths[place + 1 :]]
    return [_sorted({"count": Int64(1), **details}), *deaths]


def _sorted(table: Table) -> Table:
    return dict(sorted(table.items()))
