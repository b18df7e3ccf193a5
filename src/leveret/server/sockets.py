"""Sockets that listen, and their options: tcp_listen_options.*.

uvloop's sockets cannot be told by themselves; a second descriptor of the same socket can.
"""

from __future__ import annotations

import os
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio

    from leveret.config.socket_settings import SocketSettings


class Described(Protocol):
    """Anything with a file descriptor."""

    def fileno(self) -> int:
        """The descriptor."""


async def bind(
    loop: asyncio.AbstractEventLoop, host: str, port: int, options: SocketSettings
) -> list[socket.socket]:
    """Listening sockets, one for each address of the host. Raises OSError."""
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    listening: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            own = socket.socket(family, kind, protocol)
            listening.append(own)
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            own.bind(address)
            set_options(own, options)
            own.listen(options.backlog)
            own.setblocking(False)
    except OSError:
        for each in listening:
            each.close()
        raise
    return listening


async def bind_everywhere(
    loop: asyncio.AbstractEventLoop, port: int, options: SocketSettings
) -> list[socket.socket]:
    """The same on every interface: both IP versions on one port, or IPv4 where there is no IPv6."""
    bound = await bind(loop, "0.0.0.0", port, options)  # noqa: S104  # what it says
    with suppress(OSError):
        bound += await bind(loop, "::", bound[0].getsockname()[1], options)
    return bound


def set_options(listening: Described, options: SocketSettings) -> None:
    """What is set on a listening socket holds for every connection it accepts."""
    chosen: dict[int, int | bytes | None] = {
        socket.SO_SNDBUF: options.send_buffer_bytes,
        socket.SO_RCVBUF: options.receive_buffer_bytes,
        socket.SO_KEEPALIVE: int(options.keeps_alive) or None,
        socket.SO_LINGER: _linger(options),
    }
    for name, value in chosen.items():
        if value is not None:
            _set(listening, socket.SOL_SOCKET, name, value)


def delay_small_packets(accepted: Described) -> None:
    """asyncio sends them at once on every connection; this one gathers them."""
    _set(accepted, socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)


def _set(of: Described, level: int, name: int, value: int | bytes) -> None:
    with socket.socket(fileno=os.dup(of.fileno())) as own:
        own.setsockopt(level, name, value)


def _linger(options: SocketSettings) -> bytes | None:
    if options.lingers is None:
        return None
    return struct.pack("ii", options.lingers, options.linger_s)
