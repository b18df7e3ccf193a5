"""The limits of a connection, in one place with their reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server offers in connection.tune, and what it never goes beyond.

    channel_max: open channels on one connection; RabbitMQ's default, enough for any client seen.
    frame_max: octets in a frame, head and end included; RabbitMQ's default.
    heartbeat_s: silence that is normal; a peer silent twice as long is gone. 0 turns it off.
    message_bytes_max: octets in a body, RabbitMQ 3.x's default; a bigger one is refused before
        it is received.
    handshake_s: from the first octet to connection.open; a peer that stalls is dropped.
    """

    channel_max: int = 2047
    frame_max: int = 131_072
    heartbeat_s: int = 60
    message_bytes_max: int = 134_217_728
    handshake_s: float = 10.0
