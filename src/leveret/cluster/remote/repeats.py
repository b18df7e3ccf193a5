"""What a peer says again because it was not answered: a queue gets nothing twice that it has.

A publish may be taken and its answer lost with the link. The peer says it again to whoever leads
the queue then; when that is the one who took it, it is known here by its number, the first ticket.

    taken      after < number <= last
    unknown    anything else: it is taken, as nothing that was confirmed may be lost

Rule: a peer says what it publishes to a queue in the order of its numbers, and what was not
answered before anything newer. Numbers are of one run of the peer; what is known is of one reign
over the queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    from leveret.broker.queues.queue import Queue
    from leveret.broker.streams.stream import Stream

    AtHome: TypeAlias = "Queue | Stream"


class _Span:
    """The numbers that one queue has taken. Those up to `after` it may have refused."""

    __slots__ = ("after", "last")

    def __init__(self, after: int) -> None:
        self.after = self.last = after


class Repeats:
    """Of one run of one peer."""

    def __init__(self) -> None:
        self._spans: dict[AtHome, _Span] = {}

    def has(self, queue: AtHome, number: int) -> bool:
        """Whether the queue has taken it, for certain."""
        span = self._spans.get(queue)
        return span is not None and span.after < number <= span.last

    def took(self, queue: AtHome, number: int) -> None:
        span = self._spans.get(queue)
        if span is None:
            span = self._spans[queue] = _Span(number - 1)
        span.last = max(span.last, number)

    def refused(self, queue: AtHome, number: int) -> None:
        """Up to here nothing is certain."""
        self._spans[queue] = _Span(number)

    def sweep(self) -> None:
        """Forget the queues that are gone, or led by somebody else."""
        for queue in [each for each in self._spans if each.is_deleted]:
            del self._spans[queue]
