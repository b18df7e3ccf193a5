"""The same commands given to rabbitmqctl and leveretctl, and what they print made comparable."""

import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from bench.rabbitmq import RabbitMQ

from leveret.broker.permissions import EVERYTHING
from leveret.cli.ctl.main import run
from tests.brokers import Endpoint
from tests.conformance.control.rabbitmqctl import Outcome, rabbitmqctl
from tests.control.served import COOKIE, OneBroker, served

# Everything that these tests make has this in its name: others use the same RabbitMQ.
OWN = "ctl-"

NODE = re.compile(r"[\w-]+@localhost\b")
Commands = list[list[str]]


def leveretctl(words: list[str]) -> Outcome:
    """In this process, asking a real port."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    return Outcome(code, out.getvalue(), err.getvalue())


def neutral(outcome: Outcome) -> Outcome:
    """Without the names of tool and node."""
    out, err = (
        NODE.sub("NODE", text.replace("rabbitmqctl", "leveretctl"))
        for text in (outcome.out, outcome.err)
    )
    return replace(outcome, out=out, err=err)


def listed(outcome: Outcome, other: Outcome) -> Outcome:
    """What is printed around a listing's rows, and those rows that are the tests' own, sorted."""
    mine, others = (
        {line.removeprefix(",") for line in each.out.split("\n")} for each in (outcome, other)
    )
    kept = sorted(each for each in mine if OWN in each or each in others)
    return replace(outcome, out="\n".join(kept))


@pytest.fixture(scope="session")
def rabbitmq_node(rabbitmq: Endpoint) -> RabbitMQ:
    return rabbitmq.admin.node


@pytest.fixture
def one_leveret(monkeypatch: pytest.MonkeyPatch) -> Iterator[OneBroker]:
    host = OneBroker()
    broker = host.broker
    broker.node = "leveret@localhost"
    broker.users.add("guest", "guest", frozenset({"administrator"}))
    broker.set_permission("guest", "/", EVERYTHING)
    with served(host) as port:
        monkeypatch.setenv("LEVERET_COOKIE", COOKIE.decode())
        monkeypatch.setenv("LEVERET_NODE_PORT", str(port.address[1]))
        monkeypatch.setenv("LEVERET_NODE", broker.node)
        monkeypatch.delenv("LEVERET_DATA_DIR", raising=False)
        yield host


@pytest.fixture
def alike(rabbitmq_node: RabbitMQ, one_leveret: OneBroker) -> Callable[[str], None]:
    """Gives each line to both, and wants the same of both."""
    assert one_leveret.broker is not None

    def check(script: str) -> None:
        commands = [shlex.split(line) for line in script.splitlines() if line.strip()]
        expected = rabbitmqctl(rabbitmq_node, commands)
        found = [leveretctl(words) for words in commands]
        differing = []
        for words, theirs, ours in zip(commands, expected, found, strict=True):
            pair = neutral(ours), neutral(theirs)
            if words[0].startswith("list_"):
                pair = listed(*pair), listed(*reversed(pair))
            if pair[0] != pair[1]:
                told = f"{shlex.join(words)}\n  ours:   {pair[0]}\n  theirs: {pair[1]}"
                differing.append(told)
        assert not differing, "\n".join(differing)

    return check
