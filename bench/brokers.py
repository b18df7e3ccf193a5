"""The brokers that are compared: started fresh on a disk, with the time that took.

Rule: all of them keep their files on the same file system, and none in memory.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.processes import (
    HOST,
    Command,
    Server,
    disk_bytes,
    free_node_port,
    own_directory,
    require_disk,
    running,
)
from bench.rabbitmq import running_rabbitmq
from leveret.dial.address import Address, parse_uri
from leveret.perf.process import resident_bytes

START_S_MAX = 30.0
# With millions of messages on the disk a start may take minutes, which is then the figure.
RESTART_S_MAX = 900.0
# After this an idle broker has done what it does on its own after starting.
SETTLE_S = 1.0
LEVERET = "Leveret"
RABBITMQ = "RabbitMQ"
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that accepts connections, and what its start and its idleness cost."""

    name: str
    address: Address
    server: Server
    data: Path
    start_s: float
    idle_bytes: int

    @property
    def pid(self) -> int:
        return self.server.pid

    @property
    def disk_bytes(self) -> int:
        return disk_bytes(self.data)


@contextlib.contextmanager
def started_rabbitmq() -> Iterator[Broker]:
    started = time.monotonic()
    with running_rabbitmq() as node:
        seconds = time.monotonic() - started
        yield settled(RABBITMQ, node.server, node.home / "mnesia", seconds)


@contextlib.contextmanager
def started_leveret(name: str = LEVERET, source: Path | None = None) -> Iterator[Broker]:
    """`leveret serve` as a person would start it; source: the checkout, if not this one."""
    port = free_node_port()
    with own_directory("leveret-") as home:
        data = home / "data"
        serve = (sys.executable, "-m", "leveret", "serve", "--bind", HOST, "--port", str(port))
        environment = dict(os.environ)
        if source:
            environment["PYTHONPATH"] = str(source / "src")
        command = Command(name, (*serve, "--data-dir", str(data)), environment, START_S_MAX)
        server = Server(command, port, home / "output")
        started = time.monotonic()
        with running(server):
            yield settled(name, server, data, time.monotonic() - started)


def settled(name: str, server: Server, data: Path, start_s: float) -> Broker:
    time.sleep(SETTLE_S)
    require_disk(Path(tempfile.gettempdir()), data)
    address = parse_uri(f"amqp://{HOST}:{server.port}")
    return Broker(name, address, server, data, start_s, resident_bytes(server.pid))
