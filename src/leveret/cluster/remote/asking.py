"""What is asked of a home, and what its answers mean.

Rule: a question of a mirrored queue outlives its home: it is asked again of the next, until that
answers or nobody waits for it any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from leveret.broker import errors
from leveret.broker.queues.distant import Counts, Got, Question
from leveret.cluster.remote import frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from leveret.broker.message import Message
    from leveret.broker.queues.distant import Waiting
    from leveret.cluster.remote.frames import Answer, Carried, Frame

Told = TypeVar("Told")

REFUSALS: Final[dict[int, type[errors.Refused]]] = {
    each.code: each
    for each in (
        errors.AccessRefused,
        errors.NotFound,
        errors.ResourceLocked,
        errors.PreconditionFailed,
        errors.SyntaxRefused,
        errors.CommandInvalid,
        errors.NotAllowed,
        errors.Unsupported,
        errors.Unavailable,
        errors.Undone,
    )
}


def refusal_of(told: frames.Declined) -> errors.Refused:
    """The home's refusal, as if it were this broker's own."""
    return REFUSALS.get(told.code, errors.NotFound)(told.text)


class Asked(Protocol):
    """Something asked of a home, which hears of it once."""

    def frame(self, number: int) -> Frame:
        """How it is said, with the number that the answer will have."""

    def hear(self, told: Answer) -> None:
        """The home's answer."""

    def lost(self) -> None:
        """The home is lost and will not answer."""


class Place(Protocol):
    """The queue that is asked about."""

    vhost_name: str
    name: str
    ready: Waiting

    def take(self, carried: Carried, delivery: int) -> Message:
        """A message that has come."""

    def hand_back(self, messages: Iterable[Message]) -> None:
        """Nobody wants them any more."""


class Questions:
    """Those of a queue's sessions that stand out."""

    def __init__(self, queue: Place) -> None:
        self._queue = queue
        self._all: dict[Standing[Any], None] = {}

    def counting(self, number: int) -> Frame:
        """How it is asked how much waits."""
        return frames.Ask(number, self._queue.vhost_name, self._queue.name)

    def counts(self) -> Standing[Counts]:
        return self._add(Question(), self.counting, self._counted)

    def _counted(self, told: frames.Counted) -> Counts:
        self._queue.ready.count = told.messages
        return Counts(told.messages, told.consumers)

    def get(self) -> Standing[Got | None]:
        def frame(number: int) -> Frame:
            return frames.Get(number, self._queue.vhost_name, self._queue.name)

        return self._add(Question(self._not_got), frame, self._got)

    def _got(self, told: frames.Found | frames.Nothing) -> Got | None:
        queue = self._queue
        if isinstance(told, frames.Nothing):
            queue.ready.count = 0
            return None
        queue.ready.count = told.left
        return Got(queue.take(told.message, told.delivery), told.redelivered, told.left)

    def _not_got(self, got: Got | None) -> None:
        if got is not None:
            self._queue.hand_back([got.message])

    def purge(self) -> Standing[int]:
        def frame(number: int) -> Frame:
            return frames.Purge(number, self._queue.vhost_name, self._queue.name)

        return self._add(Question(), frame, self._gone)

    def deletion(self, *, if_unused: bool, if_empty: bool) -> Standing[int]:
        def frame(number: int) -> Frame:
            queue = self._queue
            return frames.Delete(number, queue.vhost_name, queue.name, if_unused, if_empty)

        standing = self._add(Question(), frame, self._gone)
        standing.is_deletion = True
        return standing

    def _gone(self, told: frames.Counted) -> int:
        self._queue.ready.count = 0
        return told.messages

    def _add(
        self, question: Question[Told], frame: Callable[[int], Frame], answer: Callable[[Any], Told]
    ) -> Standing[Told]:
        standing = Standing(self, question, frame, answer)
        self._all[standing] = None
        return standing

    def waiting(self) -> list[Standing[Any]]:
        """Those that somebody still wants to know, oldest first."""
        self._all = {each: None for each in self._all if not each.question.is_abandoned}
        return list(self._all)

    def discard(self, standing: Standing[Any]) -> None:
        self._all.pop(standing, None)

    def refuse(self, refusal: errors.Refused) -> None:
        """Nobody will answer."""
        for standing in self.waiting():
            standing.refuse(refusal)

    def deleted(self, refusal: errors.Refused) -> list[Standing[Any]]:
        """The queue is no more. Those who asked for that are left: their home may yet say how many
        messages went with it."""
        left = []
        for standing in self.waiting():
            if standing.is_deletion:
                standing.is_over = True
                left.append(standing)
            else:
                standing.refuse(refusal)
        return left


class Standing(Generic[Told]):
    """A question that stands out; see Asked.

    is_deletion: of the queue. is_over: that is done, whatever is answered.
    """

    def __init__(
        self,
        among: Questions,
        question: Question[Told],
        frame: Callable[[int], Frame],
        answer: Callable[[Any], Told],
    ) -> None:
        self.question = question
        self.frame = frame
        self.is_deletion = self.is_over = False
        self._among = among
        self._answer = answer

    def hear(self, told: Answer) -> None:
        self._among.discard(self)
        if not isinstance(told, frames.Declined):
            self.question.answer(self._answer(told))
        elif self.is_over:
            self.lost()
        else:
            self.question.refuse(refusal_of(told))

    def lost(self) -> None:
        """Its queue knows what is to become of it, unless it is no more."""
        if self.is_over:
            self.hear(frames.Counted(0, 0, 0))

    def refuse(self, refusal: errors.Refused) -> None:
        """Nobody will answer."""
        self._among.discard(self)
        self.question.refuse(refusal)


def _nothing() -> None:
    """It is asked again elsewhere, or needs no answer."""


class Once:
    """What a queue asks for itself, of one home. hear: the answer; lost: there will be none."""

    def __init__(
        self,
        frame: Callable[[int], Frame],
        hear: Callable[[Answer], None],
        lost: Callable[[], None] = _nothing,
    ) -> None:
        self.frame = frame
        self.hear = hear
        self.lost = lost
