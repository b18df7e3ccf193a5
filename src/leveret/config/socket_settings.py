"""Sockets: the rows of tcp_listen_options.*.

Rule: an option that is not set is left to the system, so that a plain listener pays for none.
"""

from dataclasses import dataclass

from leveret.config import values
from leveret.config.rows import setting

SOCKET_BYTES_MAX = 2**30
_ERLANG = "it tunes how Erlang reads and writes, remove the line"

# Keys that RabbitMQ honours and Leveret cannot: what to do instead.
CANNOT = {
    "tcp_listen_options": "name each option, tcp_listen_options.backlog and so on",
    "tcp_listen_options.buffer": f"{_ERLANG}; recbuf is the system's buffer",
    "tcp_listen_options.delay_send": _ERLANG,
    "tcp_listen_options.dontroute": "routing is the system's business, remove the line",
    "tcp_listen_options.fd": "name an address in listeners.tcp instead",
    "tcp_listen_options.high_msgq_watermark": _ERLANG,
    "tcp_listen_options.high_watermark": _ERLANG,
    "tcp_listen_options.low_msgq_watermark": _ERLANG,
    "tcp_listen_options.low_watermark": _ERLANG,
    "tcp_listen_options.priority": "priorities are the system's business (tc), remove the line",
    "tcp_listen_options.tos": "types of service are the system's business (tc), remove the line",
    "tcp_listen_options.port": "name the port in listeners.tcp instead",
    "tcp_listen_options.send_timeout": "heartbeats end a peer that takes nothing, remove the line",
    "tcp_listen_options.send_timeout_close": (
        "heartbeats end a peer that takes nothing, remove the line"
    ),
}


def no_exit_on_close(written: str) -> bool:
    if values.boolean(written):
        raise ValueError("what was said to a peer is always sent to the end; write false")
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketSettings:
    """Each field is a row of the table; None leaves it to the system."""

    backlog: int = setting(
        128,
        values.whole_number(1, 65535),
        "connections that may wait to be accepted",
        key="tcp_listen_options.backlog",
    )
    has_no_delay: bool = setting(
        True,
        values.boolean,
        "whether small packets are sent at once",
        key="tcp_listen_options.nodelay",
        shown_default="true",
    )
    keeps_alive: bool = setting(
        False,
        values.boolean,
        "whether TCP asks a silent peer if it is there",
        key="tcp_listen_options.keepalive",
        shown_default="false",
    )
    lingers: bool | None = setting(
        None,
        values.boolean,
        "whether a closed socket holds what is unsent for linger.timeout seconds, and then resets",
        key="tcp_listen_options.linger.on",
        shown_default="the system's",
    )
    linger_s: int = setting(
        0,
        values.whole_number(0, 32767),
        "how long, in seconds",
        key="tcp_listen_options.linger.timeout",
    )
    send_buffer_bytes: int | None = setting(
        None,
        values.whole_number(1, SOCKET_BYTES_MAX),
        "the system's buffer of what is to be sent, in bytes",
        key="tcp_listen_options.sndbuf",
        shown_default="the system's",
    )
    receive_buffer_bytes: int | None = setting(
        None,
        values.whole_number(1, SOCKET_BYTES_MAX),
        "the system's buffer of what has come, in bytes",
        key="tcp_listen_options.recbuf",
        shown_default="the system's",
    )
    exits_on_close: bool = setting(
        False,
        no_exit_on_close,
        "whether a peer that says no more is told nothing more: never",
        key="tcp_listen_options.exit_on_close",
        shown_default="false",
    )
