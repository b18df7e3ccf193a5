"""leveretctl in this process, asking a node port that the test has."""

from dataclasses import dataclass

import pytest
from tests.control.served import COOKIE, served

from leveret.cli.ctl.main import run


@dataclass
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str


async def remove_guest(broker):
    broker.remove_user("guest")


@pytest.fixture
def node(monkeypatch):
    """A node without any user; whoever runs leveretctl finds it."""
    with served() as node:
        node.do(remove_guest(node.broker))
        monkeypatch.setenv("LEVERET_COOKIE", COOKIE.decode())
        monkeypatch.setenv("LEVERET_NODE_PORT", str(node.address[1]))
        monkeypatch.setenv("LEVERET_NODE", "leveret@localhost")
        monkeypatch.delenv("LEVERET_DATA_DIR", raising=False)
        yield node


@pytest.fixture
def ctl(capsys):
    """`leveretctl WORDS`."""

    def call(*words):
        capsys.readouterr()
        code = run(list(words))
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call
