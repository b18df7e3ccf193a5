"""The firehose: copies of what the clients of a vhost publish and are given, while it is traced.

    publish.EXCHANGE   a message as its publisher sent it, once, before its queues get it
    deliver.QUEUE      a message as a consumer or a basic.get got it, each time, and after it

A copy goes to `amq.rabbitmq.trace` with the message's body. What the message was, where it came
from and where it went stand in the headers, in RabbitMQ's order.

Rule: a message that came by the trace exchange is not copied again, so no copy is copied. A vhost
that is not traced has no firehose, and whoever publishes or delivers in it pays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from leveret.broker.queues.deadletter import copy_keys
from leveret.broker.reply_to import PSEUDO_QUEUE
from leveret.wire.properties import Properties
from leveret.wire.values import Value, octets, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.message import Message
    from leveret.broker.routing import Route
    from leveret.broker.vhost import Vhost
    from leveret.wire.values import Table

TRACE_EXCHANGE: Final = "amq.rabbitmq.trace"
_TRACE_ADDRESS: Final = bytes((len(TRACE_EXCHANGE),)) + octets(TRACE_EXCHANGE)
# A routing key takes no more; a name that long loses its end.
_KEY_OCTETS_MAX: Final = 255


@dataclass(frozen=True, slots=True)
class Client:
    """Who published, or was given a message: a channel, as its copies name it."""

    connection: str
    channel: int
    user: str


class Firehose:
    """The copies of one vhost's messages. node: the name of the node that makes them."""

    def __init__(self, vhost: Vhost, node: str) -> None:
        self._vhost = vhost
        self._node = node
        self._exchange = vhost.exchanges[TRACE_EXCHANGE]

    def published(
        self, client: Client, message: Message, keys: Iterable[str], queues: Iterable[str]
    ) -> None:
        """A client published it. keys: routing keys, copies' included; queues: where it goes."""
        if self._is_silent(message):
            return
        headers = self._described(message, keys) | self._named(client)
        headers["routed_queues"] = _sorted(queues)
        self._send(f"publish.{message.exchange}", message, headers)

    def delivered(self, client: Client, message: Message, queue: str, *, redelivered: bool) -> None:
        """A client was given it. Blind copies' keys are with the message no more."""
        if self._is_silent(message):
            return
        keys = (message.routing_key, *copy_keys(message))
        headers = self._described(message, keys)
        headers |= {"redelivered": int(redelivered)} | self._named(client)
        self._send(f"deliver.{queue}", message, headers)

    def _is_silent(self, message: Message) -> bool:
        return self._exchange.is_unused or message.address.startswith(_TRACE_ADDRESS)

    def _described(self, message: Message, keys: Iterable[str]) -> dict[str, Value]:
        return {
            "exchange_name": message.exchange,
            "routing_keys": list(keys),
            "properties": _table_of(message.properties),
            "node": self._node,
        }

    def _named(self, client: Client) -> dict[str, Value]:
        return {
            "vhost": self._vhost.name,
            "connection": client.connection,
            "channel": client.channel,
            "user": client.user,
        }

    def _send(self, routing_key: str, message: Message, headers: Table) -> None:
        key = text(octets(routing_key)[:_KEY_OCTETS_MAX])
        self._vhost.publish(TRACE_EXCHANGE, key, Properties(headers=headers), message.body)


def reached(vhost: Vhost, route: Route, keys: Iterable[str]) -> list[str]:
    """The queues that a message with these routing keys goes to, as its copy names them.

    A receiver may be an exchange that delays messages. The default exchange is said to send it to
    all that the keys name, as RabbitMQ tells it: also to queues that are none.
    """
    if not route.exchange.name:
        return [key for key in keys if not key.startswith(f"{PSEUDO_QUEUE}.")]
    queues = vhost.queues
    return [each.name for each in route.receivers if queues.get(each.name) is each]


def _sorted(names: Iterable[str]) -> list[str]:
    """Each once, in the order of octets."""
    return sorted(set(names), key=octets)


def _table_of(properties: Properties) -> dict[str, Value]:
    """Those that are there, the last first. RabbitMQ writes all numbers as 32 bits; one that does
    not fit, such as a time after 2038, stays what it is."""
    table: dict[str, Value] = {}
    for field in reversed(fields(properties)):
        value: Value = getattr(properties, field.name)
        if value is not None:
            table[field.name] = value
    return table
