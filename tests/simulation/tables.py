"""What the oracle keeps: queues and what is in them, channels and what is out, clients."""

from collections import deque
from dataclasses import dataclass, field

from leveret.session.allowance import TURN_BYTES


@dataclass(eq=False)
class Message:
    exchange: str
    key: str
    properties: object
    body: bytes
    position: int = 0


@dataclass(eq=False)
class Item:
    """A message in one queue."""

    message: Message
    rank: int
    deadline: float | None
    is_now_or_never: bool
    redelivered: bool = False

    def is_over(self, now):
        return self.deadline is not None and self.deadline <= now and not self.is_now_or_never

    def __lt__(self, other):
        mine, its = (-self.rank, self.message.position), (-other.rank, other.message.position)
        return mine < its


@dataclass(eq=False)
class Queue:
    name: str
    options: object
    owner: object
    used_at: float
    ready: list = field(default_factory=list)
    consumers: list = field(default_factory=list)
    is_deleted: bool = False

    def drop_expired(self, now):
        ranks = {item.rank for item in self.ready}
        for rank in ranks:
            while True:
                head = next((item for item in self.ready if item.rank == rank), None)
                if head is None or not head.is_over(now):
                    break
                self.ready.remove(head)


@dataclass(eq=False)
class Consumer:
    channel: object
    queue: Queue
    tag: str
    no_ack: bool
    exclusive: bool
    priority: int
    prefetch: int
    is_announced: bool = False

    @property
    def out(self):
        return sum(1 for holder, _item in self.channel.held() if holder is self)

    def can_take(self):
        channel = self.channel
        if channel.client.is_paused:
            return False
        if self.no_ack:
            return True
        if self.prefetch and self.out >= self.prefetch:
            return False
        return not channel.limit or channel.out < channel.limit


@dataclass(eq=False)
class Getter:
    queue: Queue


@dataclass(eq=False)
class Transaction:
    publishes: list = field(default_factory=list)
    settlements: list = field(default_factory=list)


@dataclass(eq=False)
class Channel:
    client: object
    number: int
    is_closing: bool = False
    consumers: dict = field(default_factory=dict)
    unacked: dict = field(default_factory=dict)
    delivery_tag: int = 0
    prefetch: int = 0
    limit: int = 0
    confirms: bool = False
    published: int = 0
    confirmed: int = 0
    transaction: Transaction | None = None
    expected: deque = field(default_factory=deque)

    def held(self):
        """What is out, be it settled in an open transaction."""
        yield from self.unacked.values()
        if self.transaction is not None:
            for deliveries, _requeue in self.transaction.settlements:
                yield from deliveries.values()

    @property
    def out(self):
        return sum(1 for holder, _item in self.held() if isinstance(holder, Consumer))


@dataclass(eq=False)
class Client:
    number: int
    channels: dict = field(default_factory=dict)
    is_slow: bool = False
    is_paused: bool = False
    is_blocked: bool = False
    is_halted: bool = False
    allowance: int = TURN_BYTES
    expected: deque = field(default_factory=deque)

    @property
    def is_waiting(self):
        """What it has said is not dealt with for now."""
        return self.is_blocked or self.is_halted


@dataclass
class Expected:
    """A method that must come next on its channel; `then` is what its coming means."""

    kind: str
    values: dict
    body: bytes | None = None
    then: object = None

    def matches(self, event):
        return (
            event.kind == self.kind
            and all(getattr(event.method, name) == v for name, v in self.values.items())
            and (self.body is None or event.body == self.body)
        )

    def __str__(self):
        return f"{self.kind}({', '.join(f'{k}={v!r}' for k, v in self.values.items())})"
