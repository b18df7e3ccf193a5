"""Attempts to log in, as a table, as JSON, or as the news that there were none."""

import json

from leveret.broker.logins import Source


def test_attempts(node, ctl):
    none = "Node leveret@localhost reported no authentication attempt stats\n"
    banner = 'Listing authentication\n attempts for node "leveret@localhost" ...\n'
    assert ctl("list_node_auth_attempt_stats").out == banner + none
    assert ctl("enable_auth_attempt_source_tracking").code == 0

    async def log_in():
        node.broker.users.add("ann", "secret")
        node.broker.logins.with_password("ann", "secret", Source("127.0.0.1"))

    node.do(log_in())
    counts = "auth_attempts\tauth_attempts_failed\tauth_attempts_succeeded"
    told = ctl("list_node_auth_attempt_stats", "-q").out
    assert told == f"protocol\t{counts}\namqp091\t1\t0\t1\n"
    told = ctl("list_node_auth_attempt_stats", "-q", "--by-source").out
    assert told.endswith("127.0.0.1\tann\tamqp091\t1\t0\t1\n")
    told = json.loads(ctl("list_node_auth_attempt_stats", "--formatter", "json").out)
    assert list(told) == ["attempts", "node", "result"]
    assert list(told["attempts"][0]) == sorted(told["attempts"][0])
    ctl("reset_node_auth_attempt_metrics")
    ctl("disable_auth_attempt_source_tracking")
    assert ctl("list_node_auth_attempt_stats", "-q").out == none
