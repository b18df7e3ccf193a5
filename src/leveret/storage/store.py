"""The port MessageStore, over a log and a journal.

Hot path: bench/durable.md, 1 KiB persistent. `append`, `settle` and `delivered` are called for
every persistent message.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from leveret.broker.ports import Recovered
from leveret.storage import reading
from leveret.storage.record import decode_message, encode_message, pack_queues

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.message import Message
    from leveret.storage.journal import Journal, Timers
    from leveret.storage.log import Log
    from leveret.storage.reading import Stretch
    from leveret.storage.record import Queues
    from leveret.storage.segment import Segment
    from leveret.storage.worker import Worker

log = logging.getLogger("leveret.storage")

# Routes whose queue numbers are kept packed; see Access.remember for as many addresses.
ROUTES_MAX: Final = 65_536
# How long after a failed read it is tried again.
RETRY_S: Final = 1.0


class Store:
    """Messages on the disk, or on their way there.

    reader: the thread that fetches.
    epoch: when the clock on the wall was at 0, by the broker's.
    waiting: what waited for each queue at the start, until it is asked for.
    """

    def __init__(
        self,
        message_log: Log,
        journal: Journal,
        reader: Worker,
        timers: Timers,
        epoch: Callable[[], float],
    ) -> None:
        self.waiting: dict[int, Recovered] = {}
        self._log = message_log
        self._journal = journal
        self._reader = reader
        self._timers = timers
        self._epoch = epoch
        self._packed: dict[Queues, bytes] = {}

    def append(self, message: Message, queues: Queues) -> None:
        batch = self._journal.open_batch
        if not batch.is_open:
            batch = self._journal.open()
        packed = self._packed.get(queues)
        if packed is None:
            packed = self._pack(queues)
        octets = encode_message(message, packed, batch.wall_ms)
        batch.add(message.position, octets, queues)
        if message.traits is not None and message.traits.priority:
            batch.priorities[message.position] = message.traits.priority

    def adopt(self, message: Message, queues: Queues) -> None:
        """As `append`, of one that was published a while ago and has lain elsewhere since."""
        batch = self._journal.open()
        published_ms = batch.wall_ms
        if message.published_at:
            published_ms = max(0, round((message.published_at - self._epoch()) * 1000))
        batch.add(
            message.position, encode_message(message, pack_queues(queues), published_ms), queues
        )
        if message.traits is not None and message.traits.priority:
            batch.priorities[message.position] = message.traits.priority

    def settle(self, queue: int, position: int) -> None:
        self._journal.open().settle(queue, position)

    def settle_all(self, queue: int, positions: Sequence[int]) -> None:
        if positions:
            self._journal.open().settle_all(queue, positions)

    def delivered(self, queue: int, position: int) -> None:
        self._journal.open().deliver(queue, position)

    def forget(self, queue: int, positions: Sequence[int]) -> None:  # noqa: ARG002  # the port's
        if positions:
            self._journal.open().forget(positions)

    def recovered(self, queue: int) -> Recovered:
        return self.waiting.pop(queue, None) or Recovered()

    def read(
        self,
        positions: Sequence[int],
        take: Callable[[list[Message]], None],
        queue: int = 0,  # noqa: ARG002  # all are in one log
    ) -> None:
        held: dict[int, Message] = {}
        missing: list[int] = []
        epoch = self._epoch()
        for position in positions:
            octets = self._journal.record_of(position)
            if octets is None:
                missing.append(position)
            else:
                held[position] = _as_published(*decode_message(octets, 0), epoch)
        self._fetch(_Reading(positions, take, held, reading.plan(self._log, missing)))

    def _fetch(self, wanted: _Reading) -> None:
        self._reader.submit(wanted.run, lambda: self._give(wanted))

    def _give(self, wanted: _Reading) -> None:
        if wanted.error is not None:
            log.error(
                "cannot read messages from the disk: %s; trying again every second", wanted.error
            )
            # From the beginning: where messages are may have changed by then.
            self._timers.later(RETRY_S, lambda: self.read(wanted.positions, wanted.take))
            return
        epoch = self._epoch()
        for stretch in wanted.stretches:
            self._decode(stretch, wanted.held, epoch)
        wanted.give()

    def _decode(self, stretch: Stretch, held: dict[int, Message], epoch: float) -> None:
        for index, offset, found in stretch.messages():
            if found is None:
                self._give_up(stretch.segment, index, offset)
            else:
                message = _as_published(*found, epoch)
                held[message.position] = message

    def _give_up(self, segment: Segment, index: int, offset: int) -> None:
        """A record is damaged: it is delivered to nobody, and waits for nobody any more."""
        log.error(
            "message %d in segment %016x at offset %d is damaged (wrong checksum): it is lost; "
            "check the disk, and see `leveret repair`",
            segment.entries.positions[index],
            segment.head.id,
            offset,
        )
        segment.drop(index)
        self._log.look_at(segment)

    def _pack(self, queues: Queues) -> bytes:
        if len(self._packed) >= ROUTES_MAX:
            self._packed.clear()
        packed = self._packed[queues] = pack_queues(queues)
        return packed


def _as_published(message: Message, published_ms: int, epoch: float) -> Message:
    """A message that was read, as the broker has it."""
    message.is_stored = True
    message.published_at = epoch + published_ms / 1000
    return message


class _Reading:
    """One `read` on its way.

    Nothing in it refers back to it: a node collects cyclic garbage seldom, and this is large.
    """

    def __init__(
        self,
        positions: Sequence[int],
        take: Callable[[list[Message]], None],
        held: dict[int, Message],
        stretches: list[Stretch],
    ) -> None:
        self.held = held
        self.stretches = stretches
        self.error: OSError | None = None
        self.positions = positions
        self.take = take

    def run(self) -> None:
        """The part that a thread does."""
        self.error = None
        try:
            for stretch in self.stretches:
                stretch.fetch()
        except OSError as error:
            self.error = error

    def give(self) -> None:
        """What was found, in order."""
        held = self.held
        self.take([held[position] for position in self.positions if position in held])
