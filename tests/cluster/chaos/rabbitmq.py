"""Three nodes of RabbitMQ 3.10.8, each in a namespace, with one mirrored queue: the proof that the
checker can fail. As it comes, but for the net tick: 8 s instead of 60, so that runs are short.

Rule: as bench/rabbitmq.py has it, nothing is shared with any other RabbitMQ on this machine.
"""

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.processes import PROTOCOL_HEADER, own_directory, tail
from bench.rabbitmq import SCRIPTS

from tests.cluster.chaos.disks import Disk
from tests.cluster.chaos.load import QUEUE, Address, connected
from tests.cluster.chaos.places import Network, Place, in_namespaces
from tests.cluster.chaos.schedule import Part

PORT = 5672
DIST_PORT = 25672
START_S_MAX = 90.0
# Long enough for every election and the net tick, once all is mended.
SETTLE_S = 25.0
STOP_S_MAX = 20.0
ASK_S_MAX = 2.0
NET_TICK_S = 8
COOKIE = "chaos"
CALLS = itertools.count(1)

CONFIG = """\
listeners.tcp.default = {address}:{port}
loopback_users.guest = false
log.console = false
log.file.level = warning
cluster_partition_handling = {handling}
cluster_formation.peer_discovery_backend = classic_config
"""
MIRROR_ALL = '{"ha-mode":"all","ha-sync-mode":"automatic"}'
# Whether the queue's leader, as this node has it, is a living process of its own.
SERVES = (
    'case rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"%s">>)) of '
    "{ok, Q} -> P = amqqueue:get_pid(Q), node(P) =:= node() andalso is_process_alive(P); "
    "_ -> false end."
)


