"""Two brokers of these tests' own, whose every tap is open: they see what anybody else does.

Both trace vhost /, publish their events, and publish their log. One script runs at a time.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from bench.rabbitmq import START_S_MAX, RabbitMQ, is_installed, running_rabbitmq

from leveret import Settings, running
from leveret.config.tap_settings import TapSettings
from tests.conformance.protocol.script import Script, run

# What differs from run to run, or names the broker; what kind of value it is stays.
VOLATILE = [
    (re.compile(r"S:'[\w.-]+@[\w.-]+'"), "S:NODE"),
    (re.compile(r"S:'127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+( \(\d+\))?'"), r"S:'PEER\1'"),
]


def neutral(line: str) -> str:
    for pattern, replacement in VOLATILE:
        line = pattern.sub(replacement, line)
    return line


@dataclass(frozen=True, slots=True)
class Tapped:
    """A broker with its taps open. act: do something that no client can; by name, on either."""

    host: str
    port: int
    act: Callable[[str], None]

    def run(self, script: Script) -> list[str]:
        return [neutral(line) for line in run(script, self)]


def wait_for_log_exchange(node: RabbitMQ) -> None:
    """It is declared some seconds after the start."""
    deadline = time.monotonic() + START_S_MAX
    while "amq.rabbitmq.log" not in node.ctl("list_exchanges", "name"):
        assert time.monotonic() < deadline, "RabbitMQ has no amq.rabbitmq.log"
        time.sleep(0.2)


@pytest.fixture(scope="session")
def tapped_rabbitmq() -> Iterator[Tapped]:
    if not is_installed() and "CI" not in os.environ:
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with running_rabbitmq(
        settings=["log.exchange = true"], plugins=["rabbitmq_event_exchange"]
    ) as node:
        node.ctl("trace_on", "-p", "/")
        wait_for_log_exchange(node)
        yield Tapped(node.host, node.port, lambda terms: node.ctl("eval", terms))


@pytest.fixture(scope="session")
def tapped_leveret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tapped]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        taps=TapSettings(trace_vhosts=frozenset({"/"}), event_exchange=True, log_exchange=True),
    )
    with running(port=0, settings=settings) as node:
        yield Tapped(node.host, node.port, lambda _terms: None)


@pytest.fixture
def alike(tapped_rabbitmq: Tapped, tapped_leveret: Tapped) -> Callable[[Script], None]:
    def check(script: Script) -> None:
        steps = list(script)
        assert tapped_leveret.run(steps) == tapped_rabbitmq.run(steps)

    return check
