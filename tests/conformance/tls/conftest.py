"""Two nodes with one rabbitmq.conf, as people write it for TLS, and certificates made for them.

Leveret is started as a person starts it: `leveret serve --config rabbitmq.conf`.
"""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from bench.processes import HOST, free_node_port, free_ports
from bench.rabbitmq import RabbitMQ, is_installed, running_rabbitmq

from tests.server.authority import name
from tests.server.secured import Pki, plain_socket

OPEN_S_MAX = 20.0
HARE = "CN=hare,O=Warren"
CONF = """\
listeners.ssl.default = {host}:{tls_port}
ssl_options.cacertfile = {pki.ca_file}
ssl_options.certfile   = {pki.certfile}
ssl_options.keyfile    = {pki.keyfile}
ssl_options.verify     = verify_peer
ssl_options.depth      = 1
ssl_options.fail_if_no_peer_cert = true
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
ssl_options.honor_cipher_order = true
ssl_options.client_renegotiation = false
ssl_handshake_timeout = 2000
auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = EXTERNAL
ssl_cert_login_from = distinguished_name
load_definitions = {definitions}
"""
DEFINITIONS = {
    "vhosts": [{"name": "/"}],
    "users": [
        {"name": "guest", "password": "guest", "tags": "administrator"},
        {"name": HARE, "password": "unguessed", "tags": ""},
    ],
    "permissions": [
        {"user": user, "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
        for user in ("guest", HARE)
    ],
}


@dataclass(frozen=True, slots=True)
class Secured:
    """Where a broker listens, plain and with TLS."""

    name: str
    port: int
    tls_port: int
    rabbitmq: RabbitMQ | None = None

    @property
    def plain(self):
        return HOST, self.port

    @property
    def tls(self):
        return HOST, self.tls_port


@pytest.fixture(scope="session")
def pki(tmp_path_factory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def hare(pki):
    """The certificate of a user whom both brokers know."""
    return pki.ca.vouch_for(name(("O", "Warren"), ("CN", "hare")))


def conf_of(pki, tls_port):
    definitions = pki.directory / "definitions.json"
    definitions.write_text(json.dumps(DEFINITIONS))
    return CONF.format(host=HOST, tls_port=tls_port, pki=pki, definitions=definitions)


@pytest.fixture(scope="session")
def secured_rabbitmq(pki) -> Iterator[Secured]:
    if not is_installed():
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    (tls_port,) = free_ports(1)
    lines = conf_of(pki, tls_port).splitlines()
    with running_rabbitmq(settings=lines, plugins=["rabbitmq_auth_mechanism_ssl"]) as node:
        wait_until_open(tls_port)
        yield Secured("rabbitmq", node.port, tls_port, node)


def wait_until_open(port: int) -> None:
    """RabbitMQ listens with TLS a moment after it does without."""
    until = time.monotonic() + OPEN_S_MAX
    while True:
        try:
            plain_socket((HOST, port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < until, f"nobody listens on port {port}"
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="session")
def secured_leveret(pki) -> Iterator[Secured]:
    port, (tls_port,) = free_node_port(), free_ports(1)
    conf = pki.directory / "rabbitmq.conf"
    conf.write_text(f"listeners.tcp.default = {HOST}:{port}\n{conf_of(pki, tls_port)}")
    with serving(conf, pki.directory / "data"):
        yield Secured("leveret", port, tls_port)


@contextlib.contextmanager
def serving(conf: Path, data_dir: Path) -> Iterator[None]:
    """`leveret serve` from the moment it is up."""
    line = ("-m", "leveret", "serve", "--config", conf, "--data-dir", data_dir)
    with subprocess.Popen(
        [sys.executable, *map(str, line), "--log-format", "json"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        told = []
        try:
            for log_line in process.stdout:
                told.append(log_line)
                if json.loads(log_line).get("event") == "up":
                    break
            else:
                raise AssertionError(told)
            yield
        finally:
            process.terminate()
            process.communicate()


@pytest.fixture(params=["leveret", "rabbitmq"])
def secured(request) -> Secured:
    return request.getfixturevalue(f"secured_{request.param}")
