"""The PROXY protocol's header: both versions, whatever is broken, however it comes in."""

import contextlib
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.server.proxy_header import V1_OCTETS_MAX, V2, BrokenHeader, Ends, ProxyHeader

IPV4 = b"\xc0\x00\x02\x07\x0a\x00\x00\x05\xc3\x50\x16\x28"
IPV4_ENDS = Ends("192.0.2.7", 50000, "10.0.0.5", 5672)


def binary(addresses=b"", *, command=0x21, family=0x11, length=None):
    """A header of version 2."""
    length = len(addresses) if length is None else length
    return V2 + bytes([command, family]) + length.to_bytes(2, "big") + addresses


def read(octets, chunk=1 << 20):
    """Give a header what it wants, in pieces; what it says, and what it left."""
    header = ProxyHeader()
    while header.wanted and octets:
        size = min(header.wanted, chunk)
        header.take(octets[:size])
        octets = octets[size:]
    assert not header.wanted, "it wants more"
    return header.ends, octets


# Version 1 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        (b"PROXY TCP4 192.0.2.7 10.0.0.5 50000 5672\r\n", IPV4_ENDS),
        (b"PROXY TCP4 1.1.1.1 2.2.2.2 1 2\r\n", Ends("1.1.1.1", 1, "2.2.2.2", 2)),
        (b"PROXY TCP6 2001:DB8::7 ::1 50000 5672\r\n", Ends("2001:db8::7", 50000, "::1", 5672)),
        (b"PROXY UNKNOWN\r\n", None),
        (b"PROXY UNKNOWN ffff::1 whatever it says\r\n", None),
    ],
)
@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_a_line_says_where_the_client_is_and_not_an_octet_more_is_taken(line, ends, chunk):
    assert read(line + b"AMQP\x00\x00\x09\x01", chunk) == (ends, b"AMQP\x00\x00\x09\x01")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n", "neither TCP4 nor TCP6 nor UNKNOWN"),
        (b"PROXY TCP4 1.1.1.256 2.2.2.2 1 2\r\n", "an address that is none"),
        (b"PROXY TCP4 1.1.1 2.2.2.2 10 20\r\n", "an address that is none"),
        (b"PROXY TCP4 ::1 ::1 10 20 \r\n", "malformed"),
        (b"PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n", "an address that is none"),
        (b"PROXY TCP4 1.1.1.1 2.2.2.2 0 2\r\n", "a port that is none"),
        (b"PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "a port that is none"),
        (b"PROXY TCP4 1.1.1.1 2.2.2.2 1 +2\r\n", "a port that is none"),
        (b"PROXY TCP4 1.1.1.1  2.2.2.2 1 2\r\n", "malformed"),
        (b"PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n", "malformed"),
        (b"PROXY TCP4 \xff.1.1.1 2.2.2.2 1 2\r\n", "malformed"),
        (b"PROXY TCP4 " + b"1" * 100, f"longer than {V1_OCTETS_MAX}"),
    ],
)
def test_a_line_that_is_broken_is_refused(line, why):
    with pytest.raises(BrokenHeader, match=why):
        read(line)


# Version 2 -----------------------------------------------------------------------------------


def unix(path):
    return path.ljust(108, b"\0")


@pytest.mark.parametrize(
    ("octets", "ends"),
    [
        (binary(IPV4), IPV4_ENDS),
        (binary(IPV4, family=0x12), IPV4_ENDS),
        (binary(IPV4 + b"\x01\x00\x02h2" + b"\x04\x00\x00"), IPV4_ENDS),
        (
            binary(bytes(15) + b"\x01" + bytes(15) + b"\x02" + b"\x00\x01\x00\x02", family=0x21),
            Ends("::1", 1, "::2", 2),
        ),
        (binary(unix(b"/a") + unix(b"/b"), family=0x31), Ends("/a", 0, "/b", 0)),
        (binary(command=0x20, family=0x00), None),
        (binary(b"whatever", command=0x20), None),
        (binary(b"whatever", family=0x00), None),
        (binary(b"whatever", family=0x10), None),
    ],
)
@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_octets_say_where_the_client_is_and_not_one_more_is_taken(octets, ends, chunk):
    assert read(octets + b"\x16\x03\x01", chunk) == (ends, b"\x16\x03\x01")


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (binary(IPV4, command=0x11), "version 1"),
        (binary(IPV4, command=0x22), "unknown command 2"),
        (binary(IPV4, family=0x41), "unknown family 0x41"),
        (binary(IPV4, family=0x13), "unknown family 0x13"),
        (binary(IPV4[:-1]), "too short"),
        (binary(IPV4, family=0x21), "too short"),
        (binary(IPV4, family=0x31), "too short"),
        (binary(unix(b"") + unix(b"/b"), family=0x31), "UNIX address that is none"),
        (binary(b"/" * 108 + unix(b"/b"), family=0x31), "UNIX address that is none"),
        (binary(IPV4 + b"\x01\x00\x05h2"), "goes beyond its end"),
        (binary(IPV4 + b"\x01"), "goes beyond its end"),
    ],
)
def test_octets_that_are_broken_are_refused(octets, why):
    with pytest.raises(BrokenHeader, match=why):
        read(octets)


# Anything else -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "octets", [b"AMQP\x00\x00\x09\x01", b"\x16\x03\x01\x02\x00\x01\x00\x01", b"\r\n\r\n\x00\r\nX"]
)
def test_whoever_speaks_without_a_header_is_told_apart_by_the_first_octets(octets):
    with pytest.raises(BrokenHeader, match="does not begin with a PROXY protocol header"):
        read(octets)


def test_a_version_2_signature_that_goes_wrong_late_is_refused():
    with pytest.raises(BrokenHeader):
        read(V2[:8] + b"XXXX" + bytes(20))


@given(st.binary(max_size=300), st.integers(1, 50), st.sampled_from([b"", b"PROXY ", V2, V2[:8]]))
def test_arbitrary_octets_are_a_header_broken_or_unfinished(octets, chunk, begin):
    header, octets = ProxyHeader(), begin + octets
    with contextlib.suppress(BrokenHeader):
        while header.wanted and octets:
            size = min(header.wanted, chunk)
            header.take(octets[:size])
            octets = octets[size:]
        assert header.wanted > 0 or header.ends is None or isinstance(header.ends, Ends)


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6), st.integers(1, 65535), st.integers(1, 20))
def test_both_versions_say_the_same(address, port, chunk):
    is_ipv4 = isinstance(address, ipaddress.IPv4Address)
    line = f"PROXY {'TCP4' if is_ipv4 else 'TCP6'} {address} {address} {port} {port}\r\n".encode()
    ports = port.to_bytes(2, "big") * 2
    octets = binary(address.packed * 2 + ports, family=0x11 if is_ipv4 else 0x21)
    assert read(line, chunk) == read(octets, chunk)
    assert read(line, chunk)[0].peer_port == port
