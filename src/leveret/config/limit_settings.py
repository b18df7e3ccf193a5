"""Limits: the rows of how far a client, and all of them together, may go (protocol/limits.py)."""

from dataclasses import dataclass

from leveret.config import values
from leveret.config.rows import setting

FRAME_BYTES_MIN = 4096  # AMQP 4.2.3: no peer may ask for less.
FRAME_BYTES_MAX = 2**31 - 1
TIMEOUT_MS_MAX = 10 * 365 * 24 * 60 * 60 * 1000  # As queues' own time arguments have it.
COUNT_MAX = 2**31 - 1
OUTPUT_BYTES_MIN = 256 * 1024  # More than consumers are given ahead.
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
    connection_max: int = setting(
        0,
        values.number_or_infinity(COUNT_MAX),
        "connections at once; infinity for no limit",
        key="connection_max",
        shown_default="infinity",
    )
    channel_max_per_node: int = setting(
        0,
        values.number_or_infinity(COUNT_MAX),
        "channels at once, on all connections; infinity for no limit",
        key="channel_max_per_node",
        shown_default="infinity",
    )
    cluster_queue_limit: int = setting(
        0,
        values.number_or_infinity(COUNT_MAX),
        "queues, in all virtual hosts; infinity for no limit",
        key="cluster_queue_limit",
        shown_default="infinity",
    )
    unacked_max: int = setting(
        0,
        values.number_or_infinity(COUNT_MAX),
        "deliveries that a consumer without prefetch may hold; infinity for no limit",
        key="unacked_max",
        shown_default="infinity",
    )
    connection_output_max: int = setting(
        64 * 1024 * 1024,
        values.size(OUTPUT_BYTES_MIN, FRAME_BYTES_MAX),
        "bytes that a client may leave unread before it is read no further",
        key="connection_output_max",
    )
    consumer_timeout_ms: int = setting(
        0,
        values.whole_number(0, TIMEOUT_MS_MAX),
        "milliseconds that a delivery may wait for its acknowledgement, 0 for ever",
        key="consumer_timeout",
        name="consumer_timeout",
    )
