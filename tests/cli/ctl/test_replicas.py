"""Commands on copies, leaders and maintenance: what is said and how they end, as RabbitMQ 3.10.8's.

Its texts are in the tests and in golden/: recorded from bench/rabbitmq_cluster.py's nodes.
"""

import json
from pathlib import Path

import pytest

from leveret.control import exits
from leveret.control.verbs import Known, find

GOLDEN = Path(__file__).parent / "golden"
OWN = "leveret@localhost"
pytestmark = pytest.mark.usefixtures("node")

CRITICAL = [
    {"name": "m1", "readable_name": "queue 'm1' in vhost '/'", "type": "x", "virtual_host": "/"}
]
# What golden/rebalance.txt was drawn from.
LEADERS = [
    [
        ["Node name", node],
        ["Number of quorum queues", quorum],
        ["Number of replicated classic queues", classic],
    ]
    for node, quorum, classic in (
        ("rabbit-24486@localhost", 1, 0),
        ("rabbit-22724@localhost", 0, 1),
    )
]
CHECKS = {
    "check_if_node_is_mirror_sync_critical": (
        "for data safety of any classic mirrored queues",
        "no classic mirrored queues without online synchronised mirrors",
        "would lose its only synchronised replica (master)",
        "local classic mirrored queues without online synchronised mirrors",
    ),
    "check_if_node_is_quorum_critical": (
        "for quorum of any quorum queues",
        "no quorum queues with minimum quorum",
        "would lose quorum",
        "local queues with minimum online quorum",
    ),
}


@pytest.fixture
def answering(monkeypatch):
    """answering(verb, value): the node says that, as one in a cluster."""

    def answer(verb, value):
        known = find(verb)
        said = Known(lambda _call: value, known.needs_app)
        there = {verb: said}
        monkeypatch.setattr(
            "leveret.control.answering.find", lambda name: there.get(name) or find(name)
        )

    return answer


# Copies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS)
def test_no_queue_would_be_lost(ctl, answering, check):
    about, none, _loss, _some = CHECKS[check]
    answering("critical_queues", [])
    outcome = ctl(check)
    assert (outcome.code, outcome.err) == (exits.OK, "")
    assert outcome.out == (
        f"Checking if node {OWN} is critical {about} ...\nNode {OWN} reported {none}\n"
    )


@pytest.mark.parametrize("check", CHECKS)
def test_a_queue_would_be_lost(ctl, answering, check):
    about, _none, loss, some = CHECKS[check]
    answering("critical_queues", CRITICAL)
    outcome = ctl(check)
    assert outcome.code == exits.UNAVAILABLE
    assert outcome.out == f"Checking if node {OWN} is critical {about} ...\n"
    assert outcome.err == f"queue 'm1' in vhost '/' {loss} if node {OWN} is stopped\n"
    told = ctl(check, "--formatter", "json")
    assert (told.code, told.out) == (exits.UNAVAILABLE, "")
    assert json.loads(told.err) == {
        "message": f"Node {OWN} reported {some}", "queues": CRITICAL, "result": "error",
    }  # fmt: skip


@pytest.mark.parametrize("check", CHECKS)
def test_a_node_alone_is_not_critical(ctl, check):
    outcome = ctl(check, "-q")
    assert (outcome.code, outcome.err) == (exits.OK, "")
    assert outcome.out == (
        f"Node {OWN} seems to be the only one in a single node cluster, the check does not apply\n"
    )


@pytest.mark.parametrize(
    ("command", "banner"),
    [("sync_queue", "Synchronising queue"), ("cancel_sync_queue", "Stopping synchronising queue")],
)
def test_copies_of_no_queue(ctl, command, banner):
    outcome = ctl(command, "nope")
    assert outcome.code == exits.UNAVAILABLE
    assert outcome.out == f"{banner} 'nope' in vhost '/' ...\n"
    assert outcome.err == "Error:\nnot_found\n"


def test_a_queue_that_is_in_step(ctl, answering):
    answering("sync_queue", None)
    outcome = ctl("sync_queue", "m1")
    assert (outcome.code, outcome.err) == (exits.OK, "")
    assert outcome.out == "Synchronising queue 'm1' in vhost '/' ...\n"


def test_a_queue_that_is_not_synchronising(ctl, answering):
    answering("cancel_sync_queue", "not_syncing")
    outcome = ctl("cancel_sync_queue", "-p", "burrow", "m1")
    assert (outcome.code, outcome.err) == (exits.OK, "")
    assert outcome.out == "Stopping synchronising queue 'm1' in vhost 'burrow' ...\nnot_syncing\n"


# Leaders ----------------------------------------------------------------------------------------


def test_who_leads_is_drawn(ctl, answering):
    answering("rebalance", LEADERS)
    outcome = ctl("rebalance", "all")
    assert (outcome.code, outcome.err) == (exits.OK, "")
    assert outcome.out == (GOLDEN / "rebalance.txt").read_text()
    told = ctl("rebalance", "all", "--formatter", "json")
    assert json.loads(told.out) == {"node": OWN, "result": "ok", "value": LEADERS}


def test_a_node_alone_leads_all_there_is(ctl):
    outcome = ctl("rebalance", "quorum", "--queue-pattern", "^q")
    assert (outcome.code, outcome.err) == (exits.OK, "")
    banner, *drawn = outcome.out.splitlines()
    assert banner == "Re-balancing leaders of quorum queues..."
    assert drawn == [
        "\x1b(0lqqqqqqqqk\x1b(B",
        "\x1b(0x\x1b(B \x1b[1mOutput\x1b[0m \x1b(0x\x1b(B",
        "\x1b(0tqqqqqqqqu\x1b(B",
        "\x1b(0x\x1b(B []     \x1b(0x\x1b(B",
        "\x1b(0mqqqqqqqqj\x1b(B",
    ]
    told = ctl("rebalance", "quorum", "--formatter", "json")
    assert json.loads(told.out) == {"node": OWN, "result": "ok", "value": []}


def test_no_type_of_queue(ctl):
    outcome = ctl("rebalance", "banana")
    assert (outcome.code, outcome.out) == (exits.UNAVAILABLE, "")
    assert outcome.err == (
        "Error:\ntype banana is not supported. Try one of all, classic, quorum.\n"
    )


# Maintenance ------------------------------------------------------------------------------------


def test_maintenance_and_back(ctl):
    drained = ctl("drain")
    assert (drained.code, drained.err) == (exits.OK, "")
    assert drained.out == (
        f"Will put node {OWN} into maintenance mode. "
        "The node will no longer serve any client traffic!\n"
    )
    magenta = "\x1b[35mmarked for maintenance\x1b[0m"
    assert f"Node: {OWN}, status: {magenta}\n" in ctl("cluster_status").out
    assert "Is under maintenance?: true\n" in ctl("status").out
    revived = ctl("revive")
    assert (revived.code, revived.err) == (exits.OK, "")
    assert revived.out == (
        f"Will put node {OWN} back into regular operating mode. "
        "The node will again serve client traffic and host primary queue replicas.\n"
    )
    assert f"Node: {OWN}, status: not under maintenance\n" in ctl("cluster_status").out
    assert ctl("check_port_connectivity").code == exits.OK
