"""A publish that found no queue, as it is remembered for people to look at.

Rule: only those publishes pay for it that go nowhere.
"""

from __future__ import annotations

from typing import NamedTuple

from leveret.broker.message import exchange_of, routing_key_of


class Unrouted(NamedTuple):
    """A publish that went nowhere.

    time: seconds since 1970.
    address: the exchange and routing key, as `Message.address`.
    connection: its name. channel: its number, 0 where there is none (over HTTP).
    is_returned: the publisher asked for it back (mandatory), and has it.
    """

    time: float
    address: bytes
    user: str
    connection: str
    channel: int
    is_returned: bool

    @property
    def exchange(self) -> str:
        return exchange_of(self.address)

    @property
    def routing_key(self) -> str:
        return routing_key_of(self.address)

    @property
    def outcome(self) -> str:
        """As people are told of it."""
        return "returned" if self.is_returned else "dropped"
