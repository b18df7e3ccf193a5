"""Leveret nodes that can be, or are, one cluster: processes with an address each and ports alike.

    127.77.N.11    leveret serve --node leveret@127.77.N.11 --bind 127.77.N.11 --port P ...
    127.77.N.12    the same ports there
    127.77.N.13

A node is two processes once it is in a cluster: the broker, and the engine (nats-server) that it
has started. Either can be ended or frozen alone.

Rule: nothing is shared with a Leveret of this machine: addresses, ports, cookie and directories are
its own.
"""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.addresses import own_addresses
from bench.processes import PROTOCOL_HEADER, Told, own_directory, tail, told_by, wait_or_kill

START_S_MAX = 60.0
STOP_S_MAX = 60.0
TOOL_S_MAX = 120.0
COOKIE = "one cookie for all of them"
# AMQP, HTTP, Prometheus, the node port and the engine's routes, as a node takes them of itself.
HTTP, PROMETHEUS, NODE, ROUTES = 10_000, 10_020, 20_000, 20_001
CTL = (sys.executable, "-c", "from leveret.cli.ctl.main import main; main()")
CHANCE = random.SystemRandom()


class LeveretFailedError(RuntimeError):
    """A node did not come up; the message carries the end of its log."""


@dataclass
class LeveretNode:
    """One node: where it is, its files, its process while it runs.

    prefix: what its commands begin with, as where it lives in a namespace.
    """

    host: str
    port: int
    home: Path
    flags: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    cookie: str = COOKIE
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        return f"leveret@{self.host}"

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self.port}/"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def output(self) -> Path:
        return self.home / "output"

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} does not run"
        return self._process.pid

    @property
    def engine_pid(self) -> int | None:
        """The engine's process, while it lives."""
        if self._process is None:
            return None
        with contextlib.suppress(OSError, StopIteration):
            told = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            children = (Path("/proc") / pid for pid in told)
            return int(next(each.name for each in children if is_engine(each)))
        return None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items()
                if not name.startswith(("LEVERET_", "RABBITMQ_"))}  # fmt: skip
        own = {"HOME": str(self.home), "LEVERET_COOKIE": self.cookie, "LEVERET_NODE": self.name}
        return kept | own | {"LEVERET_NODE_PORT": str(self.port + NODE)}

    def start(self) -> None:
        """Come up and return once it speaks AMQP."""
        self.begin()
        self.wait_up()

    def begin(self) -> None:
        """Come up in its own time: one of a cluster may have to wait for others."""
        assert self._process is None, f"{self.name} runs already"
        told = ("--node", self.name, "--bind", self.host, "--port", str(self.port))
        serve = (sys.executable, "-m", "leveret", "serve", *told, "--data-dir", str(self.data))
        environment = self.environment
        del environment["LEVERET_NODE"], environment["LEVERET_NODE_PORT"]  # leveretctl's alone.
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                (*self.prefix, *serve, *self.flags),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_up(self, s_max: float = START_S_MAX) -> None:
        until = time.monotonic() + s_max
        while not self.is_up():
            if self._process is None or self._process.poll() is not None:
                raise LeveretFailedError(f"{self.name} ended: {tail(self.output)}")
            if time.monotonic() > until:
                raise LeveretFailedError(f"{self.name} is not up: {tail(self.output)}")
            time.sleep(0.02)

    def is_up(self) -> bool:
        """Whether it speaks AMQP."""
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as probe:
                probe.sendall(PROTOCOL_HEADER)
                return probe.recv(1) == b"\x01"
        except OSError:
            return False

    def stop(self) -> float:
        """SIGTERM; the seconds that it took."""
        started = time.monotonic()
        self.end(signal.SIGTERM)
        return time.monotonic() - started

    def kill(self) -> None:
        """SIGKILL to all of it at once: neither part hears of the other's end."""
        self.send(signal.SIGSTOP)
        self.signal_engine(signal.SIGKILL)
        self.end(signal.SIGKILL)

    def freeze(self) -> None:
        self.send(signal.SIGSTOP)
        self.signal_engine(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal_engine(signal.SIGCONT)
        self.send(signal.SIGCONT)

    def signal_engine(self, number: signal.Signals) -> None:
        """To the engine alone, if there is one; the broker starts another for one that ended."""
        engine = self.engine_pid
        if engine is not None:
            os.kill(engine, number)

    def send(self, number: signal.Signals) -> None:
        """To the broker alone."""
        if self._process is not None:
            self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """The broker; its engine ends with it."""
        if self._process is None:
            return
        self.send(number)
        wait_or_kill(self._process, STOP_S_MAX)
        self._process = None

    def ask(self, *arguments: str) -> Told:
        """leveretctl against this node, as a person runs it: it may be refused."""
        return told_by((*self.prefix, *CTL, *arguments), self.environment, TOOL_S_MAX)

    def ctl(self, *arguments: str) -> str:
        """leveretctl, quiet, and it must succeed."""
        told = self.ask("--quiet", *arguments)
        if told.code:
            said = f"leveretctl -n {self.name} {' '.join(arguments)}"
            raise LeveretFailedError(f"{said}: {told.code}\n{told.out}{told.err}")
        return told.out

    def fetch(self, path: str) -> object:
        """GET of the HTTP API, as guest."""
        request = urllib.request.Request(f"http://{self.host}:{self.port + HTTP}/api/{path}")
        request.add_header("Authorization", f"Basic {b64encode(b'guest:guest').decode()}")
        with urllib.request.urlopen(request, timeout=TOOL_S_MAX) as answer:
            told: object = json.load(answer)
        return told


def is_engine(process: Path) -> bool:
    command = (process / "cmdline").read_bytes().split(b"\0")
    return command[0].endswith(b"nats-server")


@contextlib.contextmanager
def running_leveret_cluster(
    count: int = 3, *, settings: Sequence[str] = (), joined: bool = True
) -> Iterator[tuple[LeveretNode, ...]]:
    """Start nodes with guest/guest; joined: as one cluster, the first node being who the others
    joined. settings: further lines of their leveret.conf."""
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(own_directory("leverets-"))
        hosts = own_addresses()[:count]
        port = free_port_of_all(hosts)
        nodes = tuple(made(home, host, port, settings) for host in hosts)
        stack.callback(end_all, nodes)
        for node in nodes:
            node.begin()
        for node in nodes:
            node.wait_up()
        if joined:
            for node in nodes[1:]:
                join(node, nodes[0])
        yield nodes


def made(
    home: Path,
    host: str,
    port: int,
    settings: Sequence[str] = (),
    prefix: tuple[str, ...] = (),
) -> LeveretNode:
    """A node that has a directory, and does not run yet."""
    own = home / host
    own.mkdir(parents=True)
    config = own / "leveret.conf"
    config.write_text("".join(f"{line}\n" for line in settings))
    return LeveretNode(host, port, own, ("--config", str(config)), prefix)


def join(node: LeveretNode, other: LeveretNode) -> None:
    node.ctl("stop_app")
    node.ctl("join_cluster", other.name)
    node.ctl("start_app")


def end_all(nodes: Sequence[LeveretNode]) -> None:
    for node in nodes:
        node.thaw()
        node.kill()


def free_port_of_all(hosts: Sequence[str]) -> int:
    """One that is free at all these addresses, as are those that a node takes beside it."""
    while True:
        port = CHANCE.randrange(10_000, 12_000)
        beside = (0, HTTP, PROMETHEUS, NODE, ROUTES)
        if all(is_free(host, port + offset) for host in hosts for offset in beside):
            return port


def is_free(host: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind((host, port))
        return True
    return False
