"""What clients saw, one event after the other: all that the checker gets to know.

Rule: only what a client knows for certain becomes an event, and events are in the order in which
this one process learnt of them. Each attempt to publish is a message of its own.
"""

import json
import threading
import time
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Message:
    """line: one channel of one publisher. ordinal: counts up in it, from 1."""

    line: str
    ordinal: int

    def octets(self) -> bytes:
        return f"{self.line} {self.ordinal}".encode()


def message_of(told: str) -> Message:
    """What `octets` came from."""
    line, _, ordinal = told.partition(" ")
    return Message(line, int(ordinal))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The broker has said that it has it."""

    message: Message


@dataclass(frozen=True, slots=True)
class Delivered:
    message: Message
    consumer: str
    is_redelivered: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What a stream's reader was given at an offset."""

    message: Message
    reader: str
    offset: int


@dataclass(frozen=True, slots=True)
class Acked:
    """It was said; whether it was heard is open."""

    message: Message
    consumer: str


@dataclass(frozen=True, slots=True)
class FenceConfirmed:
    """Published by a consumer into its own queue, behind all its acks so far, and confirmed."""

    fence: int
    consumer: str


@dataclass(frozen=True, slots=True)
class FenceDelivered:
    """The fence came out of the queue: whatever was in front of it had come before."""

    fence: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A node, asked from one moment to another, said whether it serves the queue itself."""

    node: str
    serves: bool
    asked_s: float
    answered_s: float


@dataclass(frozen=True, slots=True)
class Faulted:
    """For whoever reads it; nothing is judged by it."""

    at_s: float
    what: str


@dataclass(frozen=True, slots=True)
class Drained:
    """All was healed, nothing is published any more, and through every node the queue is empty."""


MENDED = "mended"

Event = (
    Confirmed | Delivered | Read | Acked | FenceConfirmed | FenceDelivered | Claimed | Faulted
    | Drained
)  # fmt: skip


@dataclass
class History:
    """Written by many threads, read when they are gone."""

    events: list[Event] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _began_s: float = field(default_factory=time.monotonic)

    def tell(self, event: Event) -> None:
        with self._lock:
            self.events.append(event)
            self.times_s.append(self.now_s())

    def longest_pause_s(self) -> float:
        """Between two confirms, of whichever publisher."""
        told = zip(self.times_s, self.events, strict=True)
        confirms = [at_s for at_s, event in told if isinstance(event, Confirmed)]
        return max((after - before for before, after in pairwise(confirms)), default=0.0)

    def slowest_return_s(self) -> float:
        """The longest time from when something was mended to the next confirm; of what was broken
        when publishers were done, nothing is said."""
        slowest_s, mended_s = 0.0, None
        for at_s, event in zip(self.times_s, self.events, strict=True):
            if isinstance(event, Faulted) and event.what == MENDED:
                mended_s = at_s if mended_s is None else mended_s
            elif isinstance(event, Confirmed) and mended_s is not None:
                slowest_s, mended_s = max(slowest_s, at_s - mended_s), None
        return slowest_s

    def now_s(self) -> float:
        return time.monotonic() - self._began_s

    def save(self, path: Path) -> None:
        with path.open("w") as lines:
            for at_s, event in zip(self.times_s, self.events, strict=True):
                told = {"at_s": round(at_s, 4), "event": type(event).__name__, **asdict(event)}
                lines.write(json.dumps(told) + "\n")
