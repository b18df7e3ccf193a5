"""Two brokers with their management APIs, asked side by side."""

import http.client
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bench.processes import free_ports
from bench.rabbitmq import RabbitMQ, is_installed, running_rabbitmq

from leveret import Settings, running
from tests.management.asking import Reply, reply_of

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Managed:
    """A broker. url: of its management API. amqp: of AMQP, as guest. node: a RabbitMQ only."""

    name: str
    management_port: int
    prometheus_port: int
    amqp: str
    node: RabbitMQ | None = field(default=None, repr=False, compare=False)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        user: str | None = "guest:guest",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """path: behind /api, or whole when it begins with another word. body: JSON, or octets."""
        connection = http.client.HTTPConnection(HOST, self.management_port, timeout=30)
        return reply_of(connection, (method, path, body), user, headers or {})

    def get(self, path: str, user: str | None = "guest:guest") -> Any:
        reply = self.ask("GET", path, user=user)
        assert reply.status == 200, (self.name, path, reply)
        return reply.json


@contextmanager
def running_managed_rabbitmq() -> Iterator[Managed]:
    if not is_installed() and "CI" not in os.environ:
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    management, prometheus = free_ports(2)
    settings = [
        f"management.tcp.port = {management}",
        f"management.tcp.ip = {HOST}",
        f"prometheus.tcp.port = {prometheus}",
        f"prometheus.tcp.ip = {HOST}",
        # Tests wait for RabbitMQ's statistics: five seconds each time otherwise.
        "collect_statistics_interval = 1000",
    ]
    plugins = ("rabbitmq_management", "rabbitmq_prometheus")
    with running_rabbitmq(settings=settings, plugins=plugins) as node:
        yield Managed("rabbitmq", management, prometheus, node.url, node)


@contextmanager
def running_managed_leveret(data_dir: Path) -> Iterator[Managed]:
    settings = Settings(data_dir=data_dir, login_failures_max=0)
    with running(settings=settings, management_port=0, prometheus_port=0) as broker:
        management = int(broker.management_url.rpartition(":")[2])
        prometheus = int(broker.prometheus_url.rpartition(":")[2])
        yield Managed("leveret", management, prometheus, broker.url)


@pytest.fixture(scope="session")
def managed_rabbitmq() -> Iterator[Managed]:
    with running_managed_rabbitmq() as managed:
        yield managed


@pytest.fixture(scope="session")
def managed_leveret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Managed]:
    with running_managed_leveret(tmp_path_factory.mktemp("data")) as managed:
        yield managed


@pytest.fixture
def both(managed_rabbitmq: Managed, managed_leveret: Managed) -> tuple[Managed, Managed]:
    """RabbitMQ, and Leveret."""
    return managed_rabbitmq, managed_leveret
