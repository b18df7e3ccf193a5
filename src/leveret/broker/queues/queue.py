"""One queue: what is waiting, who is waiting for it, and how the two meet.

Hot path: bench/results.md, 1 KiB auto-ack. A message that finds a ready consumer and nothing
waiting is never enqueued.

Rule: when a consumer can take more and a message waits, a pump or a read from disk is under way.
What is out for acknowledgement is kept by its channel (session/unacked.py) until it comes back.
Order lives in ready.py and priority.py; fairness in consumers.py; time in expiry.py; what holds
for the queue in rules.py, what comes of it in ruled.py; its dealings with the store in keeping.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from leveret.broker.arguments import QUORUM
from leveret.broker.errors import AccessRefused, PreconditionFailed, Unsupported
from leveret.broker.queues.consumers import Consumer, Consumers, SingleActiveConsumer
from leveret.broker.queues.counting import with_count
from leveret.broker.queues.keeping import keep_own
from leveret.broker.queues.paging import WINDOW
from leveret.broker.queues.priority import PriorityReady
from leveret.broker.queues.ready import Backing, Ready
from leveret.broker.queues.ruled import Ruled
from leveret.broker.queues.rules import NO_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.agenda import Agenda
    from leveret.broker.message import Message
    from leveret.broker.policies import Applied
    from leveret.broker.ports import Recovered
    from leveret.broker.queues.deadletter import Reason
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.paging import Paging
    from leveret.broker.tallies import Deaths
    from leveret.wire.values import Table


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """What queue.declare says of a queue besides its name."""

    durable: bool = False
    exclusive: bool = False
    auto_delete: bool = False
    arguments: Table = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueHome:
    """What the queues of a vhost have in common.

    retire: called when a queue's own rules end it (auto-delete, x-expires).
    bury: takes a message that died in a queue with a dead-letter exchange; the queue lets go of it
        when it has arrived (see `let_go`).
    deaths: counts the dead.
    """

    vhost_name: str
    agenda: Agenda
    paging: Paging
    retire: Callable[[Queue], None]
    bury: Callable[[Ruled, Message, Reason], None]
    deaths: Deaths = field(default_factory=Counter)


class Queue(Ruled):
    """A queue and its consumers.

    owner: the connection an exclusive queue belongs to, None for others.
    successor: what stands for the queue now, if this does not any more.
    """

    __slots__ = ("__weakref__", "_awaiting_load", "consumers", "owner", "successor", "vhost_name")

    kind: ClassVar[str] = "queue"

    def __init__(self, home: QueueHome, name: str, options: QueueOptions, number: int = 0) -> None:
        super().__init__(home, name, options, number)
        self.vhost_name = home.vhost_name
        self.owner: object | None = None
        self.successor: AnyQueue | None = None
        self.consumers = _new_consumers(options.arguments)
        # What waits until the first message has been read from disk.
        self._awaiting_load: list[Callable[[], None]] = []
        self.ready = self._new_ready(options.arguments, home.paging)
        if self.rules is not NO_RULES:
            self._apply(NO_RULES)

    def __str__(self) -> str:
        """As error texts name it."""
        return f"queue '{self.name}' in vhost '{self.vhost_name}'"

    # Publishing and delivering ---------------------------------------------------------------

    def publish(self, message: Message) -> None:
        """Hand the message to the next consumer, or keep it until there is one."""
        traits = message.traits
        if self.is_ruled or (traits is not None and traits.ttl_ms is not None):
            self._publish_by_rules(message)
            return
        first = self.consumers.first
        if first and not self.ready.count:
            consumer = first[0]
            first.rotate(-1)
            consumer.deliver(message, False)
        else:
            self.ready.push(message)

    def _publish_by_rules(self, message: Message) -> None:
        if self.keeps_all and not message.is_stored:
            message = keep_own(message, self.number, self._home.paging)
            self.tally.disk_writes += 1
        traits, expiry = message.traits, self.expiry
        if expiry is None and traits is not None and traits.ttl_ms is not None:
            expiry = self._needed_expiry()
        if expiry is not None:
            expiry.begin(message)
        first = self.consumers.first
        if first and not self.ready.count:
            consumer = first[0]
            first.rotate(-1)
            consumer.deliver(message, False)
        elif expiry is not None and expiry.is_over_at_once(message):
            self._die([message], "expired")
        else:
            self._push_by_rules(message)

    def pump(self) -> None:
        """Hand out what waits while somebody can take it."""
        self._drop_expired()
        consumers, ready = self.consumers, self.ready
        while ready.count and consumers.first:
            taken = ready.take()
            if taken is None:
                # It is being read from disk; `_loaded` goes on.
                return
            message, redelivered = taken
            if self.is_ruled:
                message = self._leaving(message, redelivered)
            consumer = consumers.first[0]
            consumers.first.rotate(-1)
            if redelivered:
                consumer.deliveries.redeliver += 1
            consumer.deliver(message, redelivered)
            # Behind a longer-lived head that has just gone one may have expired.
            self._drop_expired()

    def get(self) -> tuple[Message, bool] | None:
        """Take the oldest message and whether it was delivered before.

        None when there is none, or none in memory yet: see `is_loading`. Raises NotFound.
        """
        self.refuse_while_paused()
        self.touch()
        self._drop_expired()
        taken = self.ready.take() if self.ready.count else None
        # What had expired behind it counts no more.
        self._drop_expired()
        if taken is not None and self.is_ruled:
            message = self._leaving(*taken)
            if self.counts_deliveries and not taken[1]:
                # RabbitMQ: basic.get says so, a first delivery to a consumer does not.
                message = with_count(message, 0)
            taken = message, taken[1]
        return taken

    def requeue(self, messages: Iterable[Message]) -> None:
        """Put back what was taken and not settled, each in its original place."""
        if self.is_deleted:
            self._drop(messages)
            return
        for message in messages:
            returned = self._counted(message)
            if returned is not None:
                self.ready.put_back(returned)
                if self.limit is not None:
                    self.limit.added(returned)
        self._drop_excess()
        if self.expiry is not None:
            self.expiry.look()
        self.pump()

    def hand_back(self, messages: Iterable[Message]) -> None:
        """They were on their way to a consumer that could not take them any more: each goes to its
        place again, and nobody counts that as a delivery that failed."""
        if self.is_deleted:
            self._drop(messages)
            return
        for message in messages:
            self.ready.put_back(message)
            if self.limit is not None:
                self.limit.added(message)
        self._drop_excess()
        if self.expiry is not None:
            self.expiry.look()
        self.pump()

    def reject(self, messages: Sequence[Message]) -> None:
        """They were taken, and are not wanted."""
        self._die(messages, "rejected")

    def purge(self) -> int:
        """Drop what waits, not what is out for acknowledgement; how many there were."""
        self.refuse_while_paused()
        cleared = self._clear(self.settle_all)
        self.tally.left.purged += cleared
        return cleared

    # Paused ----------------------------------------------------------------------------------

    def pause(self, node: str) -> None:
        """Serve nobody until it goes on: this node, which leads the queue, can't keep what becomes
        of its messages. Who asks is told what RabbitMQ says of a queue whose home is down."""
        self._pause(f"home node '{node}' of durable {self} is down or inaccessible")
        self.consumers.pause(is_paused=True)

    def go_on(self) -> None:
        """Serve as before."""
        self._pause("")
        self.consumers.pause(is_paused=False)
        self.pump()

    # Stored messages -------------------------------------------------------------------------

    def recover(self, recovered: Recovered) -> None:
        """Take over what the store had before the start. The first message is read at once: it
        may have expired, or do so; the others are read when they are needed."""
        self.returns.update(recovered.deliveries)
        self.ready.recover(recovered.positions)
        if self.limit is not None:
            self.limit.weigh(self._drop_excess)
        self._look()

    @property
    def is_loading(self) -> bool:
        """Something waits, and what comes first is not in memory: `get` returned None for it."""
        return self.ready.is_loading

    def when_loaded(self, action: Callable[[], None]) -> None:
        """Call it later, once there may be something to get, or nothing any more."""
        self._awaiting_load.append(action)
        self._look()
        if not self.ready.is_loading:
            self._stop_awaiting()

    def _look(self) -> None:
        """Have what comes first read if it is on disk."""
        for _ in self.ready.heads():
            pass

    def _loaded(self, messages: list[Message]) -> None:
        """What waited on disk is in memory now."""
        self.tally.disk_reads += len(messages)
        if any(each.traits is not None and each.traits.ttl_ms is not None for each in messages):
            self._needed_expiry().mix()
        if self.expiry is not None:
            self.expiry.look()
        actions, self._awaiting_load = self._awaiting_load, []
        for action in actions:
            action()
        self._drop_excess()
        self.pump()

    def _stop_awaiting(self) -> None:
        """There is nothing to read: who waits for it shall see for himself."""
        for action in self._awaiting_load:
            self._agenda.soon(action)
        self._awaiting_load.clear()

    def _clear(self, done: Callable[[Sequence[int]], None]) -> int:
        cleared = self.ready.clear(done)
        if self.limit is not None:
            self.limit.cleared()
        self._stop_awaiting()
        return cleared

    # Consumers -------------------------------------------------------------------------------

    def subscribe(self, consumer: Consumer) -> None:
        """A new consumer, which has to resume (see Consumers) before it gets anything.

        Raises AccessRefused when it or another wants the queue for itself.
        """
        if self.consumers.refuses(consumer):
            raise AccessRefused(f"{self} in exclusive use")
        if self.unused is not None:
            self.unused.stop()
        self.consumers.add(consumer)

    def adopt(self, consumer: Consumer) -> None:
        """A consumer of what stood for the queue before."""
        if self.consumers.refuses(consumer):
            consumer.queue_gone()
        else:
            self.subscribe(consumer)

    def unsubscribe(self, consumer: Consumer) -> None:
        """The consumer ended. An auto-delete queue goes with its last one."""
        if self.is_deleted:
            return
        self.consumers.remove(consumer)
        if len(self.consumers):
            if self.consumers.first and self.ready.count:
                # A successor is served next turn: what this one held may be about to come back.
                self._agenda.soon(self.pump)
            return
        self.touch()
        if self.options.auto_delete:
            self._retire()

    def touch(self) -> None:
        """The queue was used by something else than a consumer."""
        if self.unused is not None and not len(self.consumers):
            self.unused.touch()

    def follow(self, policy: Applied) -> None:
        super().follow(policy)
        for consumer in self.consumers:
            consumer.rules_changed()

    @property
    def _is_consumed(self) -> bool:
        return len(self.consumers) > 0

    def _retire(self) -> None:
        self._home.retire(self)

    def check_deletion(self, *, if_unused: bool, if_empty: bool) -> None:
        """Raises PreconditionFailed, or Unsupported where RabbitMQ can't tell."""
        asked = [
            name for name, is_asked in (("unused", if_unused), ("empty", if_empty)) if is_asked
        ]
        if self.type == QUORUM and asked:
            raise Unsupported(
                f"cannot delete {self}. queue.delete operations with if-{asked[0]} flag set are "
                "not supported by quorum queues"
            )
        if if_unused and self._is_consumed:
            raise PreconditionFailed(f"{self} in use")
        if if_empty and self.ready.count:
            raise PreconditionFailed(f"{self} not empty")

    def delete(self) -> int:
        """The end, called by the vhost: tells the consumers; how many messages went with it."""
        cleared, consumers = self._end(self._forget_all)
        for consumer in consumers:
            # Next turn: whoever deletes the queue hears of it before its consumers do.
            self._agenda.soon(consumer.queue_gone)
        return cleared

    def give_way(self, successor: AnyQueue) -> list[Consumer]:
        """Another object stands for the queue, and has its messages; see replacing.py. The
        consumers that go on there."""
        self.successor = successor
        # Whatever still comes back concerns nobody.
        self._store = None
        return self._end(_nothing)[1]

    def _end(self, done: Callable[[Sequence[int]], None]) -> tuple[int, list[Consumer]]:
        """Let go of everything: how many messages waited, and the consumers there were."""
        self.is_deleted = True
        for clock in (self.expiry, self.unused):
            if clock is not None:
                clock.stop()
        cleared = self._clear(done)
        self.expiry = self.unused = self.limit = None
        consumers = list(self.consumers)
        for consumer in consumers:
            self.consumers.remove(consumer)
        self.ready.detach()
        self.tally.close(self)
        return cleared, consumers

    def _new_ready(self, arguments: Table, paging: Paging) -> Ready | PriorityReady:
        backing = Backing(paging, self.number, WINDOW, self.returns, self._loaded)
        priority_max = arguments.get("x-max-priority")
        if isinstance(priority_max, int):
            return PriorityReady(priority_max, backing)
        return Ready(backing)


def _nothing(_positions: Sequence[int]) -> None:
    """Somebody else has them."""


def _new_consumers(arguments: Table) -> Consumers | SingleActiveConsumer:
    if arguments.get("x-single-active-consumer") is True:
        return SingleActiveConsumer()
    return Consumers()
