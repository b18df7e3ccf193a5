"""What is wrong with a history: the four promises, judged from what clients saw and nothing else.

Rule: it never complains of what a correct cluster may do. What is merely unknown (a publish without
an answer, an ack that may not have been heard) is judged by nobody; a history that was not drained,
or in which nothing was confirmed, proves nothing and is refused.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from tests.cluster.chaos.history import (
    Acked,
    Claimed,
    Confirmed,
    Delivered,
    Drained,
    Event,
    FenceConfirmed,
    FenceDelivered,
    Message,
)

# How long two nodes may both say that they serve: one that is cut off cannot know at once, and
# whatever it confirms to nobody does no harm.
CLAIMS_S_MAX = 20.0
# A node that did not answer for so long may have been anything in between.
SILENCE_S_MAX = 3.0


class Promise(Enum):
    LOST = "confirmed and lost"
    CAME_BACK = "settled and came back"
    DISORDER = "out of its channel's order"
    TWO_SERVE = "served by two nodes"
    CHANGED = "another message at its offset"
    SKIPPED = "passed over"
    NOT_WHOLE = "not whole again"
    INCONCLUSIVE = "proves nothing"


@dataclass(frozen=True, slots=True)
class Violation:
    promise: Promise
    what: str

    def __str__(self) -> str:
        return f"{self.promise.value}: {self.what}"


def check(events: Iterable[Event], claims_s_max: float = CLAIMS_S_MAX) -> list[Violation]:
    events = list(events)
    return [
        *_inconclusive(events),
        *_lost(events),
        *_came_back(events),
        *_out_of_order(events),
        *two_serve(events, claims_s_max),
    ]


def _inconclusive(events: list[Event]) -> Iterator[Violation]:
    if not any(isinstance(event, Confirmed) for event in events):
        yield Violation(Promise.INCONCLUSIVE, "nothing was confirmed")
    if not any(isinstance(event, Drained) for event in events):
        yield Violation(Promise.INCONCLUSIVE, "it was not drained")


def _lost(events: list[Event]) -> Iterator[Violation]:
    """Whatever was confirmed came out, once at least; known only when all has come out."""
    if not any(isinstance(event, Drained) for event in events):
        return
    delivered = {event.message for event in events if isinstance(event, Delivered)}
    for event in events:
        if isinstance(event, Confirmed) and event.message not in delivered:
            yield Violation(Promise.LOST, str(event.message))


def _came_back(events: list[Event]) -> Iterator[Violation]:
    """A message is settled for certain when a fence that its consumer had published behind the ack
    was confirmed and came out of the queue, and the message had not come again before it: whichever
    node gave out the fence had nothing in front of it any more."""
    settling = Settling()
    for event in events:
        match event:
            case Acked(message, consumer):
                settling.ack(message, consumer)
            case FenceConfirmed(fence, consumer):
                settling.fence(fence, consumer)
            case FenceDelivered(fence):
                settling.see_fence(fence)
            case Delivered(message):
                if settling.comes_again(message):
                    yield Violation(Promise.CAME_BACK, f"{message} to {event.consumer}")


class Settling:
    """Which messages were acked, fenced, and settled for certain."""

    def __init__(self) -> None:
        self._acked: dict[str, set[Message]] = defaultdict(set)
        self._fenced: dict[int, set[Message]] = {}
        self._seen_fences: set[int] = set()
        self.settled: set[Message] = set()

    def ack(self, message: Message, consumer: str) -> None:
        self._acked[consumer].add(message)

    def fence(self, fence: int, consumer: str) -> None:
        covered = self._acked.pop(consumer, set())
        if fence in self._seen_fences:  # It came out before its confirm was read.
            self.settled |= covered
        else:
            self._fenced[fence] = covered

    def see_fence(self, fence: int) -> None:
        self._seen_fences.add(fence)
        self.settled |= self._fenced.pop(fence, set())

    def comes_again(self, message: Message) -> bool:
        """Whether it must not. One that may is no longer about to be settled."""
        for pending in (*self._acked.values(), *self._fenced.values()):
            pending.discard(message)
        if message not in self.settled:
            return False
        self.settled.discard(message)  # Told once; it may be settled anew.
        return True


def _out_of_order(events: list[Event]) -> Iterator[Violation]:
    """Who is seen for the first time, unflagged, behind a later one of the same channel."""
    seen: set[Message] = set()
    furthest: dict[str, int] = defaultdict(int)
    for event in events:
        if not isinstance(event, Delivered):
            continue
        message = event.message
        is_new = message not in seen and not event.is_redelivered
        if is_new and message.ordinal < furthest[message.line]:
            yield Violation(Promise.DISORDER, f"{message} came behind {furthest[message.line]}")
        seen.add(message)
        furthest[message.line] = max(furthest[message.line], message.ordinal)


@dataclass(frozen=True, slots=True)
class Reign:
    """A node said each time it was asked, without a pause, that it serves the queue."""

    node: str
    first_s: float
    last_s: float


def two_serve(events: list[Event], claims_s_max: float) -> Iterator[Violation]:
    reigns = list(_reigns(event for event in events if isinstance(event, Claimed)))
    for number, one in enumerate(reigns):
        for other in reigns[number + 1 :]:
            both_s = min(one.last_s, other.last_s) - max(one.first_s, other.first_s)
            if one.node != other.node and both_s > claims_s_max:
                nodes = f"{one.node} and {other.node}"
                yield Violation(Promise.TWO_SERVE, f"{nodes} for {both_s:.1f} s")


def _reigns(claims: Iterable[Claimed]) -> Iterator[Reign]:
    """Counted from the answer of the first to the asking of the last: it was so in between."""
    by_node: dict[str, list[Claimed]] = defaultdict(list)
    for claim in claims:
        by_node[claim.node].append(claim)
    for node, said in by_node.items():
        open_reign: Reign | None = None
        for claim in said:
            is_on_time = open_reign and claim.asked_s - open_reign.last_s <= SILENCE_S_MAX
            if open_reign and not (claim.serves and is_on_time):
                yield open_reign
                open_reign = None
            if claim.serves:
                first_s = open_reign.first_s if open_reign else claim.answered_s
                open_reign = Reign(node, first_s, max(first_s, claim.asked_s))
        if open_reign:
            yield open_reign
