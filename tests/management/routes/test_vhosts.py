"""Vhosts: made, described, traced, deleted."""

import pytest

from leveret.management.routes import vhosts

NOT_THERE = (404, "Not Found")


def test_a_new_vhost_belongs_to_who_made_it(office):
    assert office.ask(vhosts.put_vhost, vhost="new") == 201
    assert office.broker.permissions.get("ada", "new") is not None


def test_describing_one_gives_nobody_anything(office):
    office.broker.add_vhost("old")
    assert office.ask(vhosts.put_vhost, {"description": "d"}, vhost="old") == 204
    assert office.broker.permissions.get("ada", "old") is None


def test_what_is_told_is_shown(office):
    told = {"description": "d", "tags": "x, y", "default_queue_type": "quorum", "tracing": True}
    office.ask(vhosts.put_vhost, told, vhost="v")
    shown = office.ask(vhosts.show_vhost, vhost="v")
    assert shown == {
        "name": "v",
        "description": "d",
        "tags": ["x", "y"],
        "default_queue_type": "quorum",
        "metadata": {"description": "d", "tags": ["x", "y"], "default_queue_type": "quorum"},
        "tracing": True,
        "cluster_state": {office.broker.node: "running"},
    }


def test_only_the_type_of_queues_and_tracing_stay_when_nothing_is_told(office):
    told = {"description": "d", "tags": ["x"], "default_queue_type": "quorum", "tracing": True}
    office.ask(vhosts.put_vhost, told, vhost="v")
    office.ask(vhosts.put_vhost, {"default_queue_type": "undefined"}, vhost="v")
    known = office.broker.vhosts["v"]
    assert (known.metadata.description, known.metadata.tags) == ("", ())
    assert known.metadata.default_queue_type == "quorum"
    assert known.firehose is not None


@pytest.mark.parametrize("off", [False, "false"])
def test_tracing_is_switched_off_by_a_boolean_or_its_name(office, off):
    office.ask(vhosts.put_vhost, {"tracing": "true"}, vhost="v")
    office.ask(vhosts.put_vhost, {"tracing": off}, vhost="v")
    assert office.broker.vhosts["v"].firehose is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"tracing": 3}, ["not_boolean", 3]),
        ({"tracing": []}, ["not_boolean", []]),
        ({"description": 3}, "description should be a string"),
        ({"tags": 3}, "tags should be a string"),
        ({"tags": [3]}, "each of the tags should be a string"),
        ({"default_queue_type": "nosuch"}, "invalid_queue_type"),
    ],
)
def test_a_vhost_that_is_refused_is_not_made(office, told, reason):
    assert office.refusal(vhosts.put_vhost, told, vhost="v") == (400, reason)
    assert "v" not in office.broker.vhosts


def test_a_name_that_amqp_cannot_say_is_refused(office):
    assert office.refusal(vhosts.put_vhost, vhost="x" * 256)[0] == 400
    assert office.ask(vhosts.put_vhost, vhost="x" * 255) == 201


def test_a_vhost_is_deleted_once(office):
    office.broker.add_vhost("v")
    assert office.ask(vhosts.delete_vhost, vhost="v") == 204
    assert office.refusal(vhosts.delete_vhost, vhost="v") == NOT_THERE


def test_who_monitors_knows_of_all_vhosts_and_others_of_theirs(office):
    office.broker.add_vhost("v")
    for tag in ("management", "monitoring"):
        office.broker.users.add(tag, "pw", frozenset({tag}))
        office.broker.set_permission(tag, "v")
    names = {
        tag: [each["name"] for each in office.ask(vhosts.list_vhosts, by=tag)]
        for tag in ("management", "monitoring")
    }
    assert names == {"management": ["v"], "monitoring": ["/", "v"]}


def test_starting_what_runs_is_done_at_once(office):
    node = office.broker.node
    assert office.ask(vhosts.start_vhost, vhost="/", node=node) == 204
    status, reason = office.refusal(vhosts.start_vhost, vhost="none", node=node)
    assert (status, "no_such_vhost" in reason) == (400, True)
    status, reason = office.refusal(vhosts.start_vhost, vhost="/", node="other")
    assert (status, reason) == (400, "Request to node other failed with nodedown")
