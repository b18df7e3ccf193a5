"""From an exchange and a routing key to queues: bindings, exchanges behind exchanges, alternates.

Rule: each queue once, whatever the number of ways that lead to it; circles end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.exchanges.exchange import Exchange
from leveret.broker.queues.distant import DistantQueue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.broker.exchanges.exchange import Stop
    from leveret.broker.message import Message
    from leveret.broker.tallies import QueueTally
    from leveret.wire.properties import Properties

# Remembered routes of a user in a vhost: more than the queues most brokers have, at some 250
# octets each. Publishing to ever new routing keys (RPC replies) fills it and starts it anew.
REMEMBERED_MAX: Final = 65_536
# Behind an address, for a route to receivers that have to be asked, or are other nodes' queues:
# whoever looks for the address alone does not find it.
TO_BE_ASKED: Final = b"\xff"


class Receiver(Protocol):
    """What a route ends at: a queue, or a direct reply-to consumer.

    name: what it is reached by through the default exchange.
    number: what the message store knows it by; 0 when it keeps nothing there.
    is_deleted: nothing it takes gets anywhere.
    may_refuse: it has to be asked first, by `refuses`.
    tally: what is counted of it; None for what is no queue.
    """

    @property
    def name(self) -> str: ...

    @property
    def number(self) -> int: ...

    @property
    def is_deleted(self) -> bool: ...

    @property
    def may_refuse(self) -> bool: ...

    @property
    def tally(self) -> QueueTally | None: ...

    def refuses(self, message: Message) -> bool:
        """Whether it has no place for the message; its publisher is told."""

    def publish(self, message: Message) -> None:
        """Take the message."""


class Witness:
    """Somebody who is told of the messages that come by, and is no place for one to end at."""

    __slots__ = ("publish",)

    def __init__(self, publish: Callable[[Message], None]) -> None:
        self.publish = publish


@dataclass(slots=True)
class Route:
    """Where messages with one exchange and routing key go, as long as no binding changes.

    Nothing of it changes but what is counted.

    is_for_one: an exchange on the way looks at more than the routing key, so the receivers hold for
        one message.
    witnesses: who is told of it on the way.
    queue_numbers: the receivers that a persistent message is stored for.
    is_plain: nothing is to be asked of any receiver.
    distant: the receivers that are queues of other nodes.
    published, stored: how many messages took it since `tallies.fold` has looked, and how many of
        them the message store has.
    """

    exchange: Exchange
    receivers: tuple[Receiver, ...]
    is_for_one: bool = False
    witnesses: tuple[Witness, ...] = ()
    queue_numbers: tuple[int, ...] = field(init=False)
    is_plain: bool = field(init=False)
    distant: tuple[DistantQueue, ...] = field(init=False, default=())
    published: int = field(init=False, default=0, compare=False)
    stored: int = field(init=False, default=0, compare=False)

    def __post_init__(self) -> None:
        self.queue_numbers = tuple([each.number for each in self.receivers if each.number])
        self.is_plain = not any(each.may_refuse for each in self.receivers)
        if not self.is_plain:
            distant = [each for each in self.receivers if isinstance(each, DistantQueue)]
            self.distant = tuple(distant)

    def accepting(self, message: Message) -> Route:
        """The route to the receivers that have a place for the message; itself if all have. Those
        elsewhere say so later."""
        if len(self.distant) == len(self.receivers):
            return self
        places = tuple([each for each in self.receivers if not each.refuses(message)])
        return self if len(places) == len(self.receivers) else replace(self, receivers=places)

    def to_those_up(self) -> Route:
        """The route without queues whose home is down: as if they were not there."""
        if all(each.is_up for each in self.distant):
            return self
        down = {each for each in self.distant if not each.is_up}
        return replace(self, receivers=tuple(each for each in self.receivers if each not in down))


def find_route(
    exchanges: Mapping[str, Exchange],
    start: Exchange,
    routing_keys: tuple[str, ...],
    properties: Properties,
) -> Route:
    """Follow the bindings from `start`.

    A message with CC or BCC has several keys, and takes all of them along: an exchange further on
    compares each, and an alternate exchange gets the message only when none of them led anywhere.
    """
    found: dict[Receiver, None] = {}
    visited: dict[Exchange, None] = {start: None}
    witnesses: dict[Witness, None] = {}
    waiting = [start]
    is_for_one = False
    while waiting:
        exchange = waiting.pop()
        is_for_one = is_for_one or exchange.type.looks_at_message
        for destination in _destinations(exchanges, exchange, routing_keys, properties):
            if isinstance(destination, Witness):
                witnesses[destination] = None
            elif not isinstance(destination, Exchange):
                found[destination] = None
            elif destination not in visited:
                visited[destination] = None
                waiting.append(destination)
    return Route(start, tuple(found), is_for_one, tuple(witnesses))


def _destinations(
    exchanges: Mapping[str, Exchange],
    exchange: Exchange,
    routing_keys: tuple[str, ...],
    properties: Properties,
) -> list[Stop]:
    """Where this exchange sends it; to its alternate exchange when nowhere else."""
    destinations = list(exchange.type.route(routing_keys, properties))
    if exchange.alternate is not None and all(isinstance(each, Witness) for each in destinations):
        alternate = exchanges.get(exchange.alternate)
        if alternate is not None:
            destinations.append(alternate)
    return destinations
