"""Who is in the cluster, as a node tells and changes it.

What the nodes make of it is in tests/cluster/test_commanding.py.
"""

import pytest

from leveret.control import exits
from leveret.control.call import VerbRefused
from tests.cluster.pair import Pair


class Clustering:
    """Who is asked, behind the port of control/host.py. asked: what for."""

    def __init__(self):
        self.asked = []
        self.is_member = False

    async def join(self, through):
        self.asked.append(("join", through))
        was_member, self.is_member = self.is_member, True
        return not was_member

    async def forget(self, node):
        self.asked.append(("forget", node))

    async def force_boot(self):
        self.asked.append(("force_boot",))

    async def engine(self):
        return {"has_majority": True, "leader": "hare", "unreachable": []}


@pytest.fixture
def clustering(node):
    node.clustering = Clustering()
    return node.clustering


def test_a_node_is_joined_once(node, clustering):
    assert node.ask("join_cluster", node="leveret@doe") is None
    told = node.ask("join_cluster", node="leveret@doe")
    assert told == "The node is already a member of this cluster"
    assert clustering.asked == [("join", "leveret@doe")] * 2


def test_no_node_joins_itself(node, clustering):
    own = node.settings.node
    text = f"Error:\nError: cannot cluster node with itself: {own}"
    assert node.refusal("join_cluster", node=own) == (exits.SOFTWARE, text)
    assert clustering.asked == []


def test_forgetting_and_a_forced_start_are_handed_on(node, clustering):
    node.ask("forget_cluster_node", node="leveret@doe")
    node.ask("force_boot")
    assert clustering.asked == [("forget", "leveret@doe"), ("force_boot",)]


def test_a_node_without_files_joins_nobody_and_waits_for_nobody(node):
    code, text = node.refusal("join_cluster", node="leveret@doe")
    assert code == exits.UNAVAILABLE
    assert "no data directory" in text
    assert node.ask("force_boot") is None


def test_a_cluster_has_the_name_that_it_was_given(node):
    assert node.ask("cluster_status")["cluster_name"] == node.broker.node
    node.ask("set_cluster_name", name="burrow")
    assert node.ask("cluster_status")["cluster_name"] == "burrow"


def test_a_node_alone_is_a_cluster_of_one(node):
    own = node.broker.node
    told = node.ask("cluster_status")
    assert told["disk_nodes"] == told["running_nodes"] == node.ask("online_nodes") == [own]
    assert told["ram_nodes"] == told["alarms"] == []
    assert told["partitions"] == {}
    assert told["maintenance_status"] == {own: "not under maintenance"}
    assert told["versions"][own]["rabbitmq_name"] == "Leveret"
    assert {"name", "state", "desc"} <= set(told["feature_flags"][0])
    assert "engine" not in told


def test_a_node_under_maintenance_says_so(node):
    node.application.is_under_maintenance = True
    told = node.ask("cluster_status")
    assert told["maintenance_status"] == {node.broker.node: "marked for maintenance"}


# Among others -----------------------------------------------------------------------------------


@pytest.fixture
def pair():
    pair = Pair(is_durable=True)
    for node in pair.nodes.values():
        node.clustering = Clustering()
    return pair


def test_all_that_run_are_told_of_through_any(pair):
    for node in ("hare", "mouse"):
        told = pair.ctl(node, "cluster_status")
        assert told["disk_nodes"] == ["hare", "mouse", "owl"]
        assert told["running_nodes"] == ["hare", "mouse"]
        assert set(told["versions"]) == set(told["listeners"]) == {"hare", "mouse"}
        assert told["engine"]["has_majority"]
        assert pair.ctl(node, "online_nodes") == ["hare", "mouse"]


def test_one_that_does_not_run_is_a_member_all_the_same(pair):
    pair.lose("hare")
    told = pair.ctl("mouse", "cluster_status")
    assert told["disk_nodes"] == ["hare", "mouse", "owl"]
    assert told["running_nodes"] == list(told["versions"]) == ["mouse"]
    assert pair.ctl("mouse", "online_nodes") == ["mouse"]


def test_alarms_of_all_nodes_are_told(pair):
    pair.hosts["hare"].broker.alarms.set("disk")
    (alarm,) = pair.ctl("mouse", "cluster_status")["alarms"]
    assert "on node" in alarm
    with pytest.raises(VerbRefused):
        pair.ctl("mouse", "join_cluster", node="mouse")
