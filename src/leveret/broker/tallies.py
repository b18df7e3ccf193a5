"""What is counted of messages: what was published, delivered, acknowledged, lost on the way.

Hot path: bench/results.md, every throughput row. A publish counts itself in its channel and in its
Route; what that means for exchange, queues and vhost is worked out when somebody looks, or when the
route is forgotten (`fold`). A delivery and its ack count in what one channel and one queue have in
common (`Deliveries`); channel, queue and vhost are sums of those.

Rule: counts of a channel, a queue or a vhost that goes are added to what is left of it, so a sum
never falls. The names are those of RabbitMQ's `message_stats`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

from leveret.broker.latest import nothing_yet

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterable, Iterator

    from leveret.broker.message import Message
    from leveret.broker.queues.deadletter import Reason
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.routing import Route
    from leveret.broker.unroutable import Unrouted


class Deliveries:
    """What one channel has had of one queue, or a sum of such.

    get, deliver, get_no_ack, deliver_no_ack: by basic.get or to a consumer, and whether it has to
    be acknowledged. redeliver: those of all four that had been delivered before.
    returned: rejected or given back, instead of acknowledged.
    """

    __slots__ = (
        "ack",
        "deliver",
        "deliver_no_ack",
        "get",
        "get_empty",
        "get_no_ack",
        "redeliver",
        "returned",
    )

    def __init__(self) -> None:
        self.get = self.get_no_ack = self.get_empty = 0
        self.deliver = self.deliver_no_ack = 0
        self.redeliver = self.ack = self.returned = 0

    def add(self, other: Deliveries) -> None:
        self.get += other.get
        self.get_no_ack += other.get_no_ack
        self.get_empty += other.get_empty
        self.deliver += other.deliver
        self.deliver_no_ack += other.deliver_no_ack
        self.redeliver += other.redeliver
        self.ack += other.ack
        self.returned += other.returned

    def count_get(self, *, no_ack: bool, redelivered: bool) -> None:
        """basic.get has found something."""
        if no_ack:
            self.get_no_ack += 1
        else:
            self.get += 1
        self.redeliver += redelivered

    @property
    def deliver_get(self) -> int:
        """All that was delivered, one way or another."""
        return self.deliver + self.deliver_no_ack + self.get + self.get_no_ack

    @property
    def unacknowledged(self) -> int:
        """How many are out."""
        return self.deliver + self.get - self.ack - self.returned


def total(of: Iterable[Deliveries]) -> Deliveries:
    summed = Deliveries()
    for each in of:
        summed.add(each)
    return summed


class Held(NamedTuple):
    """A message that is out, and who has it.

    connection, channel, user, consumer_tag: empty where nobody here knows; basic.get has no tag.
    delivery_tag: 0 likewise. node: whose client it went to, where that is another node's.
    taker: who counts it as taken, if times can be told of him.
    """

    message: Message
    connection: str = ""
    channel: int = 0
    user: str = ""
    consumer_tag: str = ""
    delivery_tag: int = 0
    node: str = ""
    taker: Taker | None = None


class Taker(Protocol):
    """Who takes messages from queues: a channel."""

    def forget_queue(self, queue: AnyQueue) -> None:
        """It is deleted."""

    def out_of(self, queue: AnyQueue) -> Iterator[Message]:
        """Messages of the queue that are out; if they are many, perhaps not all."""

    def all_out_of(self, queue: AnyQueue) -> Iterator[Message]:
        """All of them, those too that a transaction is to settle."""

    def held(self, queue: AnyQueue) -> Iterator[Held]:
        """The same, and who has them."""


class Departures:
    """How messages have left a queue without anybody taking them.

    died: by reason, and whether they went on as dead letters. purged: dropped by purge.
    taken_out: chosen by hand, to be moved, replayed or deleted (messages/moving.py); those count
        as taken and acknowledged, too.
    """

    __slots__ = ("died", "purged", "taken_out")

    def __init__(self) -> None:
        self.died: Counter[tuple[Reason, bool]] = Counter()
        self.purged = self.taken_out = 0


class QueueTally:
    """What is counted of one queue.

    since: when it was made, in seconds since 1970.
    publish: by clients, through any exchange. taken: by those who take from it, as long as they do.
    gone: by those who did. left: without being taken.
    """

    __slots__ = ("_left", "disk_reads", "disk_writes", "gone", "publish", "since", "taken")

    def __init__(self) -> None:
        self.since = 0.0
        self.publish = 0
        self.disk_reads = self.disk_writes = 0
        # Made when first needed: most queues of many are idle.
        self.gone: Deliveries | None = None
        self.taken: dict[Taker, Deliveries] | None = None
        self._left: Departures | None = None

    @property
    def left(self) -> Departures:
        """Made when first needed, as well."""
        if self._left is None:
            self._left = Departures()
        return self._left

    def begin(self, taker: Taker, deliveries: Deliveries) -> None:
        """Somebody takes from it for the first time."""
        if self.taken is None:
            self.taken = {}
        self.taken[taker] = deliveries

    def end(self, taker: Taker) -> None:
        """A taker is gone, and has given back what was out."""
        if self.taken is None or taker not in self.taken:
            return
        if self.gone is None:
            self.gone = Deliveries()
        self.gone.add(self.taken.pop(taker))

    def close(self, queue: AnyQueue) -> None:
        """The queue is deleted: nobody need think of it any more."""
        takers, self.taken = self.taken, None
        for taker in takers or ():
            taker.forget_queue(queue)

    @property
    def deliveries(self) -> Deliveries | None:
        """All that was ever taken; None when nobody has tried."""
        if self.taken is None and self.gone is None:
            return None
        parts = list(self.taken.values()) if self.taken else []
        return total([*parts, self.gone] if self.gone is not None else parts)

    @property
    def unacknowledged(self) -> int:
        """How many are out."""
        if not self.taken:
            return 0
        return sum(each.unacknowledged for each in self.taken.values())

    def out(self, queue: AnyQueue) -> Iterator[Message]:
        """The messages that are out, as far as their takers can say without long searching."""
        for taker, deliveries in (self.taken or {}).items():
            if deliveries.unacknowledged:
                yield from taker.out_of(queue)


# Why messages died: the queue's type, its dead-letter strategy ("disabled" when they go nowhere),
# and the reason.
Deaths: TypeAlias = "Counter[tuple[str, str, str]]"

DISABLED: Final = "disabled"
AT_MOST_ONCE: Final = "at_most_once"
AT_LEAST_ONCE: Final = "at_least_once"


class VhostTally:
    """What is counted of one vhost.

    publish, routed: messages that clients published, and places they went to.
    confirm, received_confirm, deliveries: of channels that are gone, the last by queue type.
    disk_reads, disk_writes: of queues that are gone.
    letters_confirmed: dead letters whose next queues are sure to have them.
    recv_oct, send_oct: of connections that are gone.
    unroutable: the last publishes that found no queue.
    """

    def __init__(self) -> None:
        self.publish = self.routed = 0
        self.return_unroutable = self.drop_unroutable = 0
        self.unroutable: deque[Unrouted] = nothing_yet()
        self.confirm = self.received_confirm = 0
        self.deliveries: dict[str, Deliveries] = {}
        self.deaths: Deaths = Counter()
        self.letters_confirmed = 0
        self.disk_reads = self.disk_writes = 0
        self.queue_declared = self.queue_created = self.queue_deleted = 0
        self.recv_oct = self.send_oct = 0

    def delivered(self, queue_type: str, deliveries: Deliveries) -> None:
        """A channel has done with a queue of that type."""
        self.deliveries.setdefault(queue_type, Deliveries()).add(deliveries)

    def lose_queue(self, queue: QueueTally) -> None:
        """A queue is deleted."""
        self.queue_deleted += 1
        self.pass_on(queue)

    def pass_on(self, queue: QueueTally) -> None:
        """Another object stands for the queue."""
        self.disk_reads += queue.disk_reads
        self.disk_writes += queue.disk_writes

    def add(self, other: VhostTally) -> None:
        """Another vhost is gone."""
        self.publish += other.publish
        self.routed += other.routed
        self.return_unroutable += other.return_unroutable
        self.drop_unroutable += other.drop_unroutable
        self.confirm += other.confirm
        self.received_confirm += other.received_confirm
        for queue_type, deliveries in other.deliveries.items():
            self.delivered(queue_type, deliveries)
        self.deaths += other.deaths
        self.letters_confirmed += other.letters_confirmed
        self.disk_reads += other.disk_reads
        self.disk_writes += other.disk_writes
        self.queue_declared += other.queue_declared
        self.queue_created += other.queue_created
        self.queue_deleted += other.queue_deleted
        self.recv_oct += other.recv_oct
        self.send_oct += other.send_oct


class Churn:
    """Who has come and gone, of all the connections and channels of a broker."""

    def __init__(self) -> None:
        self.connection_created = self.connection_closed = 0
        self.channel_created = self.channel_closed = 0


# Publishing ----------------------------------------------------------------------------------


def fold(routes: Iterable[Route], tally: VhostTally) -> None:
    """Count in exchanges, queues and the vhost what was published along these routes since the
    last time. What found no way was dropped: where it has to be returned no route counts it."""
    for route in routes:
        count = route.published
        if not count:
            continue
        stored, route.published, route.stored = route.stored, 0, 0
        count_publish(tally, route, count)
        if not route.receivers:
            tally.drop_unroutable += count
        if stored:
            count_stored(route, stored)


def count_publish(tally: VhostTally, route: Route, count: int = 1) -> None:
    """So many messages were published to a route's receivers, by clients."""
    tally.publish += count
    route.exchange.publish_in += count
    for receiver in route.receivers:
        if receiver.tally is not None:
            receiver.tally.publish += count
            route.exchange.publish_out += count
            tally.routed += count


def count_stored(route: Route, count: int = 1) -> None:
    """So many messages were stored for those of a route's receivers that keep them."""
    for receiver in route.receivers:
        if receiver.tally is not None and receiver.number:
            receiver.tally.disk_writes += count
