"""tcp_listen_options.*, as accepted sockets have them."""

import asyncio
import socket
import struct

from leveret.config.socket_settings import SocketSettings
from leveret.server.sockets import bind_everywhere, delay_small_packets, set_options


def option(sock, level, name):
    return sock.getsockopt(level, name)


def accepted(**chosen):
    """What a listener with these options accepts."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        set_options(listening, SocketSettings(**chosen))
        with socket.create_connection(listening.getsockname()):
            return listening.accept()[0]


def test_every_option_reaches_the_accepted_socket():
    chosen = {
        "keeps_alive": True,
        "lingers": True,
        "linger_s": 7,
        "send_buffer_bytes": 32768,
        "receive_buffer_bytes": 65536,
    }
    with accepted(**chosen) as sock:
        assert option(sock, socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        linger = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
        assert struct.unpack("ii", linger) == (1, 7)
        # Linux doubles what it is given.
        assert option(sock, socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * 32768
        assert option(sock, socket.SOL_SOCKET, socket.SO_RCVBUF) == 2 * 65536


def test_without_options_the_system_decides():
    with accepted() as sock, socket.socket() as plain:
        keepalive = (socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert option(sock, *keepalive) == option(plain, *keepalive)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)[:4] == bytes(4)


def test_small_packets_can_be_gathered():
    with socket.socket() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        delay_small_packets(sock)
        assert option(sock, socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0


def test_every_interface_is_one_port_of_both_ip_versions():
    async def scene():
        return await bind_everywhere(asyncio.get_running_loop(), 0, SocketSettings())

    bound = asyncio.run(scene())
    names = [each.getsockname()[:2] for each in bound]
    for each in bound:
        each.close()
    assert [host for host, _ in names] == ["0.0.0.0", "::"][: len(names)]
    assert len({port for _, port in names}) == 1
