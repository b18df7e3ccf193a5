"""A message in its line, as somebody sees it who only looks, or who chose to take this one out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from leveret.broker.message import Message
    from leveret.broker.ports import MessageStore


class Waiting(NamedTuple):
    """message: None for one that has to be read first. redelivered: it had been taken before.

    store, number: where it is read from, and whose it is there; None while it is in memory.
    is_spilled: that is the spill, where it has no place of its own.
    """

    position: int
    message: Message | None
    redelivered: bool
    store: MessageStore | None = None
    number: int = 0
    is_spilled: bool = False
