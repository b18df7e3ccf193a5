"""cluster_status as RabbitMQ 3.10.8 printed it: three nodes, of the same value as JSON and as text.

The golden files were recorded from bench/rabbitmq_cluster.py's nodes.
"""

import json
from pathlib import Path

import pytest

from leveret.cli.ctl.cluster_status import show_cluster_status

GOLDEN = Path(__file__).parent / "golden"
GIVEN = None  # Nothing that a person gives changes what is shown.


def read(name):
    """The value; the lines behind the banner."""
    value = json.loads((GOLDEN / f"cluster_status-{name}.json").read_text())
    _banner, *lines = (GOLDEN / f"cluster_status-{name}.txt").read_text().splitlines()
    return value, lines


@pytest.mark.parametrize("name", ["alone", "three", "one-down"])
def test_it_is_shown_as_rabbitmq_shows_it(name):
    value, lines = read(name)

    assert list(show_cluster_status(value, GIVEN)) == lines


def test_a_node_under_maintenance_stands_out():
    value, lines = read("three")
    drained = (GOLDEN / "cluster_status-drained.txt").read_text().splitlines()[1:]
    node = value["ram_nodes"][0]
    value["cluster_name"] = "burrow"
    value["maintenance_status"][node] = "marked for maintenance"

    assert list(show_cluster_status(value, GIVEN)) == drained
    assert drained != lines


def test_nodes_that_do_not_see_each_other_are_named():
    value, _ = read("three")
    value["partitions"] = {"hare1@a": ["hare2@a", "hare3@a"]}

    shown = list(show_cluster_status(value, GIVEN))

    at = shown.index("\x1b[1mNetwork Partitions\x1b[0m")
    assert shown[at + 2] == "Node hare1@a cannot communicate with hare2@a, hare3@a"


def test_what_is_not_on_erlang_says_what_it_is_on():
    value, _ = read("alone")
    versions = {"rabbitmq_name": "Leveret", "rabbitmq_version": "1", "erlang_version": "none: Py 3"}
    value["versions"] = {"hare@a": versions}

    assert "hare@a: Leveret 1 on Py 3" in show_cluster_status(value, GIVEN)


@pytest.mark.parametrize(
    ("engine", "lines"),
    [
        (
            {"has_majority": True, "leader": "hare@a", "unreachable": []},
            ["Majority: reachable", "Leader: hare@a", "Unreachable: none"],
        ),
        (
            {"has_majority": False, "leader": None, "unreachable": ["z@c", "doe@b"]},
            ["Majority: not reachable", "Leader: none", "Unreachable: doe@b, z@c"],
        ),
    ],
)
def test_the_engines_health_comes_last(engine, lines):
    value, before = read("three")

    shown = list(show_cluster_status(value | {"engine": engine}, GIVEN))

    assert shown == [*before, "", "\x1b[1mEngine\x1b[0m", "", *lines]
