"""Node's amqplib: the scenarios are JavaScript (../node/scenarios.mjs), each run as a process."""

import subprocess
from pathlib import Path

import pytest

from tests.conformance.installed import require

NODE = Path(__file__).parents[1] / "node"
SCENARIOS = [
    "answersByDirectReplyTo",
    "carriesBigAndEmptyBodies",
    "carriesPropertiesAndHeaders",
    "getsNacksAndGetsAgain",
    "holdsNoMoreThanItsPrefetch",
    "isRefusedWithCodeAndText",
    "isTurnedAwayFromAnUnknownVhost",
    "isTurnedAwayWithAWrongPassword",
    "learnsThatItsQueueWasDeleted",
    "publishesAndConsumesInOrder",
    "recoversWhatIsOut",
    "renewsItsSecret",
    "returnsWhatHasNoRoute",
    "routesByTopicAndBetweenExchanges",
    "survivesIdleOnHeartbeats",
]


def call(*command, timeout_s=60):
    done = subprocess.run(
        command, cwd=NODE, capture_output=True, text=True, timeout=timeout_s, check=False
    )
    assert done.returncode == 0, (
        f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}"
    )
    return done.stdout


@pytest.fixture(scope="session")
def node():
    """The node program, with amqplib as the lock file has it."""
    program = require("node", "nodejs")
    require("npm", "npm")
    installed = NODE / "node_modules" / ".package-lock.json"
    wanted = NODE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        call("npm", "ci", "--no-audit", "--no-fund", timeout_s=110)
    return program


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_amqplib(node, broker, unique, scenario):
    unique("queue")
    prefix = unique("queue").removesuffix("-queue")
    call(node, "run.mjs", broker.url, prefix, scenario)


def test_every_scenario_is_run_here(node):
    assert sorted(call(node, "run.mjs").split()) == SCENARIOS
