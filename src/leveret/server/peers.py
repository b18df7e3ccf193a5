"""Who is at the far end of a socket, as far as the socket, a proxy and TLS tell.

Rule: whether a peer is on this machine is judged by the address it reached us at, as RabbitMQ
judges (nobody else can reach 127.0.0.1), whatever a PROXY header says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.session.identity import Peer

if TYPE_CHECKING:
    import asyncio
    import socket

    from leveret.server.proxy_header import Ends
    from leveret.session.identity import Encryption

GONE: Final = "of a peer that has hung up already"
# Of a socket: (host, port) for IPv4, two more for IPv6.
Address = tuple[str, int] | tuple[str, int, int, int]


def peer_of(
    transport: asyncio.BaseTransport, ends: Ends | None = None, tls: Encryption | None = None
) -> Peer:
    """ends: what a PROXY header says, tls: what a TLS handshake came to, if there was one."""
    there: Address | None = transport.get_extra_info("peername")
    here: Address | None = transport.get_extra_info("sockname")
    if not there or not here:
        return Peer(GONE, is_loopback=False)
    peer_host, peer_port, host, port = ends or (*there[:2], *here[:2])
    return Peer(
        spell(peer_host, peer_port, host, port),
        is_loopback(here[0]),
        peer_host,
        peer_port,
        host,
        port,
        tls,
    )


def is_loopback(host: str) -> bool:
    """127.0.0.0/8 and ::1, also as an IPv4 address in an IPv6 socket."""
    host = host.removeprefix("::ffff:")
    return host == "::1" or host.startswith("127.")


def spell(peer_host: str, peer_port: int, host: str, port: int) -> str:
    """A connection's name, as RabbitMQ writes it."""
    return f"{_in_brackets(peer_host)}:{peer_port} -> {_in_brackets(host)}:{port}"


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def name_of(accepted: socket.socket) -> str:
    """The same, before there is a transport."""
    try:
        return spell(*accepted.getpeername()[:2], *accepted.getsockname()[:2])
    except OSError:
        return GONE
