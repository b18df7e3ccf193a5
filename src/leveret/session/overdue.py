"""Deliveries whose acknowledgement takes too long (RabbitMQ's delivery acknowledgement timeout).

The consumer's argument counts before the queue's rule, and that before the node's setting; 0 means
for ever. What is overdue closes its channel, or goes back to its queue where a policy says so.

Rule: only channels that have such a delivery keep times, and one timer each, which is set for what
may be overdue first and looks again from there. Times are kept per span, not per delivery: a
delivery is overdue when its time is up, or at most a thousandth of that later, never before.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from leveret.session import unacked
from leveret.wire.codes import ReplyCode

if TYPE_CHECKING:
    from leveret.broker.agenda import Agenda, Timer
    from leveret.session.channel import Channel
    from leveret.session.unacked import Holder

_SPANS_PER_TIMEOUT: Final = 1000
_REQUEUE: Final = "requeue"
_NEVER: Final = float("inf")
_TEXT: Final = (
    "delivery acknowledgement on channel {number} timed out. Timeout value used: {timeout_ms} ms. "
    "This timeout value can be configured, see consumers doc guide to learn more"
)


class _Span:
    """Deliveries made at about the same time: up to `last_tag`, from what the span before has."""

    __slots__ = ("began", "ended", "last_tag")

    def __init__(self, tag: int, now: float) -> None:
        self.began = self.ended = now
        self.last_tag = tag


class Overdue:
    """When a channel's deliveries were made, and what becomes of those that stay out too long.

    returned_tag: the last that went back to its queue for that; 0 for none.
    """

    __slots__ = (
        "_agenda",
        "_channel",
        "_shortest_s",
        "_spans",
        "_timer",
        "_timer_at",
        "returned_tag",
    )

    def __init__(self, channel: Channel) -> None:
        self.returned_tag = 0
        self._channel = channel
        self._agenda: Agenda = channel.session.broker.agenda
        # What was delivered before anybody kept times counts from now on.
        self._spans = deque([_Span(channel.delivery_tag, self._agenda.clock())])
        # The shortest time that was ever allowed here.
        self._shortest_s = _NEVER
        self._timer: Timer | None = None
        self._timer_at = _NEVER

    def delivered(self, timeout_ms: int) -> None:
        """The channel's last delivery may stay out for so long; 0 for ever."""
        now = self._agenda.clock()
        if timeout_ms:
            self._allow(timeout_ms / 1000, now + timeout_ms / 1000)
        newest = self._spans[-1]
        if now - newest.began > self._shortest_s / _SPANS_PER_TIMEOUT:
            newest = _Span(0, now)
            self._spans.append(newest)
        newest.ended, newest.last_tag = now, self._channel.delivery_tag

    def rule_changed(self, timeout_ms: int) -> None:
        """What is out may stay out for so long, and may be overdue already."""
        self._allow(timeout_ms / 1000, self._agenda.clock())

    def stop(self) -> None:
        """The channel has ended, or its timer is set anew."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _allow(self, timeout_s: float, look_at: float) -> None:
        self._shortest_s = min(self._shortest_s, timeout_s)
        self._set_timer(look_at)

    def _set_timer(self, at: float) -> None:
        if self._timer is not None and self._timer_at <= at:
            return
        self.stop()
        self._timer_at = at
        self._timer = self._agenda.at(at, self._look)

    def _look(self) -> None:
        """Deal with what is overdue, and look again when the next may be."""
        self._timer = None
        late, next_at = self._find_late()
        out = self._channel.unacked
        hard = [tag for tag in late if not _goes_back(out[tag][0])]
        if hard:
            self._close(out[hard[0]][0])
            return
        if late:
            self._give_back(late)
        if next_at < _NEVER:
            self._set_timer(next_at)

    def _find_late(self) -> tuple[list[int], float]:
        """The overdue, and when the next will be. Oldest first, so that it need not see all."""
        now, late, next_at = self._agenda.clock(), [], _NEVER
        out = self._channel.unacked
        self._forget_before(next(iter(out), self._channel.delivery_tag))
        spans = iter(self._spans)
        span = next(spans)
        for tag, (holder, _message) in out.items():
            while tag > span.last_tag:
                span = next(spans)
            if span.ended + self._shortest_s >= next_at:
                break
            deadline = span.ended + (holder.timeout_ms / 1000 or _NEVER)
            if deadline <= now:
                late.append(tag)
            else:
                next_at = min(next_at, deadline)
        return late, next_at

    def _forget_before(self, tag: int) -> None:
        spans = self._spans
        while len(spans) > 1 and spans[0].last_tag < tag:
            spans.popleft()

    def _close(self, holder: Holder) -> None:
        channel = self._channel
        timeout_ms = holder.timeout_ms
        channel.session.report(
            f"closing channel {channel.number} of {channel.session.peer.name}: a message of "
            f"{holder.queue} was not acknowledged within {timeout_ms} ms"
        )
        reason = _TEXT.format(number=channel.number, timeout_ms=timeout_ms)
        channel.refuse(ReplyCode.PRECONDITION_FAILED, reason, 0)
        channel.session.end_turn()

    def _give_back(self, late: list[int]) -> None:
        channel = self._channel
        self.returned_tag = max(self.returned_tag, late[-1])
        unacked.requeue({tag: channel.unacked.pop(tag) for tag in late})
        channel.session.end_turn()


def _goes_back(holder: Holder) -> bool:
    return holder.queue.rules.consumer_timeout_action == _REQUEUE
