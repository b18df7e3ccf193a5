"""Whether this node may serve the queues that it leads: only while a majority keeps what becomes of
their messages.

Rule: who has no majority, or whose log has not become safe for too long, stops before anybody else
may begin (members/liveness.py: nobody is gone before 5 s, and a stall is told after 3 s). Who has
a majority again does not know whether somebody has begun meanwhile: he goes on with a queue once
its log has taken a record of his, and never if it is somebody else's by then.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from leveret.cluster.ports import PROOF, Deposed

if TYPE_CHECKING:
    from leveret.cluster.ports import SharedLog


class Served(Protocol):
    """A queue that this node leads. is_deleted: it is gone, or another object stands for it."""

    @property
    def is_deleted(self) -> bool: ...

    def pause(self, node: str) -> None: ...

    def go_on(self) -> None: ...


class Serving:
    """node: this one."""

    def __init__(self, node: str) -> None:
        self._node = node
        self._has_majority = True
        self._served: dict[Served, SharedLog] = {}
        self._paused: set[Served] = set()
        # Logs that are listened to, and those in which nothing becomes safe.
        self._heard: set[SharedLog] = set()
        self._stalled: set[SharedLog] = set()
        # Logs that may be somebody else's, and which loss of the majority they have to outlive.
        self._unproven: dict[SharedLog, int] = {}
        self._losses = 0

    def add(self, queue: Served, shared: SharedLog) -> None:
        """This node serves it from now on, from its log, which it has just written."""
        self._prune()
        self._stalled.discard(shared)
        self._unproven.pop(shared, None)
        if not self._has_majority:
            self._unproven[shared] = self._losses
        self._served[queue] = shared
        if shared not in self._heard:
            self._heard.add(shared)
            shared.on_stalled(lambda is_stalled: self._log_stalled(shared, is_stalled=is_stalled))
        self._look(queue)

    def remove(self, queue: Served) -> None:
        """It has no log any more: nobody else can begin with it, and nobody is asked."""
        self._served.pop(queue, None)
        if queue in self._paused:
            self._paused.remove(queue)
            queue.go_on()
        self._prune()

    def majority(self, *, has_it: bool) -> None:
        """This node sees a majority of the members, or does not."""
        had_it, self._has_majority = self._has_majority, has_it
        self._prune()
        if had_it and not has_it:
            self._losses += 1
            self._unproven = dict.fromkeys(self._served.values(), self._losses)
        elif has_it and not had_it:
            for shared in self._unproven:
                self._prove(shared)
        for queue in self._served:
            self._look(queue)

    def _prove(self, shared: SharedLog) -> None:
        """Ask the majority whether this node still writes it. Who does not hears no answer, and
        has the queue taken from him (Mirroring)."""
        loss = self._losses
        with contextlib.suppress(Deposed):
            shared.when_safe(shared.append(PROOF, b""), lambda: self._proven(shared, loss))

    def _proven(self, shared: SharedLog, loss: int) -> None:
        if self._unproven.get(shared) == loss:
            del self._unproven[shared]
            self._look_at(shared)

    def _log_stalled(self, shared: SharedLog, *, is_stalled: bool) -> None:
        if is_stalled:
            self._stalled.add(shared)
        else:
            self._stalled.discard(shared)
        self._look_at(shared)

    def _look_at(self, shared: SharedLog) -> None:
        self._prune()
        for queue, log in self._served.items():
            if log is shared:
                self._look(queue)

    def _look(self, queue: Served) -> None:
        log = self._served[queue]
        is_served = self._has_majority and log not in self._stalled and log not in self._unproven
        if is_served and queue in self._paused:
            self._paused.remove(queue)
            queue.go_on()
        elif not is_served and queue not in self._paused:
            self._paused.add(queue)
            queue.pause(self._node)

    def _prune(self) -> None:
        """Queues that were deleted, or that another stands for."""
        for queue in [each for each in self._served if each.is_deleted]:
            del self._served[queue]
            self._paused.discard(queue)
        there = set(self._served.values())
        self._heard &= there
        self._stalled &= there
        self._unproven = {log: loss for log, loss in self._unproven.items() if log in there}
