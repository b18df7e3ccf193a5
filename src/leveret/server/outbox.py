"""Who has something to send, and when it is sent.

Hot path: bench/results.md, round trip. Output gathers while one chunk is dealt with, and goes out
at its end: one write per connection, and no further turn of the loop before it (which costs a
poll, a fifth of a round trip).

Rule: what sending sets free (consumers that may have more) is sent in the next turn, so that one
long backlog does not keep the loop from everybody else.
"""

from __future__ import annotations

import asyncio
from typing import Protocol


class Sender(Protocol):
    """A transport, as the outbox sees it."""

    def flush(self) -> None:
        """Send what there is."""


class Outbox:
    """The senders of one server that have output.

    is_due: they will be told to send; set by `hold`, and by the first that comes without it.
    """

    __slots__ = ("_waiting", "is_due")

    def __init__(self) -> None:
        self.is_due = False
        self._waiting: list[Sender] = []

    def add(self, sender: Sender) -> None:
        """It has output where it had none."""
        self._waiting.append(sender)
        if not self.is_due:
            self.is_due = True
            asyncio.get_running_loop().call_soon(self.send)

    def hold(self) -> None:
        """A chunk is being dealt with, and `send` is called at its end."""
        self.is_due = True

    def send(self) -> None:
        """Let everybody send who waits now."""
        waiting, self._waiting = self._waiting, []
        for sender in waiting:
            sender.flush()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self.send)
        else:
            self.is_due = False
