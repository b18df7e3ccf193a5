"""Where a stream's messages are in a broker that keeps nothing: in memory, all of them.

It answers as a message store does, so that a stream knows one way to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.agenda import Agenda
    from leveret.broker.message import Message


class HeldMessages:
    """One stream's messages, by position."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._messages: dict[int, Message] = {}

    def append(self, message: Message, _queues: tuple[int, ...]) -> None:
        self._messages[message.position] = message

    def read(
        self,
        positions: Sequence[int],
        take: Callable[[list[Message]], None],
        queue: int = 0,  # noqa: ARG002  # the port's
    ) -> None:
        held = self._messages
        found = [held[position] for position in positions if position in held]
        self._agenda.soon(lambda: take(found))

    def settle_all(self, _queue: int, positions: Sequence[int]) -> None:
        for position in positions:
            self._messages.pop(position, None)

    forget = settle_all
