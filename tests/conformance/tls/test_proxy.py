"""PROXY headers: what each makes of a connection, on both brokers."""

import time

import pytest

from leveret import Settings, running
from leveret.server.proxy_header import V2
from tests.server.client import Client, Gone

IPV4 = bytes([203, 0, 113, 7, 10, 0, 0, 5, 0xC3, 0x50, 0x16, 0x28])
NAMED = "203.0.113.7:50000 -> 10.0.0.5:5672"


def binary(addresses, family=0x11, command=0x21):
    return V2 + bytes([command, family]) + len(addresses).to_bytes(2, "big") + addresses


HEADERS = {
    "1, IPv4": (b"PROXY TCP4 203.0.113.7 10.0.0.5 50000 5672\r\n", NAMED),
    "1, IPv6": (
        b"PROXY TCP6 2001:DB8::7 ::1 50000 5672\r\n",
        "[2001:db8::7]:50000 -> [::1]:5672",
    ),
    "2, IPv4": (binary(IPV4), NAMED),
    "2, IPv4, datagrams": (binary(IPV4, 0x12), NAMED),
    "2, IPv4, further fields": (binary(IPV4 + b"\x04\x00\x02xx\x02\x00\x04hare"), NAMED),
    "2, IPv4, port 0": (binary(IPV4[:8] + bytes(4)), "203.0.113.7:0 -> 10.0.0.5:0"),
    "2, IPv6": (
        binary(b"\x20\x01\x0d\xb8" + bytes(11) + b"\x07" + bytes(15) + b"\x01" + IPV4[8:], 0x21),
        "[2001:db8::7]:50000 -> [::1]:5672",
    ),
    "none": (b"", ""),
    "1, port 0": (b"PROXY TCP4 1.1.1.1 2.2.2.2 0 2\r\n", ""),
    "1, no address": (b"PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n", ""),
    "1, no family": (b"PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n", ""),
    "1, too long": (b"PROXY TCP4 " + b"1" * 200, ""),
    "2, a field too long": (binary(IPV4 + b"\x04\x00\x09xx"), ""),
    "2, too short": (binary(IPV4[:-1]), ""),
    "2, unknown command": (binary(IPV4, command=0x22), ""),
    "2, unknown family": (binary(IPV4, 0x41), ""),
}
# RabbitMQ 3.10.8 crashes on a header without addresses (docs/differences.md).
WITHOUT_ADDRESSES = {
    "1, UNKNOWN": b"PROXY UNKNOWN\r\n",
    "2, LOCAL": binary(b"", command=0x20),
    "2, UNSPEC": binary(b"", 0x00),
    "2, UNIX": binary((b"/a".ljust(108, b"\0") + b"/b".ljust(108, b"\0")), 0x31),
}


class ProxiedLeveret:
    def __init__(self, node):
        self.address = (node.host, node.port)
        self._server = node._node.application.server

    def names(self):
        return {each._session.peer.name for each in list(self._server.transports)}


class ProxiedRabbitMQ:
    def __init__(self, secured):
        self.address = secured.plain
        self._ctl = secured.rabbitmq.ctl

    def names(self):
        return set(self._ctl("list_connections", "name").splitlines()[1:])


@pytest.fixture(scope="module")
def leveret():
    with running(settings=Settings(is_proxied=True)) as node:
        yield ProxiedLeveret(node)


@pytest.fixture(scope="module")
def rabbitmq(secured_rabbitmq):
    ctl = secured_rabbitmq.rabbitmq.ctl
    ctl("eval", "application:set_env(rabbit, proxy_protocol, true).")
    yield ProxiedRabbitMQ(secured_rabbitmq)
    ctl("eval", "application:set_env(rabbit, proxy_protocol, false).")


@pytest.fixture(params=["leveret", "rabbitmq"])
def proxied(request):
    return request.getfixturevalue(request.param)


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"


def name_behind(proxied, header):
    """What a connection behind the header is called; empty when there is none.

    guest comes in with any of them: the proxy is on this machine, and the socket counts.
    """
    before = proxied.names()
    client = Client(proxied.address)
    try:
        client.send_octets(header)
        client.open(user="guest")
        (told,) = proxied.names() - before
    except (Gone, ConnectionError):
        return ""
    finally:
        client.hang_up()
    wait_until(lambda: told not in proxied.names())
    return told


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_names_the_connection_or_ends_it(proxied, header):
    octets, named = HEADERS[header]
    assert name_behind(proxied, octets) == named


@pytest.mark.parametrize("header", WITHOUT_ADDRESSES)
def test_without_addresses_the_socket_names_the_connection(leveret, header):
    named = name_behind(leveret, WITHOUT_ADDRESSES[header])
    here = f"{leveret.address[0]}:{leveret.address[1]}"
    assert named.endswith("/b:0" if "UNIX" in header else f" -> {here}")
