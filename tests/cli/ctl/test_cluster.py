"""Commands about the cluster: what is said and how they end, as RabbitMQ 3.10.8's do.

Its texts are in the tests: recorded from bench/rabbitmq_cluster.py's nodes.
"""

import json

import pytest

from leveret.control import exits

OWN = "leveret@localhost"
pytestmark = pytest.mark.usefixtures("node")


class Clustering:
    """Behind the port of control/host.py."""

    def __init__(self):
        self.joined = []
        self.forgotten = []
        self.is_boot_forced = False

    async def join(self, through):
        self.joined.append(through)
        return len(self.joined) == 1

    async def forget(self, node):
        self.forgotten.append(node)

    async def force_boot(self):
        self.is_boot_forced = True


@pytest.fixture
def clustering(node, monkeypatch):
    clustering = Clustering()
    monkeypatch.setattr(type(node.node), "clustering", property(lambda _node: clustering))
    return clustering


def test_joining(ctl, clustering):
    ctl("stop_app")
    joined = ctl("join_cluster", "leveret@doe")
    assert (joined.code, joined.err) == (exits.OK, "")
    assert joined.out == f"Clustering node {OWN} with leveret@doe\n"
    again = ctl("join_cluster", "--ram", "leveret@doe")
    assert (again.code, again.err) == (exits.OK, "")
    assert again.out == (
        f"Clustering node {OWN} with leveret@doe\nThe node is already a member of this cluster\n"
    )
    assert clustering.joined == ["leveret@doe"] * 2


def test_who_runs_does_not_join(ctl, clustering):
    outcome = ctl("join_cluster", "leveret@doe")
    assert (outcome.code, outcome.out, clustering.joined) == (exits.USAGE, "", [])
    assert outcome.err.startswith(
        "Error: this command requires the 'leveret' app to be stopped on the target node. "
        "Stop it with 'leveretctl stop_app'.\nArguments given:\n\tjoin_cluster leveret@doe\n"
    )


def test_joining_itself(ctl):
    ctl("stop_app")
    outcome = ctl("join_cluster", OWN)
    assert (outcome.code, outcome.out) == (exits.SOFTWARE, f"Clustering node {OWN} with {OWN}\n")
    assert outcome.err == f"Error:\nError: cannot cluster node with itself: {OWN}\n"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--banana", "leveret@doe"], "Invalid options for this command:\n--banana : "),
        ([], "not enough arguments."),
        (["leveret@doe", "leveret@kit"], "too many arguments."),
    ],
)
def test_arguments_that_cannot_be_meant(ctl, words, text):
    outcome = ctl("join_cluster", *words)
    assert (outcome.code, outcome.out) == (exits.USAGE, "")
    assert outcome.err.startswith(f"Error (argument validation): {text}\nArguments given:\n")


def test_the_status_needs_the_application(ctl):
    shown = ctl("cluster_status")
    assert shown.code == exits.OK
    assert shown.out.startswith(
        f"Cluster status of node {OWN} ...\n\x1b[1mBasics\x1b[0m\n\nCluster name: "
    )
    ctl("stop_app")
    outcome = ctl("cluster_status")
    assert (outcome.code, outcome.out) == (exits.USAGE, "")
    assert "requires the 'leveret' app to be running" in outcome.err


def test_the_status_as_json_has_rabbitmqs_names(ctl):
    told = json.loads(ctl("cluster_status", "--formatter", "json").out)
    assert set(told) == {
        "alarms", "cluster_name", "disk_nodes", "feature_flags", "listeners", "maintenance_status",
        "partitions", "ram_nodes", "running_nodes", "versions",
    }  # fmt: skip


def test_the_name_of_a_cluster(ctl):
    outcome = ctl("set_cluster_name", "burrow")
    assert (outcome.code, outcome.out) == (exits.OK, "Setting cluster name to burrow ...\n")
    assert "Cluster name: burrow\n" in ctl("cluster_status").out


def test_forgetting(ctl, clustering):
    outcome = ctl("forget_cluster_node", "leveret@doe")
    assert (outcome.code, outcome.err) == (exits.OK, "")
    assert outcome.out == "Removing node leveret@doe from the cluster\n"
    assert clustering.forgotten == ["leveret@doe"]


def test_a_node_that_runs_forgets_nobody_offline(ctl, clustering):
    outcome = ctl("forget_cluster_node", "--offline", "leveret@doe")
    assert outcome.code == exits.USAGE
    assert outcome.err.startswith(
        "Error: this command requires the target node to be stopped.\n"
        "Arguments given:\n\tforget_cluster_node --offline leveret@doe\n"
    )
    assert clustering.forgotten == []


def test_nor_does_one_that_is_stopped(ctl, monkeypatch):
    monkeypatch.setenv("LEVERET_NODE_PORT", "1")
    outcome = ctl("forget_cluster_node", "--offline", "leveret@doe")
    assert outcome.code == exits.UNAVAILABLE
    assert "a majority has to agree" in outcome.err


def test_forcing_a_start_says_nothing(ctl, clustering):
    assert ctl("force_boot").code == exits.USAGE
    ctl("stop_app")
    outcome = ctl("force_boot")
    assert (outcome.code, outcome.out, outcome.err) == (exits.OK, "", "")
    assert clustering.is_boot_forced


def test_waiting_for_nodes_that_are_there(ctl):
    outcome = ctl("await_online_nodes", "1")
    assert (outcome.code, outcome.err) == (exits.OK, "")
    assert outcome.out == (
        f"Will wait for at least 1 nodes to join the cluster of {OWN}. Timeout: 300 seconds.\n"
    )


def test_waiting_in_vain(ctl):
    outcome = ctl("await_online_nodes", "2", "--timeout", "1")
    assert outcome.code == exits.SOFTWARE
    assert outcome.out == (
        f"Will wait for at least 2 nodes to join the cluster of {OWN}. Timeout: 1 seconds.\n"
    )
    assert outcome.err == (
        f"Error:\nError: timed out while waiting. Not enough nodes joined {OWN}'s cluster.\n"
    )


@pytest.mark.parametrize("count", ["x", "0", "1.5"])
def test_no_number_of_nodes(ctl, count):
    outcome = ctl("await_online_nodes", count)
    assert outcome.code == exits.DATA
    assert outcome.err.startswith(
        "Error (argument validation): Bad argument: Argument must be a positive integer\n"
    )
