"""Time to live: of messages (`x-message-ttl`, the expiration property) and of unused queues
(`x-expires`).

Rule, as RabbitMQ's classic queues have it: a message leaves when its time is over and it stands
at the head. One that expires behind a longer-lived head waits for that head. A head that is not
in memory is looked at when it has been read.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.agenda import Agenda, Timer
    from leveret.broker.message import Message
    from leveret.broker.queues.priority import PriorityReady
    from leveret.broker.queues.ready import Ready


class MessageExpiry:
    """Drops a queue's messages when their time is over.

    While all have the queue's own time, each head's is over after that of the one before, and a
    look at the clock is all that a delivery costs.

    ttl_ms: the queue's own limit; a message's expiration counts where it is shorter.
    expired: called with those that were dropped.
    """

    __slots__ = (
        "_agenda",
        "_expired",
        "_is_paused",
        "_is_uniform",
        "_ready",
        "_since",
        "_timer",
        "_timer_deadline",
        "_ttl_s",
    )

    def __init__(
        self,
        agenda: Agenda,
        ready: Ready | PriorityReady,
        ttl_ms: int | None,
        expired: Callable[[list[Message]], None],
    ) -> None:
        self._ttl_s = inf if ttl_ms is None else ttl_ms / 1000
        self._expired = expired
        self._agenda = agenda
        self._ready = ready
        self._is_uniform = True
        self._is_paused = False
        self._timer: Timer | None = None
        # Until then nothing is over, if all have the queue's own time.
        self._timer_deadline = 0.0
        # The time of those that came before time mattered runs from here.
        self._since = agenda.clock()

    def limit(self, ttl_ms: int | None) -> None:
        """Another limit of the queue's own, also for what waits already."""
        self._ttl_s = inf if ttl_ms is None else ttl_ms / 1000
        self.look()

    def begin(self, message: Message) -> None:
        """The message's time starts to run."""
        message.published_at = self._agenda.clock()
        if message.traits is not None and message.traits.ttl_ms is not None:
            self._is_uniform = False

    def mix(self) -> None:
        """Some of the messages that are there now have times of their own."""
        self._is_uniform = False

    def is_over_at_once(self, message: Message) -> bool:
        """A time to live of 0 means: to a consumer now or not at all."""
        return self._ttl_s_of(message) == 0

    def added(self, message: Message) -> None:
        """It waits now: nothing changes when its time is over after that of the one watched."""
        if self._timer is None or self._deadline(message) < self._timer_deadline:
            self._watch(self._first_deadline())

    def look(self) -> None:
        """Other messages stand at the head, perhaps ones whose time is over before others'."""
        self.stop()
        self.drop_expired()

    def pause(self, *, is_paused: bool) -> None:
        """What is over meanwhile goes when it goes on."""
        self._is_paused = is_paused
        self.look()

    def drop_expired(self) -> None:
        """Take out what is over, and watch the new head."""
        if self._is_paused:
            return
        now = self._agenda.clock()
        if self._is_uniform and self._timer is not None and now < self._timer_deadline:
            return
        deadline = self._first_deadline()
        if deadline <= now:
            dropped = self._ready.drop_while(lambda message: self._deadline(message) <= now)
            if dropped:
                self._expired(dropped)
            deadline = self._first_deadline()
        self._watch(deadline)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _first_deadline(self) -> float:
        return min(map(self._deadline, self._ready.heads()), default=inf)

    def _watch(self, deadline: float) -> None:
        """Have `drop_expired` called when the first head's time is over."""
        if (
            self._is_paused
            or deadline == inf
            or (self._timer is not None and self._timer_deadline <= deadline)
        ):
            return
        self.stop()
        self._timer_deadline = deadline
        self._timer = self._agenda.at(deadline, self._timer_fired)

    def _timer_fired(self) -> None:
        self._timer = None
        self.drop_expired()

    def _ttl_s_of(self, message: Message) -> float:
        traits = message.traits
        if traits is None or traits.ttl_ms is None:
            return self._ttl_s
        # Seen anew with each message, as some come from before the start.
        self._is_uniform = False
        return min(traits.ttl_ms / 1000, self._ttl_s)

    def _deadline(self, message: Message) -> float:
        return (message.published_at or self._since) + self._ttl_s_of(message)


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
