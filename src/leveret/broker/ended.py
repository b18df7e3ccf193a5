"""The last connections that have ended, and why: for people who ask what became of their client.

Rule: what is said first counts. A connection that was closed by one side is lost afterwards, too.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

By: TypeAlias = Literal["client", "broker", "nobody"]


class Ending(NamedTuple):
    """by: who closed it; nobody where the socket just went. code: AMQP's reply code, 0 for none."""

    by: By
    code: int
    reason: str


LOST: Final = Ending("nobody", 0, "the socket was closed without a connection.close")


class Ended(NamedTuple):
    """A connection that was in a vhost. connected_at, ended_at: seconds since 1970."""

    name: str
    user: str
    vhost: str
    peer_host: str
    peer_port: int
    connected_at: float
    ended_at: float
    ending: Ending
