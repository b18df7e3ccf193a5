"""All the readers of a stream. Nobody waits for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from leveret.broker.queues.consumers import Activity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leveret.broker.streams.reader import Consumer, Reader


class Readers:
    """The readers of one stream, by consumer.

    is_exclusive: RabbitMQ takes the flag of a stream's consumer for nothing.
    """

    is_exclusive: ClassVar[bool] = False

    def __init__(self) -> None:
        self._all: dict[Consumer, Reader] = {}
        # Those that can take more, and those of them that could not a moment ago.
        self._ready: dict[Reader, None] = {}
        self._due: list[Reader] = []

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(list(self._all))

    def readers(self) -> Iterable[Reader]:
        return self._all.values()

    @property
    def can_take(self) -> bool:
        """A message would find somebody."""
        return bool(self._ready)

    def activity(self, _consumer: Consumer) -> Activity:
        """Nobody waits for another."""
        return Activity.UP

    def add(self, reader: Reader) -> None:
        """A new one; he gets nothing until his consumer resumes."""
        self._all[reader.consumer] = reader

    def remove(self, consumer: Consumer) -> None:
        reader = self._all.pop(consumer)
        self._ready.pop(reader, None)
        reader.go()

    def resume(self, consumer: Consumer) -> None:
        """It can take messages."""
        reader = self._all[consumer]
        reader.is_ready = True
        self._ready[reader] = None
        self._due.append(reader)

    def park(self, consumer: Consumer) -> None:
        """It can't take more for now."""
        reader = self._all[consumer]
        reader.is_ready = False
        self._ready.pop(reader, None)

    def serve_due(self) -> None:
        """Those that have come or have room again."""
        due, self._due = self._due, []
        for reader in due:
            reader.serve()

    def serve_all(self) -> None:
        """There is something new."""
        for reader in list(self._ready):
            reader.serve()

    def slowest(self) -> int:
        """The lowest offset that somebody will read next."""
        return min(reader.offset for reader in self._all.values())
