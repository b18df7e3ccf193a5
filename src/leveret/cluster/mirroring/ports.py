"""What mirroring asks of the rest of a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from leveret.broker.broker import Broker
    from leveret.broker.changes import QueueDeclared
    from leveret.broker.ports import Recovered
    from leveret.broker.queues.queue import Queue
    from leveret.broker.vhost import Vhost
    from leveret.cluster.metadata.changing import Changing
    from leveret.cluster.mirroring.wanted import Locators
    from leveret.cluster.ports import SharedLog, SharedLogs


@dataclass(frozen=True, slots=True)
class Around:
    """What mirroring has of its node.

    members: all names on the roll, in the order of the alphabet.
    ask_to_give: has the leader of a queue give it to another node.
    gather: has the engine of each of these nodes know that a log may lie on them together. Raises
    GatherFailed.
    locators: where a queue begins of which nobody says anything. choose: one of these at random.
    token: what no other log is called.
    """

    node: str
    broker: Broker
    stand: Stand
    logs: SharedLogs
    store: Store
    engine: Engine
    changing: Changing
    tasks: Tasks
    liveness: Liveness
    members: Callable[[], tuple[str, ...]]
    gather: Callable[[tuple[str, ...]], Awaitable[None]]
    ask_to_give: Callable[[str, tuple[str, str], str], Awaitable[None]]
    locators: Locators
    choose: Callable[[Sequence[str]], str]
    token: Callable[[], str]

    def new_log(self, queue: int) -> str:
        """What a log for the queue with this number may be called."""
        return f"q{queue}.{self.token()}"


class GatherFailed(Exception):
    """Some node could not be asked."""


class Move(Protocol):
    """A queue's messages are at two places, both alike and safe."""

    def finish(self) -> None:
        """They are where they went; the other place forgets."""

    def give_up(self) -> None:
        """They are where they were."""


class Store(Protocol):
    """Where the messages are of queues that this node leads (cluster/mirrors)."""

    async def lead(self, queue: int, shared: SharedLog, *, is_stream: bool) -> Recovered:
        """Take the log over and read it. Raises NoMajority."""

    async def move_to_log(self, vhost: Vhost, queue: Queue, shared: SharedLog) -> Move:
        """Copy all that waits, while the queue is in use. Raises NoMajority, MoveLost."""

    async def move_to_own(self, vhost: Vhost, queue: Queue) -> Move:
        """The same into this node's own engine. Raises MoveLost."""

    async def wait_safe(self, queue: int) -> None:
        """Until all that was said of the queue is safe, or lost."""

    def give_up(self, queue: int) -> None:
        """This node leads the queue no more."""


class Stand(Protocol):
    """What stands for a queue in the broker (cluster/remote)."""

    def follow(self, vhost: Vhost, name: str, node: str, *, is_mirrored: bool) -> object:
        """That node leads it or is its home; this one: nobody does, or this node is about to."""


class Engine(Protocol):
    """This node's own engine (metadata/catalogue.py OwnThings)."""

    def expect(self, declared: QueueDeclared) -> None: ...

    def let_go(self, vhost: str, name: str) -> None: ...


class Liveness(Protocol):
    """Who runs, as seen from here (members/liveness.py)."""

    @property
    def living(self) -> frozenset[str]: ...

    @property
    def has_majority(self) -> bool: ...

    @property
    def aside(self) -> frozenset[str]:
        """Those of them that are under maintenance."""

    def on_change(self, action: Callable[[], None]) -> None: ...


class Tasks(Protocol):
    """What may wait, and the clock."""

    def start(self, task: Coroutine[None, None, None]) -> None: ...

    def later(self, delay_s: float, action: Callable[[], None]) -> None: ...
