"""/cluster-name, /rebalance/queues, /reset."""

import pytest

from tests.management.routes.living import NOT_FOUND


def test_the_cluster_is_given_a_name(live):
    assert live.get("/cluster-name", user="keeper") == {"name": live.node}
    assert live.ask("PUT", "/cluster-name", {"name": "warren"}).status == 204
    assert live.get("/cluster-name") == {"name": "warren"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "[{key_missing,name}]"),
        (None, "[{key_missing,name}]"),
        ([], "not_json"),
        ({"name": 1}, "the name of a cluster is text"),
    ],
)
def test_a_name_that_is_none_is_refused(live, body, reason):
    before = live.get("/cluster-name")
    reply = live.ask("PUT", "/cluster-name", body)
    assert (reply.status, reply.body) == (400, {"error": "bad_request", "reason": reason})
    assert live.get("/cluster-name") == before


def test_queues_are_in_balance(live):
    assert live.ask("POST", "/rebalance/queues").status == 204


def test_a_reset_forgets_statistics_alone(live):
    live.do(lambda broker: broker.add_vhost("kept"))
    assert live.ask("DELETE", "/reset").status == 204
    assert live.ask("DELETE", f"/reset/{live.node}").status == 204
    assert live.do(lambda broker: "kept" in broker.vhosts)


def test_no_other_node_is_reset(live):
    reply = live.ask("DELETE", "/reset/nosuch@localhost")
    assert (reply.status, reply.body) == (404, NOT_FOUND)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/cluster-name"), ("POST", "/rebalance/queues"), ("DELETE", "/reset")],
)
def test_only_an_administrator_changes_anything(live, method, path):
    reply = live.ask(method, path, {"name": "x"}, user="watcher")
    assert (reply.status, reply.body["reason"]) == (401, "Not administrator user")
