"""Time to live: of messages (`x-message-ttl`, the expiration property) and of unused queues
(`x-expires`).

Rule, as RabbitMQ's classic queues have it: a message leaves when its time is over and it stands
at the head. One that expires behind a longer-lived head waits for that head. A head that is not
in memory is looked at when it has been read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.message import NO_TRAITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda, Timer
    from leveret.broker.message import Message
    from leveret.broker.queues.priority import PriorityReady
    from leveret.broker.queues.ready import Ready


class MessageExpiry:
    """Drops a queue's messages when their time is over.

    ttl_ms: the queue's own limit; a message's expiration counts where it is shorter.
    expired: called with those that were dropped.
    """

    __slots__ = ("_agenda", "_expired", "_ready", "_since", "_timer", "_timer_deadline", "ttl_ms")

    def __init__(
        self,
        agenda: Agenda,
        ready: Ready | PriorityReady,
        ttl_ms: int | None,
        expired: Callable[[list[Message]], None],
    ) -> None:
        self.ttl_ms = ttl_ms
        self._expired = expired
        self._agenda = agenda
        self._ready = ready
        self._timer: Timer | None = None
        self._timer_deadline = 0.0
        # The time of those that came before time mattered runs from here.
        self._since = agenda.clock()

    def limit(self, ttl_ms: int | None) -> None:
        """Another limit of the queue's own, also for what waits already."""
        self.ttl_ms = ttl_ms
        self.stop()
        self.drop_expired()

    def begin(self, message: Message) -> None:
        """The message's time starts to run."""
        message.published_at = self._agenda.clock()

    def is_over_at_once(self, message: Message) -> bool:
        """A time to live of 0 means: to a consumer now or not at all."""
        return self._ttl_ms_of(message) == 0

    def added(self, message: Message) -> None:
        """It waits now: nothing changes when its time is over after that of the one watched."""
        if self._timer is None or self._deadline(message) < self._timer_deadline:
            self.watch()

    def drop_expired(self) -> None:
        """Take out what is over, and watch the new head."""
        now = self._agenda.clock()
        dropped = self._ready.drop_while(lambda message: self._deadline(message) <= now)
        if dropped:
            self._expired(dropped)
        self.watch()

    def watch(self) -> None:
        """Have `drop_expired` called when the first head's time is over."""
        deadline = min(map(self._deadline, self._ready.heads()), default=float("inf"))
        if deadline == float("inf"):
            return
        if self._timer is not None and self._timer_deadline <= deadline:
            return
        self.stop()
        self._timer_deadline = deadline
        self._timer = self._agenda.at(deadline, self._timer_fired)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timer_fired(self) -> None:
        self._timer = None
        self.drop_expired()

    def _ttl_ms_of(self, message: Message) -> float:
        own = (message.traits or NO_TRAITS).ttl_ms
        limits = [ttl_ms for ttl_ms in (own, self.ttl_ms) if ttl_ms is not None]
        return min(limits, default=float("inf"))

    def _deadline(self, message: Message) -> float:
        ttl_ms = self._ttl_ms_of(message)
        return (message.published_at or self._since) + ttl_ms / 1000


class QueueExpiry:
    """Calls `expire` once the queue has gone unused for `idle_ms`."""

    __slots__ = ("_agenda", "_expire", "_idle_s", "_timer", "_used_at")

    def __init__(self, agenda: Agenda, idle_ms: int, expire: Callable[[], None]) -> None:
        self._agenda = agenda
        self._idle_s = idle_ms / 1000
        self._expire = expire
        self._timer: Timer | None = None
        self.touch()

    def touch(self) -> None:
        """The queue was used: the time starts anew."""
        self._used_at = self._agenda.clock()
        if self._timer is None:
            self._timer = self._agenda.at(self._used_at + self._idle_s, self._timer_fired)

    def stop(self) -> None:
        """The queue has a consumer, or is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timer_fired(self) -> None:
        self._timer = None
        deadline = self._used_at + self._idle_s
        if self._agenda.clock() >= deadline:
            self._expire()
        else:
            self._timer = self._agenda.at(deadline, self._timer_fired)
