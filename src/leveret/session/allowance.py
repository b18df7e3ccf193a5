"""What one connection may be sent in one turn of the loop.

Hot path: counted down with every delivery.

Without it a connection that consumes from many long queues would have all of them in its output
at once. With it, output holds at most TURN_BYTES of deliveries and one more message.
"""

from __future__ import annotations

from typing import Final

# More than a connection may publish in a turn (server/transport.py), so that a backlog shrinks
# under load; little enough that joining and sending it keeps nobody waiting for long.
TURN_BYTES: Final = 1024 * 1024


# Stands for "as many as you like": deliveries count it down and never reach 0.
UNLIMITED: Final = 1 << 62


class Allowance:
    """octets: what is left of this turn's."""

    __slots__ = ("octets",)

    def __init__(self) -> None:
        self.octets = TURN_BYTES

    def renew(self) -> None:
        self.octets = TURN_BYTES
