"""A stream: what x-queue-type=stream makes of a queue. Messages are appended and stay until they
are too old or too many; whoever consumes reads, from where he asked to, and takes nothing away.

It has the verbs of a queue (queues/queue.py), so that a vhost, an access and a session treat both
alike; what a stream can't do is refused with RabbitMQ's text.
"""

from __future__ import annotations

from array import array
from heapq import merge
from typing import TYPE_CHECKING, ClassVar, NoReturn

from leveret.broker.arguments import STREAM
from leveret.broker.changes import StreamCut, StreamGrew
from leveret.broker.errors import PreconditionFailed, Unsupported
from leveret.broker.policies import NOTHING_APPLIED
from leveret.broker.queues.rules import rules_of
from leveret.broker.streams import retention
from leveret.broker.streams.filtering import filter_of
from leveret.broker.streams.log import StreamLog
from leveret.broker.streams.outline import Outline
from leveret.broker.streams.reader import Reader
from leveret.broker.streams.readers import Readers
from leveret.broker.streams.starts import NEXT, start_of
from leveret.broker.tallies import QueueTally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.message import Message
    from leveret.broker.policies import Applied
    from leveret.broker.ports import Recovered
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import QueueOptions
    from leveret.broker.streams.index import Block, Index
    from leveret.broker.streams.log import StreamHome
    from leveret.broker.streams.reader import Consumer
    from leveret.broker.streams.starts import Start
    from leveret.wire.values import Table


