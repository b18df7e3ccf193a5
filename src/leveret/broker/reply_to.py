"""Direct reply-to: answers that go straight to a waiting consumer, with no queue between.

A client consumes from `amq.rabbitmq.reply-to` and publishes requests with that as their
reply_to; the broker writes a name of the consumer's own in its place. Whoever publishes to that
name through the default exchange reaches the consumer, while it lives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.names import generate

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.routing import Receiver

PSEUDO_QUEUE: Final = "amq.rabbitmq.reply-to"


class ReplyConsumers:
    """The consumers that wait for direct replies in one vhost, by the name they are reached."""

    def __init__(
        self, random_bytes: Callable[[int], bytes], forget_route: Callable[[str], None]
    ) -> None:
        self._random_bytes = random_bytes
        self._forget_route = forget_route
        self._waiting: dict[str, Receiver] = {}

    def add(self, receiver: Receiver) -> str:
        """The name under which it can be reached from now on."""
        name = generate(f"{PSEUDO_QUEUE}.", self._random_bytes)
        self._waiting[name] = receiver
        return name

    def remove(self, name: str) -> None:
        del self._waiting[name]
        self._forget_route(name)

    def find(self, name: str) -> Receiver | None:
        return self._waiting.get(name)
