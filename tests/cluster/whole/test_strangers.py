"""Scenario 14: whoever has the wrong cookie, the wrong name or no place any more is refused."""

import json
from dataclasses import replace

import pytest
from bench.leveret_cluster import join, running_leveret_cluster

from tests.cluster.whole.nodes import running_nodes_of, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def pair():
    """Two nodes of Leveret, each alone."""
    with running_leveret_cluster(2, joined=False) as nodes:
        yield nodes


def is_alone(node):
    return running_nodes_of(node) == {node.name}


def members_of(node):
    """Nobody, while its application does not run."""
    told = node.ask("cluster_status", "--formatter", "json")
    return json.loads(told.out)["disk_nodes"] if told.code == 0 else []


def test_a_tool_with_another_cookie_learns_nothing(pair):
    first, _ = pair
    stranger = replace(first, cookie="another")
    told = stranger.ask("cluster_status")
    assert told.code == 69
    assert "cookie" in told.err
    assert "Disk Nodes" not in told.out
    assert "its cookie is not ours" in first.output.read_text()


def test_a_node_with_another_cookie_does_not_join(pair):
    first, second = pair
    second.stop()
    second.cookie = "another"
    second.start()
    second.ctl("stop_app")
    told = second.ask("join_cluster", first.name)
    assert told.code == 69, told
    assert "cookie" in told.err
    second.ctl("start_app")
    assert is_alone(first)
    assert is_alone(second)


def test_a_name_behind_which_nobody_is_cannot_be_joined(pair):
    first, second = pair
    second.ctl("stop_app")
    for name in ("leveret@127.0.5.99", f"mouse@{first.host}", "leveret@no.such.host.invalid"):
        told = second.ask("join_cluster", name)
        assert told.code == 69, told
        assert name in told.err
    second.ctl("start_app")
    assert is_alone(second)


def test_a_running_application_and_itself_are_refused(pair):
    first, second = pair
    told = second.ask("join_cluster", first.name)
    assert (told.code, "to be stopped on the target node" in told.err) == (64, True)
    second.ctl("stop_app")
    told = second.ask("join_cluster", second.name)
    assert told.code == 70
    assert f"cannot cluster node with itself: {second.name}" in told.err
    second.ctl("start_app")


def test_a_member_that_was_forgotten_is_told_so(pair):
    """It does not come up with what it has, nor does it disturb those that are left."""
    first, second = pair
    join(second, first)
    second.stop()
    told = first.ask("forget_cluster_node", second.name)
    assert (told.code, "force_boot" in told.err) == (69, True), told
    for command in ("stop_app", "force_boot", "start_app"):
        first.ctl(command)
    until(lambda: members_of(first) == [first.name])
    second.begin()
    told = second.ask("await_startup", "--timeout", "20")
    assert told.code
    assert "but they disagree" in second.output.read_text() + told.err
    assert is_alone(first)
