"""One reader of a stream: where he is, what was fetched for him, and what he wants to see.

Each goes at his own pace. What comes next is taken from what is recent or else fetched, as much as
he has room for and a little more, so a reader who does nothing costs nothing.

Rule: one fetch at a time; what arrives for a reader who has gone, or has been overtaken by the
beginning of the stream, is let go.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.streams.stamp import stamped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.broker.message import Message
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.streams.filtering import Filter
    from leveret.broker.streams.index import Stretch
    from leveret.broker.streams.log import StreamLog
    from leveret.wire.values import Table

# Messages and octets fetched at once: what there is room for up to the first ones, and at least the
# last one's worth, as a fetch costs much more than a message in it.
COUNT_MAX: Final = 2048
OCTETS_MAX: Final = 4 * 2**20
AHEAD_OCTETS: Final = 256 * 1024


class Consumer(Protocol):
    """The far end of a subscription, as a stream sees it; see queues/consumers.py.

    room: deliveries it may still hold unacknowledged. arguments: of basic.consume.
    reached: the offset that comes next, also where another object stands for the stream later; None
    before its arguments have led to one.
    """

    room: int
    reached: int | None

    @property
    def arguments(self) -> Table: ...

    def deliver(self, message: Message, redelivered: bool) -> None: ...

    def queue_gone(self) -> None: ...

    def move(self, queue: AnyQueue) -> None: ...

    def rules_changed(self) -> None: ...

    def trace(self, *, is_on: bool) -> None: ...


class Reader:
    """One consumer's place. offset: what comes next. is_ready: the consumer can take more.

    since: nothing published earlier is delivered, by the broker's clock.
    """

    __slots__ = (
        "_ahead",
        "_filter",
        "_is_fetching",
        "_log",
        "consumer",
        "is_ready",
        "offset",
        "since",
    )

    def __init__(self, consumer: Consumer, log: StreamLog, wanted: Filter | None) -> None:
        self.consumer = consumer
        self.offset = 0
        self.since = 0.0
        self.is_ready = False
        self._log = log
        self._filter = wanted
        self._ahead: deque[tuple[int, Message]] = deque()
        self._is_fetching = False

    def serve(self) -> None:
        """Deliver what is there while the consumer can take it."""
        while self.is_ready:
            message = self._next()
            if message is None:
                return
            self.offset += 1
            if self._wants(message):
                self.consumer.deliver(stamped(message, self.offset - 1), False)

    def _wants(self, message: Message) -> bool:
        if self.since:
            if message.published_at < self.since:
                return False
            self.since = 0.0
        return self._filter is None or self._filter.takes(message)

    def _next(self) -> Message | None:
        """The message at `offset`, or the first behind it; None when it is not here yet."""
        log = self._log
        if log.is_paused:
            return None
        self.offset = max(self.offset, log.index.first)
        ahead = self._ahead
        while ahead:
            offset, message = ahead.popleft()
            if offset >= self.offset:
                self.offset = offset
                return message
        if self.offset >= log.safe_end or self._is_fetching:
            return None
        recent = log.recent.get(self.offset)
        if recent is None:
            self._fetch()
        return recent

    def _fetch(self) -> None:
        log = self._log
        octets = log.index.octets_each(self.offset)
        count = min(max(self.consumer.room, AHEAD_OCTETS // octets), OCTETS_MAX // octets)
        count = max(1, min(count, COUNT_MAX, log.safe_end - self.offset))
        stretch = log.index.stretch(self.offset, count)
        self._is_fetching = True
        log.read(stretch, partial(self._fetched, stretch))

    def _fetched(self, stretch: Stretch, messages: list[Message]) -> None:
        self._is_fetching = False
        self._ahead.extend(with_offsets(stretch, messages))
        if not messages:
            # All of them were damaged.
            self.offset = max(self.offset, stretch.end)
        self.serve()

    def go(self) -> None:
        """The consumer has gone."""
        self.is_ready = False
        self._ahead.clear()


def with_offsets(stretch: Stretch, messages: list[Message]) -> Iterator[tuple[int, Message]]:
    """Each with its offset; one that could not be read leaves a gap."""
    if len(messages) == len(stretch.positions):
        yield from enumerate(messages, stretch.first)
        return
    offsets = {position: offset for offset, position in enumerate(stretch.positions, stretch.first)}
    for message in messages:
        yield offsets[message.position], message
