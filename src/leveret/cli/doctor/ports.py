"""The ports that a node wants: free, held by the node itself, or by whom else.

Rule: a port is tried as a start would, and let go at once; nobody is connected to.
"""

from __future__ import annotations

import errno
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from leveret.cli.doctor.finding import Finding, failed, reason, well

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.config import Listener
    from leveret.data_directory import DataDirectory

PROC: Final = Path("/proc")
LISTENING: Final = "0A"  # proc_net_tcp(5): the state of a socket that listens.
NO_IPV6: Final = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


class Wanted(NamedTuple):
    """An address, what it is for, and the setting that chooses another."""

    address: Listener
    purpose: str
    flag: str


def look_at_ports(wanted: list[Wanted], files: DataDirectory) -> Iterator[Finding]:
    """One finding for each address."""
    own = ports_of_node(files)
    for each in wanted:
        yield port(each, own, files.holder())


def ports_of_node(files: DataDirectory) -> set[int]:
    """Where the node that works in this directory listens, as it says itself."""
    if not files.is_in_use():
        return set()
    try:
        told = json.loads(files.report_file.read_text())
        return {each["port"] for each in told["listening"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def port(wanted: Wanted, own: set[int], pid: int | None) -> Finding:
    address, purpose, flag = wanted
    name = f"port {address.port}"
    if not address.port:
        return well("port 0", f"{purpose}: whichever is free")
    error = why_not(address)
    if error is None:
        return well(name, f"{purpose}: free")
    if error.errno == errno.EADDRINUSE and address.port in own:
        return well(name, f"{purpose}: held by this node (process {pid})")
    if error.errno == errno.EADDRINUSE:
        holder = holder_of(address.port, PROC)
        told = f"{purpose}: in use by {holder or 'a process of another user'}"
        return failed(name, told, f"stop it, or choose another port with {flag}")
    if error.errno == errno.EACCES:
        advice = f"choose one from 1024 on with {flag}, or allow it: setcap cap_net_bind_service"
        return failed(name, f"{purpose}: ports below 1024 need more rights", advice)
    told = f"{purpose}: cannot listen on {address}: {reason(error)}"
    return failed(name, told, "choose an address of this machine with --bind")


def why_not(address: Listener) -> OSError | None:
    """What the system says to a socket there; None if it would let us listen."""
    for host in (address.host,) if address.host else ("0.0.0.0", "::"):  # noqa: S104  # as asked
        try:
            _try(host, address.port)
        except OSError as error:
            is_for_all = not address.host
            if is_for_all and host == "::" and error.errno in NO_IPV6:
                continue
            return error
    return None


def _try(host: str, number: int) -> None:
    """As the node does it: another that listens is in the way, one that has just ended is not."""
    found = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    for family, kind, protocol, _, where in dict.fromkeys(found):
        with socket.socket(family, kind, protocol) as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            own.bind(where)
            own.listen(1)


# Who it is ----------------------------------------------------------------------------------------


def holder_of(number: int, proc: Path) -> str:
    """`beam.smp (process 123)`; empty where the kernel does not tell this user."""
    sockets = {f"socket:[{inode}]" for inode in _listening(number, proc)}
    for process in proc.glob("[0-9]*"):
        if sockets and not sockets.isdisjoint(_open_files(process)):
            name = _text(process / "comm").strip() or "?"
            return f"{name} (process {process.name})"
    return ""


def _listening(number: int, proc: Path) -> Iterator[str]:
    """Inodes of the sockets that listen on a port (proc_net_tcp(5))."""
    for table in ("tcp", "tcp6"):
        for line in _text(proc / "net" / table).splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == number:
                yield fields[9]


def _open_files(process: Path) -> Iterator[str]:
    try:
        for each in (process / "fd").iterdir():
            yield str(each.readlink())
    except OSError:
        return  # Another user's, or gone meanwhile.


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
