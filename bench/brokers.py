"""The two brokers that are compared, started fresh, with the time that took."""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.rabbitmq import HOST, answers_amqp, free_ports, running_process, running_rabbitmq, tail
from leveret.perf.address import Address, parse_uri
from leveret.perf.process import resident_bytes

if TYPE_CHECKING:
    import subprocess

START_S_MAX = 30.0
# After this an idle broker has done what it does on its own after starting.
SETTLE_S = 1.0


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that accepts connections, and what its start and its idleness cost."""

    name: str
    address: Address
    pid: int
    start_s: float
    idle_bytes: int


@contextlib.contextmanager
def started_rabbitmq() -> Iterator[Broker]:
    started = time.monotonic()
    with running_rabbitmq() as node:
        seconds = time.monotonic() - started
        time.sleep(SETTLE_S)
        yield Broker("RabbitMQ", parse_uri(node.url), node.pid, seconds, resident_bytes(node.pid))


@contextlib.contextmanager
def started_leveret() -> Iterator[Broker]:
    """`leveret serve` as a person would start it, in a process of its own."""
    (port,) = free_ports(1)
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="leveret-")))
        output = stack.enter_context((home / "output").open("w+b"))
        serve = [sys.executable, "-m", "leveret", "serve", "--bind", HOST, "--port", str(port)]
        serve += ["--data-dir", str(home / "data")]
        started = time.monotonic()
        server = stack.enter_context(running_process(serve, dict(os.environ), output.fileno()))
        wait_until_accepting(server, port, home / "output")
        seconds = time.monotonic() - started
        time.sleep(SETTLE_S)
        address = parse_uri(f"amqp://{HOST}:{port}")
        yield Broker("Leveret", address, server.pid, seconds, resident_bytes(server.pid))


def wait_until_accepting(server: "subprocess.Popen[bytes]", port: int, output: Path) -> None:
    deadline = time.monotonic() + START_S_MAX
    while not answers_amqp(port):
        if server.poll() is not None:
            raise RuntimeError(f"Leveret ended with {server.returncode}: {tail(output)}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"Leveret is silent after {START_S_MAX} s: {tail(output)}")
        time.sleep(0.002)
