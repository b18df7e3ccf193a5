"""A queue whose home is another node, as this node's sessions see it.

What a queue at hand does at once is asked of the home here, and answered later: a session keeps its
reply until then (session/distant.py). What needs no answer, publishing and settling, has the same
verbs as everywhere. Who brings it to the home implements the abstract ones (cluster/remote/).

Rule: whoever asks either collects the answer or abandons the question; what an answer brought that
nobody collects, a message or a subscription, goes back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, NamedTuple, NoReturn, Protocol, TypeVar

from leveret.broker.arguments import queue_type
from leveret.broker.errors import NotFound, Unsupported
from leveret.broker.policies import NOTHING_APPLIED
from leveret.broker.queues.consumers import Consumer
from leveret.broker.queues.rules import rules_of
from leveret.broker.tallies import QueueTally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from leveret.broker.errors import Refused
    from leveret.broker.message import Message
    from leveret.broker.policies import Applied
    from leveret.broker.queues.consumers import Activity
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import QueueOptions
    from leveret.wire.values import Table

Answer = TypeVar("Answer")


class Counts(NamedTuple):
    """What queue.declare-ok says of a queue."""

    messages: int
    consumers: int


class Got(NamedTuple):
    """What basic.get found. left: how many wait behind it."""

    message: Message
    redelivered: bool
    left: int


class Question(Generic[Answer]):
    """Something asked of a home.

    undo: given an answer that nobody collects. refused: called when there is none.
    is_abandoned: whoever asked is gone.
    """

    __slots__ = (
        "_actions",
        "_answer",
        "_refusal",
        "_refused",
        "_undo",
        "is_abandoned",
        "is_answered",
    )

    def __init__(
        self,
        undo: Callable[[Answer], None] | None = None,
        refused: Callable[[], None] | None = None,
    ) -> None:
        self.is_answered = False
        self._answer: list[Answer] = []
        self._refusal: Refused | None = None
        self.is_abandoned = False
        self._undo = undo
        self._refused = refused
        self._actions: list[Callable[[], None]] = []

    def when_answered(self, action: Callable[[], None]) -> None:
        """Call it once the home has answered, or cannot any more; at once if that is so."""
        if self.is_answered:
            action()
        else:
            self._actions.append(action)

    def collect(self) -> Answer:
        """The answer, once. Raises what the home refused with, or that it is down."""
        assert self.is_answered
        if self._refusal is not None:
            raise self._refusal
        return self._answer.pop()

    def abandon(self) -> None:
        """Whoever asked is gone."""
        self.is_abandoned = True
        self._return()

    def answer(self, answer: Answer) -> None:
        """From the home."""
        self._answer.append(answer)
        self._tell()

    def refuse(self, refusal: Refused) -> None:
        """The home does not, or is gone."""
        self._refusal = refusal
        if self._refused is not None:
            self._refused()
        self._tell()

    def _tell(self) -> None:
        self.is_answered = True
        self._return()
        actions, self._actions = self._actions, []
        for action in actions:
            action()

    def _return(self) -> None:
        if self.is_abandoned and self._answer and self._undo is not None:
            self._undo(self._answer.pop())


class Waiting:
    """What waits at the home, as far as it is known here.

    count: as the home said last.
    """

    __slots__ = ("count",)

    at_hand_count: ClassVar[int] = 0
    octets: ClassVar[int] = 0

    def __init__(self) -> None:
        self.count = 0

    def at_hand(self) -> Iterator[Message]:
        """Nothing of it is here."""
        return iter(())

    def head_at_hand(self) -> None:
        """Nor is the first."""


class Client(Consumer, Protocol):
    """A session's consumer.

    appetite: how many more it may hold. is_limited: by its whole channel, too.
    prefetch_count: how many it may hold; 0 for any number.
    reached: of a stream, the offset that comes next; see streams/reader.py.
    """

    reached: int | None

    @property
    def no_ack(self) -> bool: ...

    @property
    def arguments(self) -> Table: ...

    @property
    def appetite(self) -> int: ...

    @property
    def is_limited(self) -> bool: ...

    @property
    def prefetch_count(self) -> int: ...


class DistantConsumers(ABC):
    """This node's consumers of the queue; those of other nodes are not known here."""

    @property
    @abstractmethod
    def can_take(self) -> bool:
        """A message would find somebody."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def __iter__(self) -> Iterator[Consumer]: ...

    @abstractmethod
    def activity(self, consumer: Consumer) -> Activity:
        """What the consumer is to the queue."""

    @abstractmethod
    def resume(self, consumer: Consumer) -> None:
        """It can take messages."""

    @abstractmethod
    def park(self, consumer: Consumer) -> None:
        """It can't take more for now. Parking twice is no harm."""


