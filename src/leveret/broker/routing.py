"""From an exchange and a routing key to queues: bindings, exchanges behind exchanges, alternates.

Rule: each queue once, whatever the number of ways that lead to it; circles end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.exchanges.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.message import Message
    from leveret.wire.values import Table

# Remembered routes of a user in a vhost: more than the queues most brokers have, at some 250
# octets each. Publishing to ever new routing keys (RPC replies) fills it and starts it anew.
REMEMBERED_MAX: Final = 65_536


class Receiver(Protocol):
    """What a route ends at: a queue, or a direct reply-to consumer.

    number: what the message store knows it by; 0 when it keeps nothing there.
    is_deleted: nothing it takes gets anywhere.
    """

    @property
    def number(self) -> int: ...

    @property
    def is_deleted(self) -> bool: ...

    def publish(self, message: Message) -> None:
        """Take the message."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where messages with one exchange and routing key go, as long as no binding changes.

    by_headers: an exchange on the way looks at headers, so the receivers hold for one message.
    queue_numbers: the receivers that a persistent message is stored for.
    """

    exchange: Exchange
    receivers: tuple[Receiver, ...]
    by_headers: bool = False
    queue_numbers: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        numbers = tuple([each.number for each in self.receivers if each.number])
        object.__setattr__(self, "queue_numbers", numbers)


def find_route(
    exchanges: Mapping[str, Exchange],
    start: Exchange,
    routing_keys: tuple[str, ...],
    headers: Table,
) -> Route:
    """Follow the bindings from `start`.

    A message with CC or BCC has several keys, and takes all of them along: an exchange further on
    compares each, and an alternate exchange gets the message only when none of them led anywhere.
    """
    found: dict[Receiver, None] = {}
    visited: dict[Exchange, None] = {start: None}
    waiting = [start]
    by_headers = False
    while waiting:
        exchange = waiting.pop()
        by_headers = by_headers or exchange.type.uses_headers
        for destination in _destinations(exchanges, exchange, routing_keys, headers):
            if not isinstance(destination, Exchange):
                found[destination] = None
            elif destination not in visited:
                visited[destination] = None
                waiting.append(destination)
    return Route(start, tuple(found), by_headers)


def _destinations(
    exchanges: Mapping[str, Exchange],
    exchange: Exchange,
    routing_keys: tuple[str, ...],
    headers: Table,
) -> list[Receiver | Exchange]:
    """Where this exchange sends it; to its alternate exchange when nowhere else."""
    destinations: list[Receiver | Exchange] = []
    for routing_key in routing_keys:
        destinations.extend(exchange.type.route(routing_key, headers))
    if not destinations and exchange.alternate is not None:
        alternate = exchanges.get(exchange.alternate)
        if alternate is not None:
            destinations.append(alternate)
    return destinations
