"""What a dead letter says of its death: the x-death header and its companions, as RabbitMQ 3.x
writes them, types and order included.

    x-death: [ {count, reason, queue, time, exchange, routing-keys, original-expiration?}, ... ]
    x-first-death-reason, x-first-death-queue, x-first-death-exchange

The newest is first; a second death in the same queue for the same reason counts the first one up.
RabbitMQ sorts headers by name whenever it sets one; a first death's own fields it does not. With
each further death it turns the order of the earlier ones round: of four, 4 2 1 3.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from leveret.broker.message import NO_TRAITS, Message, pack_address, with_properties
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
    routing_key = death.routing_key
    blind_copies: tuple[str, ...] = ()
    if routing_key is None:
        routing_key = message.routing_key
        blind_copies = (message.traits or NO_TRAITS).blind_copies
    return Message(
        pack_address(octets(death.exchange), octets(routing_key)),
        with_properties(message.content, message.channel, properties),
        message.channel,
        0,
        traits_of(properties, blind_copies=blind_copies),
    )


def death_count(message: Message) -> int:
    """How many queues and causes its x-death header tells of."""
    deaths = message.headers.get(X_DEATH)
    return len(deaths) if isinstance(deaths, list) else 0


def copy_keys(letter: Message) -> tuple[str, ...]:
    """The further routing keys of a dead letter: those of its CC header, and of a BCC it had."""
    copies = letter.headers.get(_COPIES)
    keys = [key for key in copies if isinstance(key, str)] if isinstance(copies, list) else []
    return (*keys, *(letter.traits or NO_TRAITS).blind_copies)


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
    told = {X_DEATH: [{"count": Int64(1), **details}]}
    if X_DEATH in headers:
        # A client has put something else there.
        return _sorted({**headers, **told})
    first = {
        "x-first-death-reason": death.reason,
        "x-first-death-queue": death.queue,
        "x-first-death-exchange": message.exchange,
    }
    return _sorted({**headers, **told, **first})


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
    before: list[Value] = []
    so_far: Table | None = None
    for known in reversed(_each_once(deaths)):
        if isinstance(known, dict) and _cause(known) == _cause(details):
            so_far = known
        else:
            before.append(known)
    if so_far is None:
        return [_sorted({"count": Int64(1), **details}), *before]
    count = so_far.get("count")
    once_more = Int64((count if isinstance(count, int) else 0) + 1)
    return [_sorted({**so_far, "count": once_more}), *before]


def _each_once(deaths: list[Value]) -> list[Value]:
    """Without what a client may have put there twice."""
    seen: set[tuple[str, str]] = set()
    kept: list[Value] = []
    for death in deaths:
        cause = _cause(death) if isinstance(death, dict) else None
        if cause is None or cause not in seen:
            kept.append(death)
        if cause is not None:
            seen.add(cause)
    return kept


def _cause(death: Table) -> tuple[str, str]:
    return str(death.get("queue")), str(death.get("reason"))


def _sorted(table: Table) -> Table:
    return dict(sorted(table.items()))
