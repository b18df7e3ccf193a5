"""Queues that go although nobody asks for it: their own rules end them, or their connection's end.

Rule: in a cluster that waits until this node may change what all know, and one that is in use again
by then stays. Who asks for such a queue meanwhile comes behind: it is not there for him.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.queues.kinds import AnyQueue


class Retiring:
    """Those of one vhost. when_writable: calls it when something may be changed; remove: deletes a
    queue."""

    def __init__(
        self,
        when_writable: Callable[[Callable[[], object]], None],
        remove: Callable[[AnyQueue], object],
    ) -> None:
        self._when_writable = when_writable
        self._remove = remove
        self._queues: set[AnyQueue] = set()

    def __contains__(self, queue: AnyQueue) -> bool:
        """Whether it is about to go, unless somebody uses it before."""
        return queue in self._queues

    def retire(self, queue: AnyQueue) -> None:
        """It is to go."""
        self._queues.add(queue)
        self._when_writable(lambda: self._end(queue))

    def _end(self, queue: AnyQueue) -> None:
        self._queues.discard(queue)
        if not len(queue.consumers):
            self._remove(queue)
