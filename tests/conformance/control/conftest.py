"""The same commands given to rabbitmqctl and leveretctl, and what they print made comparable."""

import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from bench.rabbitmq import RabbitMQ

from leveret.cli.ctl.main import run
from tests.brokers import Endpoint
from tests.conformance.control.rabbitmqctl import Outcome, rabbitmqctl
from tests.control.served import COOKIE, Served, served

# Everything that these tests make has this in its name: others use the same RabbitMQ.
OWN = "ctl-"

NODE = re.compile(r"[\w-]+@localhost\b")
PID = re.compile(r"#?(?:PID)?<(?:NODE\.)?\d+\.\d+\.\d+>")
# Ports, wherever they are told; and rabbitmqctl's words for what has another name here.
PORTS = re.compile(r"""(port: |ports: |ports |"port":|"ports":\[|, |,)"?\d{4,5}"?(?=\D)""")
WORDS = {
    "rabbitmqctl": "leveretctl",
    "rabbitmq-diagnostics": "leveretctl",
    "RabbitMQ": "Leveret",
    "rabbit app": "leveret app",
    "'rabbit'": "'leveret'",
    "AMQP 0-9-1 and AMQP 1.0": "AMQP 0-9-1",
    "registered with epmd": "its node port answers",
}


def leveretctl(words: list[str]) -> Outcome:
    """In this process, asking a real port."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    return Outcome(code, out.getvalue(), err.getvalue())


def neutral(outcome: Outcome) -> Outcome:
    """Without the names of tool and node."""
    out, err = (
        PORTS.sub(r"\1PORT", NODE.sub("NODE", _translated(text)))
        for text in (outcome.out, outcome.err)
    )
    return replace(outcome, out=PID.sub("PID", out), err=err)


def _translated(text: str) -> str:
    for theirs, ours in WORDS.items():
        text = text.replace(theirs, ours)
    return text


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
def leveret_node(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A node that leveretctl finds."""
    with served() as node:
        monkeypatch.setenv("LEVERET_COOKIE", COOKIE.decode())
        monkeypatch.setenv("LEVERET_NODE_PORT", str(node.address[1]))
        monkeypatch.setenv("LEVERET_NODE", "leveret@localhost")
        monkeypatch.delenv("LEVERET_DATA_DIR", raising=False)
        yield node


def compare(rabbitmq_node: RabbitMQ, script: str, tool: str = "rabbitmqctl") -> None:
    """Give each line to both, and want the same of both."""
    commands = [shlex.split(line) for line in script.splitlines() if line.strip()]
    expected = rabbitmqctl(rabbitmq_node, commands, tool)
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


@pytest.fixture
def alike(rabbitmq_node: RabbitMQ, leveret_node: Served) -> Callable[..., None]:
    assert leveret_node.application is not None
    return partial(compare, rabbitmq_node)
