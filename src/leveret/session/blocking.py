"""Who publishes during an alarm goes no further until it is over, and is told so.

Rule: only publishing blocks, and only the last alarm's end unblocks. That a cluster's majority is
missing is an alarm for those alone that publish to queues with copies on other nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.session import telling
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.session.session import Session
    from leveret.session.throttle import HoldReading

# Why nothing is read from the socket.
ALARM: Final = "alarm"


class Blocking:
    """is_on: the session's client is blocked; since: and since when, in seconds since 1970.

    It watches the broker's alarms.
    """

    __slots__ = ("_hold_reading", "_publishes_copies", "_session", "is_on", "since")

    def __init__(self, session: Session, hold_reading: HoldReading) -> None:
        self.is_on = self._publishes_copies = False
        self.since = 0.0
        self._session = session
        self._hold_reading = hold_reading

    def begin(self) -> None:
        """It publishes while an alarm is on: go no further, and say so if it understands."""
        if self.is_on:
            return
        session = self._session
        reason = session.broker.alarms.reason
        self.is_on, self.since = True, session.broker.agenda.wall_clock()
        telling.connection_blocked(session, reason)
        session.connection.halt()
        self._hold_reading(ALARM, is_held=True)
        if session.client_can("connection.blocked"):
            session.connection.send(0, methods.ConnectionBlocked(reason=reason))

    def has_published_copies(self) -> None:
        """To a queue that has copies on other nodes: it waits while there are too few of them."""
        self._publishes_copies = True
        if self._session.broker.alarms.is_minority:
            self.begin()

    def alarms_changed(self) -> None:
        """An alarm went on or off."""
        alarms, connection = self._session.broker.alarms, self._session.connection
        connection.watch_contents(is_watching=alarms.is_on)
        if self._publishes_copies and alarms.is_minority:
            self.begin()
        elif self.is_on and not alarms.is_on:
            self._end()

    def _end(self) -> None:
        session = self._session
        self.is_on = False
        telling.connection_unblocked(session)
        self._hold_reading(ALARM, is_held=False)
        if session.client_can("connection.blocked"):
            session.connection.send(0, methods.ConnectionUnblocked())
        session.connection.go_on()
        session.end_turn()
