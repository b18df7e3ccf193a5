"""A private RabbitMQ, started and ended with the block that needs it.

Rule: nothing is shared with a RabbitMQ that this machine may already run: ports, node name,
epmd, cookie and directories are its own, and everything listens on loopback alone.
Debian's wrapper in /usr/sbin changes user, so the server script itself is started.
"""

import contextlib
import itertools
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import HOST, Command, Server, free_ports, own_directory, running

SCRIPTS = Path("/usr/lib/rabbitmq/bin")
START_S_MAX = 90.0  # A cold, busy machine takes half a minute; more means that it never will.
EPMD_STOP_S_MAX = 5.0

_CALLS = itertools.count(1)

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
    """A node: where it listens, its process, its files, how its tools reach it."""

    host: str
    port: int
    server: Server
    environment: dict[str, str]
    home: Path

    @property
    def pid(self) -> int:
        return self.server.pid

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

    def evaluate(self, expression: str) -> str:
        """What the node makes of an Erlang expression: in no time, where `ctl` takes a second."""
        cookie = (self.home / ".erlang.cookie").read_text().strip()
        node = self.environment["RABBITMQ_NODENAME"]
        answer = subprocess.run(
            # A name of its own: two of the same do not get in.
            ["erl_call", "-h", f"caller{next(_CALLS)}", "-n", node, "-c", cookie, "-e"],
            input=f"{expression}.\n",
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        if not answer.startswith("{ok, "):
            raise RabbitMQFailedError(f"{expression}: {answer}")
        return answer.removeprefix("{ok, ").removesuffix("}")

    def kill(self) -> None:
        """SIGKILL, once what was declared is written: RabbitMQ says declare-ok before Mnesia's log
        has it, and a queue declared just before the end may be gone."""
        self.ctl("eval", "mnesia:sync_log().")
        self.server.kill()


def is_installed() -> bool:
    return (SCRIPTS / "rabbitmq-server").exists()


@contextlib.contextmanager
def running_rabbitmq(
    port: int = 0, *, settings: Sequence[str] = (), plugins: Sequence[str] = ()
) -> Iterator[RabbitMQ]:
    """Start a RabbitMQ with guest/guest; yield once it speaks AMQP.

    settings: further lines of its rabbitmq.conf. plugins: those that are enabled.
    """
    if not is_installed():
        raise RabbitMQMissingError("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(own_directory("rabbitmq-"))
        ports = free_ports(3)
        amqp_port = port or ports[0]
        environment = node_environment(home, amqp_port, ports[1], ports[2])
        with (home / "rabbitmq.conf").open("a") as config:
            config.writelines(f"{line}\n" for line in settings)
        (home / "enabled_plugins").write_text(f"[{','.join(plugins)}].\n")
        stack.enter_context(running_epmd(ports[2], environment))
        line = ("/bin/sh", str(SCRIPTS / "rabbitmq-server"))
        command = Command("RabbitMQ", line, environment, START_S_MAX, RabbitMQFailedError)
        server = Server(command, amqp_port, home / "output")
        stack.enter_context(running(server))
        yield RabbitMQ(HOST, amqp_port, server, environment, home)


@contextlib.contextmanager
def running_epmd(port: int, environment: dict[str, str]) -> Iterator[None]:
    epmd = subprocess.Popen(
        ["epmd", "-port", str(port), "-address", HOST],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        epmd.terminate()
        try:
            epmd.wait(EPMD_STOP_S_MAX)
        except subprocess.TimeoutExpired:
            epmd.kill()
            epmd.wait()


def node_environment(home: Path, port: int, dist_port: int, epmd_port: int) -> dict[str, str]:
    config = home / "rabbitmq.conf"
    config.write_text(CONFIG.format(host=HOST, port=port))
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
