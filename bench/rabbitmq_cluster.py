"""RabbitMQ nodes that can be, or are, one cluster: the judge of what a cluster says and shows.

Rule: as in `bench/rabbitmq.py`, nothing is shared with a RabbitMQ of this machine. The nodes have
one epmd and one cookie of their own, and listen on loopback alone, each on its own ports.
"""

import contextlib
import json
import os
import signal
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.processes import HOST, Command, Server, Told, free_ports, own_directory, told_by
from bench.rabbitmq import (
    SCRIPTS,
    RabbitMQ,
    RabbitMQFailedError,
    RabbitMQMissingError,
    is_installed,
    node_environment,
    running_epmd,
)

START_S_MAX = 180.0  # Several cold nodes on one machine start at once.
TOOL_S_MAX = 180.0
PORTS_PER_NODE = 3


@dataclass(frozen=True, slots=True)
class ClusterNode(RabbitMQ):
    """A node whose HTTP API is on a port of its own, and whose refusals are of interest."""

    http_port: int

    @property
    def name(self) -> str:
        return self.environment["RABBITMQ_NODENAME"]

    def begin(self) -> None:
        """Come up in its own time: it may have to wait for others."""
        self.server.begin()

    def start(self) -> None:
        """Come up and return once it speaks AMQP."""
        self.server.start(START_S_MAX)

    def stop(self) -> float:
        return self.server.stop()

    def kill(self) -> None:
        self.server.kill()

    def freeze(self) -> None:
        self.server.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.server.send(signal.SIGCONT)

    def ask(self, *arguments: str, tool: str = "rabbitmqctl") -> Told:
        """Run a tool against this node, as a person does: not quiet, and it may be refused."""
        return told_by(("/bin/sh", str(SCRIPTS / tool), *arguments), self.environment, TOOL_S_MAX)

    def fetch(self, path: str) -> object:
        """GET of the HTTP API, as guest."""
        request = urllib.request.Request(f"http://{self.host}:{self.http_port}/api/{path}")
        request.add_header("Authorization", f"Basic {b64encode(b'guest:guest').decode()}")
        with urllib.request.urlopen(request, timeout=TOOL_S_MAX) as answer:
            told: object = json.load(answer)
        return told


@contextlib.contextmanager
def running_rabbitmq_cluster(
    count: int = 3, *, settings: Sequence[str] = (), joined: bool = True
) -> Iterator[tuple[ClusterNode, ...]]:
    """Start nodes with guest/guest and the management plugin; joined: as one cluster, the first
    node being who the others joined."""
    if not is_installed():
        raise RabbitMQMissingError("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(own_directory("rabbitmqs-"))
        epmd_port, *ports = free_ports(1 + PORTS_PER_NODE * count)
        nodes = tuple(
            _node(home / str(number), epmd_port, ports[number::count], settings)
            for number in range(count)
        )
        stack.enter_context(running_epmd(epmd_port, nodes[0].environment))
        with ThreadPoolExecutor(count) as threads:
            stack.callback(_stop, nodes)
            list(threads.map(lambda node: node.server.start(), nodes))
        if joined:
            for node in nodes[1:]:
                join(node, nodes[0])
        yield nodes


def join(node: ClusterNode, other: ClusterNode) -> None:
    node.ctl("stop_app")
    node.ctl("join_cluster", other.name)
    node.ctl("start_app")


def _stop(nodes: Sequence[ClusterNode]) -> None:
    """All at once: a node that waits for others to end before it would wait for long."""
    with ThreadPoolExecutor(len(nodes)) as threads:
        list(threads.map(lambda node: node.server.stop(), nodes))


def _node(home: Path, epmd_port: int, ports: Sequence[int], settings: Sequence[str]) -> ClusterNode:
    amqp, dist, http = ports
    home.mkdir()
    _keep_cookie(home)
    environment = node_environment(home, amqp, dist, epmd_port)
    with (home / "rabbitmq.conf").open("a") as config:
        config.write(f"management.tcp.port = {http}\nmanagement.tcp.ip = {HOST}\n")
        config.writelines(f"{line}\n" for line in settings)
    (home / "enabled_plugins").write_text("[rabbitmq_management].\n")
    line = ("/bin/sh", str(SCRIPTS / "rabbitmq-server"))
    command = Command("RabbitMQ", line, environment, START_S_MAX, RabbitMQFailedError)
    return ClusterNode(HOST, amqp, Server(command, amqp, home / "output"), environment, home, http)


def _keep_cookie(home: Path) -> None:
    cookie = home / ".erlang.cookie"
    cookie.write_text("LEVERETSJUDGE")
    os.chmod(cookie, 0o400)
