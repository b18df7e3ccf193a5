"""The states of a connection and the methods that lead from one to the next (book 2.2.4).

Rule: whatever affects the order of connection methods stands in this table.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.wire.methods import Method


class State(Enum):
    """Where a connection is. The value is RabbitMQ's name for it, which peers get to read."""

    GREETING = "pre_init"  # waits for the protocol header
    STARTING = "starting"  # start is sent
    TUNING = "tuning"  # tune is sent
    OPENING = "opening"  # tune-ok has come
    OPEN = "running"
    CLOSING = "closing"  # close is sent; only its answer counts
    CLOSED = "closed"


NEXT: Final[dict[tuple[State, type[Method]], State]] = {
    (State.STARTING, methods.ConnectionStartOk): State.TUNING,
    (State.TUNING, methods.ConnectionTuneOk): State.OPENING,
    (State.OPENING, methods.ConnectionOpen): State.OPEN,
    (State.OPEN, methods.ConnectionUpdateSecret): State.OPEN,
    (State.OPEN, methods.ConnectionClose): State.CLOSED,
}

# Until the peer has shown who it is, it gets no explanation: RabbitMQ hangs up, and so do we.
UNEXPLAINED: Final = frozenset({State.GREETING, State.STARTING, State.TUNING})
