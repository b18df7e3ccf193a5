"""What a status has, by name: as much of RabbitMQ's as there is here."""

import json

from tests.conformance.control.conftest import leveretctl
from tests.conformance.control.rabbitmqctl import rabbitmqctl

# A cluster's heartbeat, Raft's files, a subscription's end: nothing of that is here.
ABSENT = {"net_ticktime", "raft_data_directory", "release_series_support_status"}
# What a tool could not learn otherwise.
MORE = {"node_name"}


def test_status(rabbitmq_node, leveret_node):
    assert leveret_node.broker
    [theirs] = rabbitmqctl(rabbitmq_node, [["status", "--formatter", "json"]])
    expected, found = (
        json.loads(each.out) for each in (theirs, leveretctl(["status", "--formatter", "json"]))
    )
    assert expected.keys() - ABSENT == found.keys() - MORE
    for name in expected.keys() - ABSENT:
        assert type(found[name]) is type(expected[name]), name
        if isinstance(expected[name], dict) and name != "vm_memory_high_watermark_setting":
            assert found[name].keys() == expected[name].keys(), name


def test_its_sections(rabbitmq_node, leveret_node):
    assert leveret_node.broker
    [theirs] = rabbitmqctl(rabbitmq_node, [["status"]])
    sections = [
        [line for line in each.out.splitlines() if line.startswith("\x1b[1m")]
        for each in (theirs, leveretctl(["status"]))
    ]
    assert sections[0] == sections[1]
    assert len(sections[0]) > 9


def test_memory_breakdown(rabbitmq_node, leveret_node):
    assert leveret_node.broker
    words = ["memory_breakdown", "--formatter", "json"]
    [theirs] = rabbitmqctl(rabbitmq_node, [words], "rabbitmq-diagnostics")
    expected, found = (json.loads(each.out) for each in (theirs, leveretctl(words)))
    assert found.keys() == expected.keys()
    assert all(each.keys() == {"bytes", "percentage"} for each in found.values())