class DistantQueue(ABC):
    """A queue that is elsewhere, with the attributes of one that is here.

    home: the node's name.
    owner: who it belongs to when it is exclusive: nobody that is here.
    number: 0: this node's store keeps nothing for it.
    is_mirrored: its messages have copies on other nodes than its home.
    may_refuse: whether it does is known at its home alone.
    successor: what stands for the queue now, if this does not any more.
    """

    kind: ClassVar[str] = "queue"
    number: ClassVar[int] = 0
    is_mirrored: bool = False
    may_refuse: ClassVar[bool] = True

    consumers: DistantConsumers

    def __init__(self, vhost_name: str, name: str, options: QueueOptions, home: str) -> None:
        self.vhost_name = vhost_name
        self.name = name
        self.options = options
        self.home = home
        self.type = queue_type(options.arguments)
        self.owner: object | None = _SOMEBODY_ELSE if options.exclusive else None
        self.is_deleted = False
        self.successor: AnyQueue | None = None
        self.tally = QueueTally()
        self.ready = Waiting()
        self.policy: Applied = NOTHING_APPLIED
        self.rules = rules_of(options.arguments, {})

    def __str__(self) -> str:
        """As error texts name it."""
        return f"queue '{self.name}' in vhost '{self.vhost_name}'"

    # The home --------------------------------------------------------------------------------

    @property
    @abstractmethod
    def is_up(self) -> bool:
        """The home can be reached."""

    def check_home(self) -> None:
        """Raises NotFound when the home is down."""
        if not self.is_up:
            raise self.absence()

    def absence(self) -> NotFound:
        """What RabbitMQ says of a queue whose home is down. A transient one has gone with it."""
        if not self.options.durable:
            return NotFound(f"no {self}")
        return NotFound(f"home node '{self.home}' of durable {self} is down or inaccessible")

    # Without an answer -----------------------------------------------------------------------

    @abstractmethod
    def publish(self, message: Message) -> None:
        """Bring it to the home."""

    @abstractmethod
    def when_taken(self, action: Callable[[bool], None]) -> None:
        """Call it later, when what was just published is safe at the home, or will not be."""

    @property
    @abstractmethod
    def is_behind(self) -> bool:
        """More is on its way to the home than is good: publishers should wait."""

    @abstractmethod
    def when_writable(self, action: Callable[[], None]) -> None:
        """Call it once, when it is not behind any more, or there is no more use in waiting."""

    @abstractmethod
    def settle(self, message: Message) -> None:
        """It was taken, and is done with."""

    @abstractmethod
    def settle_all(self, positions: Sequence[int]) -> None:
        """The same for many, by their positions."""

    @abstractmethod
    def requeue(self, messages: Iterable[Message]) -> None:
        """They were taken, and go back to their places."""

    @abstractmethod
    def reject(self, messages: Sequence[Message]) -> None:
        """They were taken, and are not wanted."""

    @abstractmethod
    def unsubscribe(self, consumer: Consumer) -> None:
        """The consumer ended."""

    @abstractmethod
    def adopt(self, consumer: Client) -> None:
        """A consumer of what stood for the queue before, and was told that it is one."""

    @abstractmethod
    def begin(self, consumer: Consumer) -> None:
        """The consumer was told that it is one: it may be served when it has resumed."""

    @abstractmethod
    def pump(self) -> None:
        """Hand out what is here while somebody can take it."""

    def mark_delivered(self, _message: Message) -> None:  # noqa: B027  # as said
        """The home has done so when it sent it."""

    def refuses(self, _message: Message) -> bool:
        """The home is asked when it has the message; see `when_taken`."""
        return False

    def touch(self) -> None:  # noqa: B027  # as said
        """The home sees for itself that it is used."""

    def follow(self, policy: Applied) -> None:
        """Another policy applies, at the home as here."""
        self.policy = policy
        self.rules = rules_of(self.options.arguments, policy.definition)
        for consumer in self.consumers:
            consumer.rules_changed()

    @abstractmethod
    def give_way(self, successor: AnyQueue) -> list[Client]:
        """Another object stands for the queue: what was said to nobody yet is said to it. The
        consumers that go on there."""

    @abstractmethod
    def delete(self) -> int:
        """It is no more, as the metadata say: tells the consumers. Nothing is counted here."""

    # Asked -----------------------------------------------------------------------------------

    @abstractmethod
    def ask_counts(self) -> Question[Counts]:
        """How much waits, and who consumes."""

    @abstractmethod
    def ask_get(self) -> Question[Got | None]:
        """The oldest message, None when there is none."""

    @abstractmethod
    def ask_purge(self) -> Question[int]:
        """Drop what waits; how many there were."""

    @abstractmethod
    def ask_deletion(self, *, if_unused: bool, if_empty: bool) -> Question[int]:
        """Delete it; how many messages went with it."""

    @abstractmethod
    def ask_subscription(self, consumer: Client, *, prefetch_count: int) -> Question[None]:
        """A new consumer, which has to begin and resume before it gets anything."""

    # What has to be asked, for those who cannot wait ------------------------------------------

    def get(self) -> NoReturn:
        raise self._only_at_home("basic.get")

    def purge(self) -> NoReturn:
        raise self._only_at_home("queue.purge")

    def check_deletion(self, *, if_unused: bool, if_empty: bool) -> None:
        """Raises Unsupported for conditions that the home alone can judge."""
        if if_unused or if_empty:
            raise self._only_at_home("queue.delete with a condition")

    def _only_at_home(self, what: str) -> Unsupported:
        return Unsupported(f"{what} of {self}: ask its home node '{self.home}'")

    @property
    def is_loading(self) -> bool:
        """Nothing is read from a disk here."""
        return False

    def when_loaded(self, _action: Callable[[], None]) -> NoReturn:
        raise AssertionError("nothing is loaded here")

    def recover(self, _recovered: object) -> NoReturn:
        raise AssertionError("this node's store has nothing for it")


class _SomebodyElse:
    """The owner of an exclusive queue that is elsewhere."""


_SOMEBODY_ELSE = _SomebodyElse()
