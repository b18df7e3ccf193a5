"""Where a chosen message goes, and as what.

    to a queue      the message as it is, its exchange and routing key too
    to an exchange  published again, with that exchange and routing key
    replayed        to the queue it died in, as it was before: without the headers of its death

Rule: whoever sends it on is asked whether he may publish there, by the same gate as a client
(`Routing` is Access.route for a user); what would get nowhere, or find a full queue, stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.message import Message, pack_address, with_properties
from leveret.broker.publishing import copies_of
from leveret.broker.queues.deadletter import X_DEATH
from leveret.broker.queues.queue import Queue
from leveret.broker.sending import traits_of
from leveret.wire.properties import NO_PROPERTIES
from leveret.wire.values import octets

if TYPE_CHECKING:
    from leveret.broker.routing import Route
    from leveret.broker.vhost import Vhost
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table

# What a first death leaves besides x-death.
_OF_DEATH: Final = frozenset({
    X_DEATH, "x-first-death-reason", "x-first-death-queue", "x-first-death-exchange",
})  # fmt: skip
NEVER_DIED: Final = "it has no x-death header that says which queue it died in"


class Kept(Exception):
    """A message has to stay where it is; the text says why."""


class Routing(Protocol):
    """Where messages go that somebody publishes, if he may. Raises Refused."""

    def __call__(
        self,
        exchange_name: str,
        routing_key: str,
        properties: Properties = NO_PROPERTIES,
        copy_keys: tuple[str, ...] = (),
    ) -> Route: ...


@dataclass(frozen=True, slots=True)
class Onward:
    """What is sent, and where to."""

    message: Message
    route: Route

    def check_place(self) -> None:
        """Raises Kept, where it is known here already that there is none."""
        if not self.route.receivers:
            message = self.message
            raise Kept(
                f"exchange '{message.exchange}' has no queue for routing key "
                f"'{message.routing_key}'"
            )
        for receiver in self.route.receivers:
            if isinstance(receiver, Queue) and not receiver.has_room_for(self.message):
                raise Kept(f"{receiver} is full")


def to_queue(routing: Routing, name: str, message: Message) -> Onward:
    return Onward(replica(message), routing("", name))


def to_exchange(
    routing: Routing, exchange: str, routing_key: str | None, message: Message
) -> Onward:
    """routing_key: None for the message's own."""
    key = message.routing_key if routing_key is None else routing_key
    properties = message.properties
    sent = replica(message)
    sent.address = pack_address(octets(exchange), octets(key))
    return Onward(sent, routing(exchange, key, properties, copies_of(properties.headers or {})))


def replay(routing: Routing, vhost: Vhost, queue: str, message: Message) -> Onward:
    """Back to the queue it died in last before it came to this one. Raises Kept."""
    death = _last_death(message, queue)
    where = death.get("queue")
    if not isinstance(where, str) or where not in vhost.queues:
        raise Kept(f"queue '{where}', in which it died, is not there any more")
    return Onward(_as_before(message, death), routing("", where))


def _last_death(message: Message, queue: str) -> Table:
    """The newest is first."""
    deaths = message.headers.get(X_DEATH)
    for death in deaths if isinstance(deaths, list) else ():
        if isinstance(death, dict) and death.get("queue") not in {None, queue}:
            return death
    raise Kept(NEVER_DIED)


def _as_before(message: Message, death: Table) -> Message:
    """A life of its own again: its next death is its first."""
    properties = message.properties
    headers = {
        name: value for name, value in (properties.headers or {}).items() if name not in _OF_DEATH
    }
    properties = replace(properties, headers=headers or None)
    exchange, keys = death.get("exchange"), death.get("routing-keys")
    key = keys[0] if isinstance(keys, list) and keys else None
    address = message.address
    if isinstance(exchange, str) and isinstance(key, str):
        address = pack_address(octets(exchange), octets(key))
    content = with_properties(message.content, message.channel, properties)
    return Message(address, content, message.channel, 0, traits_of(properties))


def replica(message: Message) -> Message:
    """The same, to be published anew; its time to live begins anew, too."""
    return Message(message.address, message.content, message.channel, 0, message.traits)
