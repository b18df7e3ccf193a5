"""Which queues have messages to move, and which are left alone, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.migrate.contents import CHANNEL
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from leveret.dial.connection import Connection
    from leveret.management.client import Queue

STREAM: Final = "stream"


@dataclass(frozen=True, slots=True)
class Load:
    """What one queue has to move. skipped: of a stream, what the target has already."""

    vhost: str
    queue: str
    type: str
    messages: int
    skipped: int = 0

    @property
    def is_stream(self) -> bool:
        return self.type == STREAM


@dataclass(frozen=True, slots=True)
class Left:
    """A queue that is left alone. reason: ends "left alone: "."""

    vhost: str
    queue: str
    reason: str


def chosen(
    queues: Iterable[Queue], vhosts: frozenset[str], pattern: str
) -> tuple[list[Queue], list[Left]]:
    """Those to move, and those that cannot be. vhosts: none for all. pattern: found in a name."""
    wanted, left = [], []
    for queue in queues:
        if vhosts and queue.vhost not in vhosts:
            continue
        if not re.search(pattern, queue.name):
            continue
        if queue.exclusive:
            left.append(Left(queue.vhost, queue.name, "it belongs to one connection (exclusive)"))
        else:
            wanted.append(queue)
    return wanted, left


def waiting_in(connection: Connection, queues: Iterable[str]) -> dict[str, int]:
    """How many messages are ready in each; statistics of the HTTP API are some seconds old."""
    return {
        queue: connection.call(
            CHANNEL, methods.QueueDeclare(queue=queue, passive=True), methods.QueueDeclareOk
        ).message_count
        for queue in queues
    }


def loads(
    queues: Iterable[Queue], waiting: Mapping[str, int], at_target: Mapping[str, int]
) -> list[Load]:
    """What there is to move of one vhost. at_target: how many messages its streams have."""
    found = []
    for queue in queues:
        if queue.type == STREAM:
            skipped = min(at_target.get(queue.name, 0), queue.messages)
            load = Load(queue.vhost, queue.name, queue.type, queue.messages, skipped)
            is_wanted = load.messages > load.skipped
        else:
            load = Load(queue.vhost, queue.name, queue.type, waiting.get(queue.name, 0))
            is_wanted = load.messages > 0
        if is_wanted:
            found.append(load)
    return found