@dataclass
class Node:
    """One node: where it is, its files, its process while it runs."""

    place: Place
    home: Path
    environment: dict[str, str]
    disk: Disk
    process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return name_of(self.place)

    def start(self) -> None:
        assert self.process is None, f"{self.name} runs already"
        with (self.home / "output").open("ab") as output:
            self.process = subprocess.Popen(
                (*self.place.prefix, "/bin/sh", str(SCRIPTS / "rabbitmq-server")),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def send(self, number: signal.Signals) -> None:
        """To all of it: the Erlang machine and what it has started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def end(self, number: signal.Signals, patience_s: float = STOP_S_MAX) -> None:
        if self.process is None:
            return
        self.send(number)
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.send(signal.SIGKILL)
            self.process.wait()
        self.process = None

    def is_up(self) -> bool:
        try:
            with socket.create_connection((self.place.address, PORT), timeout=1) as probe:
                probe.sendall(PROTOCOL_HEADER)
                return probe.recv(1) == b"\x01"
        except OSError:
            return False

    def evaluate(self, expression: str) -> str | None:
        """What the node makes of it; None when it does not answer in time."""
        caller = f"ask{next(CALLS)}"  # A name of its own: two of the same do not get in.
        command = ("erl_call", "-h", caller, "-name", self.name, "-c", COOKIE, "-e")
        try:
            answer = subprocess.run(
                (*self.place.prefix, *command),
                input=f"{expression}\n",
                env=self.environment,
                check=False,
                capture_output=True,
                text=True,
                timeout=ASK_S_MAX,
            ).stdout
        except subprocess.TimeoutExpired:
            return None
        return answer.removeprefix("{ok, ").removesuffix("}") if answer else None


class RabbitMQCluster:
    """All three, and the network between them. A Broker, as driving.py has it."""

    def __init__(self, network: Network, home: Path, handling: str) -> None:
        self.network: Network | None = network
        self.addresses: list[Address] = [(place.address, PORT) for place in network.places]
        self._nodes = {
            place.number: made(place, network, home / str(place.number), handling)
            for place in network.places
        }

    def kill(self, node: int, _part: Part = Part.NODE) -> None:
        self._nodes[node].end(signal.SIGKILL)

    def stop(self, node: int, _part: Part = Part.NODE) -> None:
        self._nodes[node].end(signal.SIGTERM)

    def start(self, node: int, _part: Part = Part.NODE) -> None:
        """One that waits for others to come first does so in its own time."""
        self._nodes[node].start()

    def freeze(self, node: int, _part: Part = Part.NODE) -> None:
        self._nodes[node].send(signal.SIGSTOP)

    def thaw(self, node: int, _part: Part = Part.NODE) -> None:
        self._nodes[node].send(signal.SIGCONT)

    def fill_disk(self, node: int) -> None:
        self._nodes[node].disk.fill()

    def empty_disk(self, node: int) -> None:
        self._nodes[node].disk.empty()

    def settle(self) -> bool:
        """Nobody says when it is whole: its queue may be two by then."""
        time.sleep(SETTLE_S)
        return True

    def serves(self, node: int) -> bool | None:
        answer = self._nodes[node].evaluate(SERVES % QUEUE)
        return None if answer not in {"true", "false"} else answer == "true"

    def bring_up(self) -> None:
        for node in self._nodes.values():
            node.disk.mount()
            node.start()
        for node in self._nodes.values():
            self._wait_until_up(node)
        self._wait_until_whole()
        first = self._nodes[1]
        ctl(first, "set_policy", "mirrored", "^mirrored", MIRROR_ALL)
        with connected(self.addresses[0]) as connection:
            connection.channel().queue_declare(QUEUE, durable=True)

    def _wait_until_up(self, node: Node) -> None:
        until = time.monotonic() + START_S_MAX
        while not node.is_up():
            if time.monotonic() > until or node.process is None or node.process.poll() is not None:
                raise RuntimeError(f"{node.name} did not start: {tail(node.home / 'output')}")
            time.sleep(0.2)

    def _wait_until_whole(self) -> None:
        until = time.monotonic() + START_S_MAX
        wanted = str(len(self._nodes))
        while self._nodes[1].evaluate("length(rabbit_mnesia:cluster_nodes(running)).") != wanted:
            if time.monotonic() > until:
                raise RuntimeError("the nodes did not find each other")
            time.sleep(0.2)

    def end(self) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda node: node.end(signal.SIGKILL), self._nodes.values()))
        for node in self._nodes.values():
            node.disk.unmount()


def name_of(place: Place) -> str:
    return f"rabbit@{place.address}"


def made(place: Place, network: Network, home: Path, handling: str) -> Node:
    home.mkdir()
    (home / "enabled_plugins").write_text("[].\n")
    cookie = home / ".erlang.cookie"
    cookie.write_text(COOKIE)
    cookie.chmod(0o600)
    lines = [
        f"cluster_formation.classic_config.nodes.{each.number} = {name_of(each)}\n"
        for each in network.places
    ]
    config = CONFIG.format(address=place.address, port=PORT, handling=handling)
    (home / "rabbitmq.conf").write_text(config + "".join(lines))
    return Node(place, home, environment_of(place, home), Disk(home / "mnesia"))


def environment_of(place: Place, home: Path) -> dict[str, str]:
    own = {
        "HOME": str(home),
        "RABBITMQ_USE_LONGNAME": "true",
        "RABBITMQ_NODENAME": name_of(place),
        "RABBITMQ_DIST_PORT": str(DIST_PORT),
        "RABBITMQ_CONF_ENV_FILE": str(home / "none"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "none"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel net_ticktime {NET_TICK_S}",
        # The server script then becomes the Erlang machine, so that its group is the node.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RABBITMQ_", "ERL_", "NOTIFY_SOCKET"))
    }
    return inherited | own


def ctl(node: Node, *arguments: str) -> str:
    return subprocess.run(
        (*node.place.prefix, "/bin/sh", str(SCRIPTS / "rabbitmqctl"), "--quiet", *arguments),
        env=node.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@contextlib.contextmanager
def running_epmd(place: Place) -> Iterator[None]:
    """Erlang's names, in that namespace alone; without it each node would leave one behind."""
    process = subprocess.Popen((*place.prefix, "epmd"), stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def rabbitmq_cluster(handling: str = "ignore") -> Iterator[RabbitMQCluster]:
    """handling: RabbitMQ's cluster_partition_handling."""
    with contextlib.ExitStack() as stack:
        network = stack.enter_context(in_namespaces(3))
        home = stack.enter_context(own_directory("chaos-rabbitmq-"))
        for place in network.places:
            stack.enter_context(running_epmd(place))
        cluster = RabbitMQCluster(network, home, handling)
        stack.callback(cluster.end)
        cluster.bring_up()
        yield cluster