class Stream:
    """A stream and its readers.

    number: what the message store knows it by; 0 in a broker that keeps nothing.
    rules: those of a queue that count for a stream's consumers; its own are in retention.py.
    owner: nobody: RabbitMQ has no exclusive streams.
    successor: what stands for the stream now, if this does not any more.
    tally: what is counted of its messages.
    """

    kind: ClassVar[str] = "queue"
    type: ClassVar[str] = STREAM
    may_refuse: ClassVar[bool] = False

    def __init__(self, home: StreamHome, name: str, options: QueueOptions, number: int = 0) -> None:
        self.vhost_name = home.vhost_name
        self.name = name
        self.number = number
        self.options = options
        self.owner: object | None = None
        self.is_deleted = False
        self.successor: AnyQueue | None = None
        self.tally = QueueTally()
        self.consumers = Readers()
        self.policy: Applied = NOTHING_APPLIED
        self.rules = rules_of(options.arguments, {})
        self.log = StreamLog(home, number, self._grown)
        self._agenda = home.agenda
        self.tally.since = home.agenda.wall_clock()
        self._keeper = home.keeper
        # Whether the catalogue is to know where blocks begin: a replicated log does by itself.
        self._is_told = bool(number)
        # Between `restore` and `recover`.
        self._is_starting = False
        self._limits = retention.limits_of(options.arguments, {})

    def __str__(self) -> str:
        """As error texts name it."""
        return f"queue '{self.name}' in vhost '{self.vhost_name}'"

    # Appending -------------------------------------------------------------------------------

    def publish(self, message: Message) -> None:
        """Keep the message; its readers get it once it is safe."""
        self.log.append(message)
        index = self.log.index
        if index.is_full(self._limits.segment_octets):
            self._remember(index.close())
            self._retain()

    def _remember(self, block: Block) -> None:
        """A block is full: the catalogue shall know which offsets it has."""
        if not self._is_told:
            return
        outline = Outline(
            first_offset=block.first_offset,
            last_position=block.last_position,
            count=block.count,
            octets=block.octets,
            last_ms=int(block.last_s * 1000),
        )
        self._keeper.commit(
            ("stream", self.vhost_name, self.name),
            StreamGrew(self.number, self.vhost_name, self.name, outline),
        )

    def _grown(self) -> None:
        self.consumers.serve_all()
        self._drop_read()

    def _drop_read(self) -> None:
        """What all readers have got need not be at hand."""
        if len(self.consumers):
            self.log.recent.drop_before(self.consumers.slowest())

    # Keeping ---------------------------------------------------------------------------------

    def follow(self, policy: Applied) -> None:
        """Another policy applies, or none any more."""
        self.policy = policy
        self.rules = rules_of(self.options.arguments, policy.definition)
        self._limits = retention.limits_of(self.options.arguments, policy.definition)
        for consumer in self.consumers:
            consumer.rules_changed()
        self._retain()

    def _retain(self) -> None:
        """Let go of what is too much or too old."""
        index = self.log.index
        if self._is_starting:
            return
        count = retention.due(index, self._limits, self._agenda.wall_clock())
        if not count:
            return
        if self._is_told:
            last = index.blocks[count - 1]
            self._keeper.commit(
                ("stream", self.vhost_name, self.name),
                StreamCut(
                    self.number, self.vhost_name, self.name, last.end, last.last_position + 1
                ),
            )
        self.log.cut(count)

    def restore(self, change: StreamGrew | StreamCut) -> None:
        """What the catalogue has of it, before `recover`."""
        self._is_starting = True
        if isinstance(change, StreamGrew):
            self.log.index.restore(change.block)
        else:
            self.log.begin_at(change.first_offset, change.first_position)

    def recover(self, recovered: Recovered) -> None:
        """Take over what the store had before the start."""
        lines = list(recovered.positions.values())
        positions = array("Q", lines[0] if len(lines) == 1 else merge(*lines))
        if recovered.laid is None:
            self.log.recover(positions)
        else:
            self._is_told = False
            self.log.lay(recovered.laid, positions, self._limits.segment_octets)
        self._is_starting = False
        # Not before the broker is all there.
        self._agenda.soon(self._retain)

    @property
    def is_paused(self) -> bool:
        """Nobody is served for now."""
        return self.log.is_paused

    def pause(self, _node: str) -> None:
        """Serve nobody until it goes on: this node, which leads the stream, can't keep it."""
        self.log.is_paused = True

    def go_on(self) -> None:
        """Serve as before."""
        self.log.is_paused = False
        self.consumers.serve_all()

    @property
    def ready(self) -> Index:
        """What there is to read; its `count` is the stream's."""
        return self.log.index

    # Readers ---------------------------------------------------------------------------------

    def check_reader(
        self, arguments: Table, *, prefetch_count: int, no_ack: bool, is_limited: bool
    ) -> None:
        """Raises what RabbitMQ says to a consumer that can't read a stream.

        is_limited: by basic.qos with global.
        """
        start_of(str(self), arguments, self._agenda.wall_clock)
        if not prefetch_count:
            raise PreconditionFailed(f"consumer prefetch count is not set for '{self}'")
        if no_ack:
            raise Unsupported(f"automatic acknowledgement not supported by stream queues {self}")
        if is_limited:
            raise Unsupported(f"{self} does not support global qos")

    def subscribe(self, consumer: Consumer) -> None:
        """A new reader, where its arguments say; it has to resume before it gets anything."""
        start = start_of(str(self), consumer.arguments, self._agenda.wall_clock)
        reader = Reader(consumer, self.log, filter_of(consumer.arguments))
        reader.offset = self.offset_of(start)
        if start.since_s is not None:
            reader.since = self.log.since(start.since_s)
        self._add(reader)

    def offset_of(self, start: Start) -> int:
        """Where a reader begins; at a time, what is there may be less than a block too old."""
        index = self.log.index
        if start.since_s is not None:
            return index.first_since(start.since_s)
        if start.is_last:
            return max(index.first, index.end - 1)
        if start is NEXT:
            return index.end
        return max(index.first, start.offset)

    def _add(self, reader: Reader) -> None:
        self.consumers.add(reader)
        self.log.is_read = True
        self._note(reader)

    def _note(self, reader: Reader) -> None:
        """What is not safe yet may get other offsets from whoever leads the stream next."""
        if not reader.since:
            reader.consumer.reached = min(reader.offset, self.log.safe_end)

    def adopt(self, consumer: Consumer) -> None:
        """A reader of what stood for the stream before goes on where he was."""
        if consumer.reached is None:
            self.subscribe(consumer)
            return
        reader = Reader(consumer, self.log, filter_of(consumer.arguments))
        reader.offset = max(self.log.index.first, consumer.reached)
        self._add(reader)

    def unsubscribe(self, consumer: Consumer) -> None:
        """The reader has gone; a stream stays."""
        if self.is_deleted:
            return
        self.consumers.remove(consumer)
        if not len(self.consumers):
            self.log.is_read = False
            self.log.recent.clear()

    def pump(self) -> None:
        """Serve the readers that have room again."""
        self.consumers.serve_due()

    def touch(self) -> None:
        """A stream does not expire."""

    def check_deletion(self, *, if_unused: bool, if_empty: bool) -> None:
        """RabbitMQ heeds neither for a stream."""

    # What a queue does and a stream can't ----------------------------------------------------

    def get(self) -> NoReturn:
        raise Unsupported(f"basic.get not supported by stream queues {self}")

    def purge(self) -> NoReturn:
        raise Unsupported(f"queue.purge not supported by stream queues {self}")

    def refuses(self, _message: Message) -> bool:
        """The oldest messages make room, and nobody hears of it."""
        return False

    def reject(self, _messages: Iterable[Message]) -> NoReturn:
        """Nothing that was taken goes back, as nothing was taken."""
        raise Unsupported(f"basic.nack and basic.reject not supported by stream queues {self}")

    def settle(self, _message: Message) -> None:
        """What a reader has acknowledged stays."""

    def settle_all(self, _positions: Sequence[int]) -> None:
        """The same for many."""

    def mark_delivered(self, _message: Message) -> None:
        """Nor does it matter who has got it."""

    @property
    def is_loading(self) -> bool:
        """Nobody gets, so nobody waits for what is on disk."""
        return False

    def when_loaded(self, action: Callable[[], None]) -> None:
        self._agenda.soon(action)

    def requeue(self, _messages: Iterable[Message]) -> None:
        """A reader has gone with messages it had not acknowledged. They are where they were."""

    hand_back = requeue

    # The end ---------------------------------------------------------------------------------

    def delete(self) -> int:
        """The end, called by the vhost: tells the readers. RabbitMQ counts no message."""
        for consumer in self._end():
            # Next turn: whoever deletes the stream hears of it before its readers do.
            self._agenda.soon(consumer.queue_gone)
        self.log.forget()
        return 0

    def give_way(self, successor: AnyQueue) -> list[Consumer]:
        """Another object stands for the stream, and has its messages; see replacing.py. The
        readers that go on there."""
        self.successor = successor
        for reader in self.consumers.readers():
            self._note(reader)
        return self._end()

    def _end(self) -> list[Consumer]:
        """Serve nobody any more: the readers there were."""
        self.is_deleted = True
        consumers = list(self.consumers)
        for consumer in consumers:
            self.consumers.remove(consumer)
        self.tally.close(self)
        return consumers
