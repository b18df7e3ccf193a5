"""x-recent-history: a fanout that remembers its last messages and gives them to whoever binds.

Every new binding brings the last messages, twenty unless `x-recent-history-length` says otherwise,
the oldest first. They are in memory alone and gone after a restart, as with RabbitMQ.

Rule: a message with the header `x-recent-history-no-store: true` goes out and is not remembered.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar, Final

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.exchange import Exchange
from leveret.broker.message import Message
from leveret.broker.publishing import copies_of
from leveret.broker.routing import Route, Witness
from leveret.broker.terms import spell
from leveret.wire.values import Timestamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding
    from leveret.broker.exchanges.exchange import Foundation, Stop
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table

LENGTH: Final = "x-recent-history-length"
NO_STORE: Final = "x-recent-history-no-store"
LENGTH_DEFAULT: Final = 20


class RecentHistory:
    name: ClassVar[str] = "x-recent-history"
    looks_at_message: ClassVar[bool] = True

    def __init__(self, foundation: Foundation) -> None:
        """Raises PreconditionFailed."""
        self._home = foundation.home
        self._bound: dict[Binding, None] = {}
        self._recent: deque[Message] = deque(maxlen=_length(foundation.arguments))
        self._witness = Witness(self._recent.append)

    def check_binding(self, binding: Binding) -> None:
        """Any key will do."""

    def bind(self, binding: Binding) -> None:
        self._bound[binding] = None
        for message in list(self._recent):
            self._send_again(message, binding)

    def unbind(self, binding: Binding) -> None:
        del self._bound[binding]

    def route(self, _routing_keys: tuple[str, ...], properties: Properties) -> Iterable[Stop]:
        stops: list[Stop] = [binding.destination for binding in self._bound]
        if (properties.headers or {}).get(NO_STORE) is not True:
            stops.append(self._witness)
        return stops

    def _send_again(self, message: Message, binding: Binding) -> None:
        destination = binding.destination
        if isinstance(destination, Exchange):
            properties = message.properties
            copy_keys = copies_of(properties.headers or {})
            route = self._home.route(destination.name, message.routing_key, properties, copy_keys)
        else:
            route = Route(binding.source, (destination,))
        again = Message(message.address, message.content, message.channel, 0, message.traits)
        self._home.send(again, route)


def _length(arguments: Table) -> int:
    length = arguments.get(LENGTH, LENGTH_DEFAULT)
    if not isinstance(length, int) or isinstance(length, bool | Timestamp) or length < 1:
        raise PreconditionFailed(
            f"Invalid argument {spell(length)}, '{LENGTH}' must be a positive integer"
        )
    return length
