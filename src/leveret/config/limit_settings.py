"""Limits: the rows of how far a client, and all of them together, may go (protocol/limits.py)."""

from dataclasses import dataclass

from leveret.config import values
from leveret.config.rows import setting

FRAME_BYTES_MIN = 4096  # AMQP 4.2.3: no peer may ask for less.
FRAME_BYTES_MAX = 2**31 - 1
TIMEOUT_MS_MAX = 10 * 365 * 24 * 60 * 60 * 1000  # As queues' own time arguments have it.
MESSAGE_BYTES_MAX = 512 * 1024 * 1024  # RabbitMQ 3.x takes no larger limit.


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """Each field is a row of the table."""

    channel_max: int = setting(
        2047,
        values.whole_number(0, 65535),
        "channels a connection may open, 0 for no limit",
        key="channel_max",
    )
    frame_max: int = setting(
        131072,
        values.size(FRAME_BYTES_MIN, FRAME_BYTES_MAX),
        "largest frame, in bytes",
        key="frame_max",
    )
    heartbeat_s: int = setting(
        60,
        values.whole_number(0, 65535),
        "seconds between heartbeats, 0 for none",
        key="heartbeat",
        name="heartbeat",
    )
    handshake_timeout_s: float = setting(
        10.0,
        values.milliseconds,
        "milliseconds that a client has for its handshake",
        key="handshake_timeout",
        name="handshake_timeout",
        shown_default="10000",
    )
    max_message_size: int = setting(
        128 * 1024 * 1024,
        values.size(1, MESSAGE_BYTES_MAX),
        "largest message body, in bytes",
        key="max_message_size",
    )

    consumer_timeout_ms: int = setting(
        0,
        values.whole_number(0, TIMEOUT_MS_MAX),
        "milliseconds that a delivery may wait for its acknowledgement, 0 for ever",
        key="consumer_timeout",
        name="consumer_timeout",
    )
