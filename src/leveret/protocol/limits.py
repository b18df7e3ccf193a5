"""How far a connection may go, in one place with the reasons; 0 means no limit, where that may be.

What all of a node's clients may have together stands in broker/node_limits.py, what users and
virtual hosts may have in broker/limits.py; docs/limits.md lists all of it.
"""

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
    connections_max: sockets at once; whoever comes then is shown out before a word is said.
    unacked_max: deliveries that a consumer without a prefetch limit, and a channel by basic.get,
        may leave unacknowledged. RabbitMQ has no such limit.
    output_bytes_max: octets that a peer may leave unread before nothing more is read from it: what
        is returned to a publisher that never reads must stop somewhere. Far above what consumers
        are given ahead, since a simple client may publish in a row and read afterwards.
    """

    channel_max: int = 2047
    frame_max: int = 131_072
    heartbeat_s: int = 60
    message_bytes_max: int = 134_217_728
    handshake_s: float = 10.0
    connections_max: int = 0
    unacked_max: int = 0
    output_bytes_max: int = 67_108_864
