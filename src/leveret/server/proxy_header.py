"""The PROXY protocol's header, versions 1 and 2: who is really at the far end of a proxied socket.

    v1   PROXY TCP4 203.0.113.7 10.0.0.5 50000 5672\\r\\n        a line of 107 octets at most
    v2   0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A                  the signature
         version+command, family+protocol, length (2 octets), addresses, TLVs

Rule: the parser says how many octets it wants next, and is never given more, so that what follows
the header (TLS perhaps) stays in the socket for whoever comes after it.
Specification: https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt
"""

from __future__ import annotations

import socket
from typing import Final, NamedTuple

V1: Final = b"PROXY "
V2: Final = b"\r\n\r\n\x00\r\nQUIT\n"
# Enough to tell both versions from anything else, and no more than AMQP's protocol header: a
# client that speaks without a header is told apart at once.
FIRST_OCTETS: Final = 8
V1_OCTETS_MIN: Final = len(b"PROXY UNKNOWN\r\n")
V1_OCTETS_MAX: Final = 107
V2_HEAD_OCTETS: Final = 16
UNIX_OCTETS: Final = 108
TLV_HEAD_OCTETS: Final = 3
PORT_MAX: Final = 65535


class BrokenHeader(ValueError):
    """Octets that are no header of the PROXY protocol."""


class Ends(NamedTuple):
    """Where a connection came from, and where it was meant to go."""

    peer_host: str
    peer_port: int
    host: str
    port: int


class ProxyHeader:
    """One header, as it comes in.

    wanted: how many octets to give next; 0 once the header is complete.
    ends: what it says; None when it says nothing (LOCAL, UNKNOWN, UNSPEC), and the socket counts.
    """

    def __init__(self) -> None:
        self.wanted = FIRST_OCTETS
        self.ends: Ends | None = None
        self._octets = b""

    def take(self, octets: bytes) -> None:
        """Raises BrokenHeader."""
        assert 0 < len(octets) <= self.wanted
        self._octets += octets
        self.wanted -= len(octets)
        if not self.wanted:
            self._go_on()

    def _go_on(self) -> None:
        """What was wanted is there: more, or the end."""
        octets = self._octets
        if octets.startswith(V1):
            self._read_line()
        elif octets[: len(V2)] == V2[: len(octets)]:
            self._read_binary()
        else:
            raise BrokenHeader("it does not begin with a PROXY protocol header")

    def _read_line(self) -> None:
        octets = self._octets
        if len(octets) < V1_OCTETS_MIN:
            self.wanted = V1_OCTETS_MIN - len(octets)
        elif octets.endswith(b"\r\n"):
            self.ends = read_line(octets)
        elif len(octets) >= V1_OCTETS_MAX:
            raise BrokenHeader(f"a header line is longer than {V1_OCTETS_MAX} octets")
        else:
            self.wanted = 1 if octets.endswith(b"\r") else 2
            if len(octets) + self.wanted > V1_OCTETS_MAX:
                self.wanted = 1

    def _read_binary(self) -> None:
        octets = self._octets
        if len(octets) < V2_HEAD_OCTETS:
            self.wanted = V2_HEAD_OCTETS - len(octets)
            return
        length = int.from_bytes(octets[14:16], "big")
        self.wanted = V2_HEAD_OCTETS + length - len(octets)
        if not self.wanted:
            self.ends = read_binary(octets)


def read_line(line: bytes) -> Ends | None:
    """Version 1, CR LF included. Raises BrokenHeader."""
    if line.startswith((b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN ")):
        return None
    try:
        _, kind, peer_host, host, peer_port, port = line[:-2].decode("ascii").split(" ")
    except ValueError:
        raise BrokenHeader("its header line is malformed") from None
    family = {"TCP4": socket.AF_INET, "TCP6": socket.AF_INET6}.get(kind)
    if family is None:
        raise BrokenHeader("its header line names neither TCP4 nor TCP6 nor UNKNOWN")
    return Ends(_host(family, peer_host), _port(peer_port), _host(family, host), _port(port))


def _host(family: socket.AddressFamily, written: str) -> str:
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, written))
    except OSError:
        raise BrokenHeader("its header line has an address that is none") from None


def _port(written: str) -> int:
    if not written.isascii() or not written.isdigit() or len(written) > len(str(PORT_MAX)):
        raise BrokenHeader("its header line has a port that is none")
    port = int(written)
    if not 0 < port <= PORT_MAX:
        raise BrokenHeader("its header line has a port that is none")
    return port


def read_binary(octets: bytes) -> Ends | None:
    """Version 2, all of it. Raises BrokenHeader."""
    version, command = octets[12] >> 4, octets[12] & 0x0F
    family, protocol = octets[13] >> 4, octets[13] & 0x0F
    if version != 2:
        raise BrokenHeader(f"its header is of version {version}")
    if command > 1:
        raise BrokenHeader(f"its header has the unknown command {command}")
    if command == 0:
        # LOCAL: the proxy speaks for itself, as in a health check.
        return None
    if family > 3 or protocol > 2:
        raise BrokenHeader(f"its header has the unknown family {octets[13]:#04x}")
    if not family or not protocol:
        return None
    ends, tlvs = _addresses(family, octets[V2_HEAD_OCTETS:])
    _check_tlvs(tlvs)
    return ends


def _addresses(family: int, octets: bytes) -> tuple[Ends, bytes]:
    if family == 3:
        if len(octets) < 2 * UNIX_OCTETS:
            raise BrokenHeader("its header is too short for its addresses")
        there, here = octets[:UNIX_OCTETS], octets[UNIX_OCTETS : 2 * UNIX_OCTETS]
        return Ends(_unix(there), 0, _unix(here), 0), octets[2 * UNIX_OCTETS :]
    kind, size = (socket.AF_INET, 4) if family == 1 else (socket.AF_INET6, 16)
    end = 2 * size + 4
    if len(octets) < end:
        raise BrokenHeader("its header is too short for its addresses")
    return (
        Ends(
            socket.inet_ntop(kind, octets[:size]),
            int.from_bytes(octets[end - 4 : end - 2], "big"),
            socket.inet_ntop(kind, octets[size : 2 * size]),
            int.from_bytes(octets[end - 2 : end], "big"),
        ),
        octets[end:],
    )


def _unix(path: bytes) -> str:
    name, end, _ = path.partition(b"\0")
    if not name or not end:
        raise BrokenHeader("its header has a UNIX address that is none")
    return name.decode("utf-8", "backslashreplace")


def _check_tlvs(octets: bytes) -> None:
    """What else it tells is skipped, but it must end where the header ends."""
    while octets:
        end = TLV_HEAD_OCTETS + int.from_bytes(octets[1:TLV_HEAD_OCTETS], "big")
        if len(octets) < end:
            raise BrokenHeader("its header has a field that goes beyond its end")
        octets = octets[end:]
