"""Where a node is: its name, its node port, the cookie.

    -n leveret@hare   the node of this name; on this machine its data directory knows the port
    --node-port 4711  another port of that machine
    --data-dir DIR    the node whose files are there, whatever its name

Rule: what is written on the line is stronger than the environment, and that than what is usual.
"""

import os
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from leveret.control.client import Unreachable

if TYPE_CHECKING:
    from leveret.cli.ctl.command import Given

USUAL_NAME = "leveret"
USUAL_PORT = 25672
LOOPBACK = "127.0.0.1"
HOST = socket.gethostname().split(".")[0] or "localhost"
EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": LOOPBACK}  # noqa: S104  # where it was told to listen


class Listening(msgspec.Struct):
    """An address of a node, and what is spoken there."""

    protocol: str
    host: str
    port: int


class Report(msgspec.Struct):
    """What a tool wants of a node's node.json."""

    node: str
    listening: list[Listening] = []


class Place(NamedTuple):
    """A node port, and the name of the node as far as it is known."""

    host: str
    port: int
    node: str
    # Whether its process is one of this machine.
    is_here: bool = False


def node_name(given: str | None, environ: Mapping[str, str]) -> str:
    """`leveret@hare`; a name without a host is one of this machine."""
    written = given or environ.get("LEVERET_NODE") or environ.get("RABBITMQ_NODENAME")
    name, _, host = (written or USUAL_NAME).partition("@")
    return f"{name or USUAL_NAME}@{host or HOST}"


def place_of(given: "Given", environ: Mapping[str, str]) -> Place:
    """Raises Unreachable."""
    host = given.node.partition("@")[2]
    directory = given.data_dir or environ.get("LEVERET_DATA_DIR")
    port = given.node_port or _number(environ.get("LEVERET_NODE_PORT"))
    is_here = host in {HOST, "localhost", LOOPBACK, socket.gethostname()}
    if port is None and (directory or is_here):
        usual = os.path.expanduser(f"~/.leveret/{given.node}")
        found = _reported(directory or usual)
        if found is not None:
            return found
        if directory:
            raise Unreachable(f"no node is running with the data directory {directory}")
    return Place(LOOPBACK if is_here else host, port or USUAL_PORT, given.node, is_here)


def _reported(directory: str) -> Place | None:
    """What the node there says of itself; node.json is there only while a node is."""
    try:
        with open(f"{directory}/node.json", "rb") as file:
            report = msgspec.json.decode(file.read(), type=Report)
    except (OSError, msgspec.DecodeError):
        return None
    for each in report.listening:
        if each.protocol == "clustering":
            return Place(EVERYWHERE.get(each.host, each.host), each.port, report.node, is_here=True)
    return None


def _number(written: str | None) -> int | None:
    return int(written) if written and written.isdecimal() else None
