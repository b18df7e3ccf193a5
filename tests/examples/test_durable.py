"""Scenario 4 with its crash: the broker is killed, and what was durable is there again.

Both brokers do this with a node of their own, since nobody else's may be killed.
"""

from collections.abc import Iterator
from typing import Protocol

import pytest
from bench.rabbitmq import is_installed, running_rabbitmq

from tests.conftest import BROKERS
from tests.crash.node import Node
from tests.examples.conftest import EXAMPLES
from tests.examples.program import Program


class Mortal(Protocol):
    """A broker that can be killed and comes back on the same port and files."""

    url: str

    def kill(self) -> None: ...

    def start(self) -> object: ...


class MortalRabbit:
    def __init__(self, node):
        self.url = node.url
        self.kill = node.kill
        self.start = node.server.start


@pytest.fixture(params=BROKERS)
def mortal(request, tmp_path) -> Iterator[Mortal]:
    if request.param == "leveret":
        with Node(tmp_path) as node:
            yield node
    elif is_installed():
        with running_rabbitmq() as node:
            yield MortalRabbit(node)
    else:
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")


def told_by(example: str, mortal: Mortal) -> list[str]:
    with Program(EXAMPLES / "04_durable" / example, (), mortal.url) as program:
        return program.wait_end()


@pytest.mark.slow  # Two starts of RabbitMQ.
def test_what_is_durable_outlives_the_broker_and_nothing_else_does(mortal):
    told_by("publish.py", mortal)
    assert told_by("look.py", mortal) == ["ledger: 2 waiting", "scribbles: 1 waiting"]
    mortal.kill()
    mortal.start()
    assert told_by("look.py", mortal) == [
        "ledger: 1 waiting",
        "scribbles: 404 NOT_FOUND - no queue 'scribbles' in vhost '/'",
    ]
    assert told_by("redeclare.py", mortal) == [
        (
            "406 PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'ledger' in vhost '/': "
            "received 'false' but current is 'true'"
        ),
        "the ledger still holds 1 messages",
    ]
    assert told_by("get.py", mortal) == [
        "'a persistent entry' has delivery_mode 2",
        "the ledger is empty",
    ]
