"""A private RabbitMQ, started and ended with the block that needs it.

Rule: nothing is shared with a RabbitMQ that this machine may already run: ports, node name,
epmd, cookie and directories are its own, and everything listens on loopback alone.
Debian's wrapper in /usr/sbin changes user, so the server script itself is started.
"""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
SCRIPTS = Path("/usr/lib/rabbitmq/bin")
START_S_MAX = 90.0  # A cold, busy machine takes half a minute; more means that it never will.
STOP_S_MAX = 20.0
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"

CONFIG = """\
listeners.tcp.default = {host}:{port}
loopback_users.guest = true
log.console = false
log.file.level = warning
"""


class RabbitMQMissingError(RuntimeError):
    """No RabbitMQ is installed here."""


class RabbitMQFailedError(RuntimeError):
    """RabbitMQ did not come up; the message carries the end of its output."""


@dataclass(frozen=True, slots=True)
class RabbitMQ:
    """A running node: where it listens, which process it is, how its tools reach it."""

    host: str
    port: int
    pid: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@{self.host}:{self.port}/"

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl against this node and return what it printed."""
        return subprocess.run(
            ["/bin/sh", str(SCRIPTS / "rabbitmqctl"), "--quiet", *arguments],
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout


def is_installed() -> bool:
    return (SCRIPTS / "rabbitmq-server").exists()


@contextlib.contextmanager
def running_rabbitmq(port: int = 0) -> Iterator[RabbitMQ]:
    """Start a RabbitMQ with guest/guest and no plugins; yield once it speaks AMQP."""
    if not is_installed():
        raise RabbitMQMissingError("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(
            tempfile.TemporaryDirectory(prefix="rabbitmq-", ignore_cleanup_errors=True)
        )
        ports = free_ports(3)
        amqp_port = port or ports[0]
        environment = node_environment(Path(home), amqp_port, ports[1], ports[2])
        output = stack.enter_context((Path(home) / "output").open("w+b"))
        epmd = ["epmd", "-port", str(ports[2]), "-address", HOST]
        stack.enter_context(running_process(epmd, environment, output.fileno()))
        server = stack.enter_context(
            running_process(
                ["/bin/sh", str(SCRIPTS / "rabbitmq-server")], environment, output.fileno()
            )
        )
        wait_until_serving(server, amqp_port, Path(home) / "output")
        yield RabbitMQ(HOST, amqp_port, server.pid, environment)


def node_environment(home: Path, port: int, dist_port: int, epmd_port: int) -> dict[str, str]:
    config = home / "rabbitmq.conf"
    config.write_text(CONFIG.format(host=HOST, port=port))
    (home / "enabled_plugins").write_text("[].\n")
    own = {
        "HOME": str(home),
        "ERL_EPMD_PORT": str(epmd_port),
        "ERL_EPMD_ADDRESS": HOST,
        "RABBITMQ_NODENAME": f"rabbit-{port}@localhost",
        "RABBITMQ_DIST_PORT": str(dist_port),
        "RABBITMQ_CONF_ENV_FILE": str(home / "none"),
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "none"),
        "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        # The server script then becomes the Erlang machine, so that its pid is the node's.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RABBITMQ_", "ERL_", "NOTIFY_SOCKET"))
    }
    return inherited | own


@contextlib.contextmanager
def running_process(
    command: list[str], environment: dict[str, str], output: int
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,  # An interrupt at the terminal must not end it before the block.
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_serving(server: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + START_S_MAX
    while not answers_amqp(port):
        if server.poll() is not None:
            raise RabbitMQFailedError(f"RabbitMQ ended with {server.returncode}: {tail(output)}")
        if time.monotonic() > deadline:
            raise RabbitMQFailedError(f"RabbitMQ is silent after {START_S_MAX} s: {tail(output)}")
        time.sleep(0.1)


def answers_amqp(port: int) -> bool:
    """Whether connection.start comes back: the listener opens before the node is ready."""
    try:
        with socket.create_connection((HOST, port), timeout=5) as probe:
            probe.sendall(PROTOCOL_HEADER)
            return probe.recv(1) == b"\x01"
    except OSError:
        return False


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]


def tail(output: Path) -> str:
    return output.read_text(errors="replace")[-2000:]
