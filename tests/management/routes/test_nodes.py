"""GET /nodes and below."""

import pytest

from tests.management.routes.living import NOT_FOUND


def test_there_is_one_node(live):
    (node,) = live.get("/nodes")
    alone = live.get(f"/nodes/{live.node}")
    assert node.keys() == alone.keys()
    assert (alone["name"], alone["running"]) == (live.node, True)
    assert alone["mem_used"] > 0
    assert alone["fd_used"] > 0


def test_its_memory_is_told_in_octets_and_in_percent(live):
    octets = live.get(f"/nodes/{live.node}/memory")["memory"]
    percent = live.get(f"/nodes/{live.node}/memory/relative")["memory"]
    assert octets["total"]["rss"] == sum(v for v in octets.values() if isinstance(v, int))
    assert percent["total"] == 100
    assert octets.keys() - {"strategy"} == percent.keys()


def test_memory_comes_with_the_node_when_it_is_asked_for(live):
    told = live.get(f"/nodes/{live.node}?memory=true&binary=true")
    assert {"memory", "binary"} <= told.keys()


@pytest.mark.parametrize("below", ["", "/memory", "/memory/relative"])
def test_no_other_node_is_there(live, below):
    reply = live.ask("GET", f"/nodes/nosuch@localhost{below}")
    assert (reply.status, reply.body) == (404, NOT_FOUND)


def test_nodes_are_for_who_monitors(live):
    assert live.get("/nodes", user="watcher")
    reply = live.ask("GET", "/nodes", user="keeper")
    assert (reply.status, reply.body["reason"]) == (401, "Not monitor user")


def test_without_statistics_a_node_is_told_in_brief(live):
    assert live.get("/nodes?disable_stats=true") == [
        {"name": live.node, "type": "ram", "running": True}
    ]
