"""The engine of a broker that keeps nothing: all it has is gone with it.

Rule: as nothing is ever durable, nothing waits for it, and nobody asks for messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NoReturn

from leveret.broker.ports import Recovered, Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from leveret.broker.changes import Change
    from leveret.broker.message import Message


class NoMessages:
    """The store that is never to be asked: no queue of this broker has a number."""

    def append(self, message: Message, queues: tuple[int, ...]) -> None:
        _refuse(message, queues)

    def adopt(self, message: Message, queues: tuple[int, ...]) -> None:
        _refuse(message, queues)

    def settle(self, queue: int, position: int) -> None:
        _refuse(queue, position)

    def settle_all(self, queue: int, positions: Sequence[int]) -> None:
        _refuse(queue, positions)

    def delivered(self, queue: int, position: int) -> None:
        _refuse(queue, position)

    def forget(self, queue: int, positions: Sequence[int]) -> None:
        _refuse(queue, positions)

    def read(
        self, positions: Sequence[int], take: Callable[[list[Message]], None], queue: int = 0
    ) -> None:
        _refuse(positions, take, queue)

    def recovered(self, queue: int) -> Recovered:
        _refuse(queue)


def _refuse(*asked: object) -> NoReturn:
    raise AssertionError(f"a broker that keeps nothing was asked for messages: {asked}")


class NoCatalogue:
    """Everything is forgotten; the broker's own memory is all there is."""

    def load(self) -> Iterable[Change]:
        return ()

    def commit(self, change: Change) -> None:
        """There is nothing to keep it in."""


class NoWaiting:
    """Everything is as safe as it will ever be."""

    batch: ClassVar[int] = 0
    demands: ClassVar[int] = 0
    is_behind: ClassVar[bool] = False

    def demand(self) -> None:
        """What is asked for is true already."""

    def when_durable(self, action: Callable[[], None]) -> None:
        action()


NO_WAITING: Final = NoWaiting()
MEMORY: Final = Storage(
    messages=NoMessages(),
    catalogue=NoCatalogue(),
    durability=NO_WAITING,
    spill=None,
    spilling=NO_WAITING,
    keeps_messages=False,
)
