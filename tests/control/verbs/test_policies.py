"""Policies are set, listed, cleared, and found for a queue or an exchange."""

import pytest

from leveret.broker.errors import InvalidParameter
from leveret.broker.queues.queue import QueueOptions
from leveret.control import exits

SHORT = {"vhost": "/", "name": "short", "pattern": "^jobs", "definition": '{"max-length": 10}'}


@pytest.mark.parametrize(
    ("setting", "listing", "clearing"),
    [
        ("set_policy", "list_policies", "clear_policy"),
        ("set_operator_policy", "list_operator_policies", "clear_operator_policy"),
    ],
)
def test_one_is_set_listed_and_cleared(node, setting, listing, clearing):
    queue = node.broker.vhosts["/"].create_queue("jobs", QueueOptions(), None)
    node.ask(setting, **SHORT, priority=3, apply_to="queues")
    assert queue.rules.max_length == 10
    row = ["/", "short", "^jobs", "queues", '{"max-length":10}', 3]
    assert node.ask(listing, vhost="/") == [row]
    node.ask(clearing, vhost="/", name="short")
    assert queue.rules.max_length is None
    missing = (exits.UNAVAILABLE, "Error:\nParameter does not exist")
    assert node.refusal(clearing, vhost="/", name="short") == missing
    assert node.refusal(setting, **SHORT | {"vhost": "nowhere"})[0] == exits.DATA


def test_definitions_that_are_none(node):
    with pytest.raises(InvalidParameter, match="not recognised"):
        node.ask("set_policy", **SHORT | {"definition": '{"nosuch": 1}'})
    assert node.refusal("set_policy", **SHORT | {"definition": "[]"})[0] == exits.UNAVAILABLE
    assert node.ask("list_policies", vhost="/") == []


def test_nothing_of_mirrors_is_left(node):
    both = '{"ha-mode": "all", "max-length": 5}'
    for verb in ("set_policy", "set_operator_policy"):
        node.ask(verb, vhost="/", name="both", pattern="", definition=both)
        node.ask(verb, vhost="/", name="alone", pattern="", definition='{"ha-mode": "all"}')
    node.ask("remove_classic_queue_mirroring_from_policies")
    row = ["/", "both", "", "all", '{"max-length":5}', 0]
    assert node.ask("list_policies", vhost="/") == [row]
    assert node.ask("list_operator_policies", vhost="/") == [row]


def test_the_one_that_applies_comes_first(node):
    node.broker.vhosts["/"].create_queue("jobs", QueueOptions(), None)
    node.ask("set_policy", **SHORT)
    node.ask("set_policy", **SHORT | {"name": "first", "apply_to": "queues"}, priority=1)
    node.ask("set_policy", **SHORT | {"name": "other", "pattern": "^x"})
    found = node.ask("list_policies_that_match", vhost="/", name="jobs")
    assert [row[1] for row in found] == ["first", "short"]
    assert (
        node.ask("list_policies_that_match", vhost="/", name="amq.topic", object_type="exchange")
        == []
    )
    for kind in ("queue", "exchange"):
        asked = {"vhost": "/", "name": "nosuch", "object_type": kind}
        told = node.refusal("list_policies_that_match", **asked)
        assert told == (exits.UNAVAILABLE, "Error:\nnot_found")
