"""Queues are listed with what they hold; one is deleted, one is purged."""

import pytest

from leveret.control import exits
from leveret.control.verbs.queues import COLUMNS

# Empty for a queue that nobody has to himself, whatever it holds.
OF_CLASSIC_EMPTY = {
    "policy": "", "operator_policy": "", "owner_pid": "", "exclusive_consumer_pid": "",
    "exclusive_consumer_tag": "", "slave_pids": "", "synchronised_slave_pids": "",
    "mirror_pids": "", "synchronised_mirror_pids": "", "leader": "", "members": "", "online": "",
    "effective_policy_definition": {},
}  # fmt: skip


@pytest.fixture
def channel(world):
    return world.channel()


def row(node, *columns, vhost="/"):
    [found] = node.ask("list_queues", vhost=vhost, columns=list(columns))
    return found


def test_every_column_of_a_queue_with_a_message(node, channel):
    channel.declare("jobs", durable=True)
    channel.publish(b"hello", key="jobs")
    told = dict(zip(COLUMNS, row(node, *COLUMNS), strict=True))
    assert OF_CLASSIC_EMPTY.items() <= told.items()
    assert (
        told["pid"] == f"<{node.broker.node}.0.0.{node.broker.vhosts['/'].queues['jobs'].number}>"
    )
    assert told["memory"] > 0
    expected = {
        "name": "jobs", "durable": True, "auto_delete": False, "exclusive": False,
        "arguments": [], "type": "classic", "state": "running", "messages": 1,
        "messages_ready": 1, "messages_unacknowledged": 0, "message_bytes": 5, "consumers": 0,
        "head_message_timestamp": "", "consumer_capacity": 0, "disk_reads": 0,
    }  # fmt: skip
    assert expected.items() <= told.items()


def test_who_has_a_queue_to_himself(node, channel):
    channel.declare("own", exclusive=True)
    channel.consume("own", tag="tag", exclusive=True)
    pid = next(iter(node.broker.connections)).pid
    asked = ("owner_pid", "exclusive_consumer_pid", "exclusive_consumer_tag", "consumers")
    owner, consumer, tag, count = row(node, *asked)
    assert (owner, tag, count) == (pid, "tag", 1)
    assert consumer.startswith(pid.rpartition(".")[0])


def test_policies_and_types(node, channel):
    channel.declare("log", durable=True, arguments={"x-queue-type": "stream"})
    for verb, name in (("set_policy", "p"), ("set_operator_policy", "o")):
        definition = '{"max-length-bytes": 1000}'
        node.ask(verb, vhost="/", name=name, pattern="", definition=definition)
    asked = ("policy", "operator_policy", "effective_policy_definition", "leader", "members")
    here = node.broker.node
    assert row(node, *asked) == ["p", "o", {"max-length-bytes": 1000}, here, [here]]


def test_what_is_not_listed(node, channel):
    channel.declare("jobs")
    assert node.ask("list_queues", vhost="nowhere", columns=["name"]) == []
    assert node.ask("list_queues", vhost="/", columns=["name"], offline=True) == []
    assert node.ask("list_unresponsive_queues", vhost="/", columns=["name"]) == []


def test_one_is_deleted_if_it_may_be(node, channel):
    channel.declare("jobs")
    channel.publish(b"x", key="jobs")
    asked = {"vhost": "/", "queue": "jobs"}
    not_empty = (exits.USAGE, "Error:\nQueue is not empty")
    assert node.refusal("delete_queue", **asked, if_empty=True) == not_empty
    channel.consume("jobs", no_ack=False)
    used = (exits.USAGE, "Error:\nQueue is in use")
    assert node.refusal("delete_queue", **asked, if_unused=True) == used
    assert node.ask("delete_queue", **asked) == 0
    gone = (exits.USAGE, "Error:\nQueue not found")
    assert node.refusal("delete_queue", **asked) == gone
    assert node.refusal("delete_queue", vhost="nowhere", queue="jobs") == gone


def test_one_is_purged_if_it_can_be(node, channel):
    channel.declare("jobs")
    channel.declare("log", durable=True, arguments={"x-queue-type": "stream"})
    channel.publish(b"x", key="jobs")
    node.ask("purge_queue", vhost="/", queue="jobs")
    assert node.broker.vhosts["/"].queues["jobs"].ready.count == 0
    told = node.refusal("purge_queue", vhost="/", queue="log")
    assert told == (exits.UNAVAILABLE, "Error:\nnot_supported")
    told = node.refusal("purge_queue", vhost="nowhere", queue="jobs")
    assert told == (exits.UNAVAILABLE, "Error:\nnot_found")
