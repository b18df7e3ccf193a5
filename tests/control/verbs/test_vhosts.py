"""Virtual hosts are made, described, limited, traced, listed."""

import pytest

from leveret.broker.errors import InvalidParameter
from leveret.control import exits


def listed(node, *columns):
    return node.ask("list_vhosts", columns=list(columns))


def test_one_is_made_with_what_is_said_of_it(node):
    node.ask("add_vhost", vhost="a", description="of a", tags="x, y,")
    assert listed(node, "name", "description", "tags") == [["/", "", []], ["a", "of a", ["x", "y"]]]


def test_all_columns_have_values(node):
    node.ask("add_vhost", vhost="a", default_queue_type="quorum")
    names = ("name", "default_queue_type", "tracing", "cluster_state", "metadata")
    metadata = {"description": "", "tags": [], "default_queue_type": "quorum"}
    state = {node.broker.node: "running"}
    assert listed(node, *names)[1] == ["a", "quorum", False, state, metadata]


def test_a_queue_type_that_there_is_not(node):
    with pytest.raises(InvalidParameter, match="invalid_queue_type"):
        node.ask("add_vhost", vhost="a", default_queue_type="round")


def test_what_is_not_said_stays(node):
    node.ask("add_vhost", vhost="a", description="of a", tags="x")
    node.ask("update_vhost_metadata", vhost="a", tags="y,z", default_queue_type="stream")
    metadata = node.broker.vhosts["a"].metadata
    assert (metadata.description, metadata.tags) == ("of a", ("y", "z"))
    node.ask("set_vhost_tags", vhost="a", tags=[])
    assert node.broker.vhosts["a"].metadata.tags == ()
    assert node.broker.vhosts["a"].metadata.default_queue_type == "stream"


def test_one_that_is_not_there(node):
    bare = (exits.DATA, "Virtual host 'a' does not exist")
    for verb in ("delete_vhost", "update_vhost_metadata", "list_vhost_limits", "trace_on"):
        assert node.refusal(verb, vhost="a") == bare, verb
    assert node.refusal("set_vhost_tags", vhost="a")[0] == exits.DATA
    assert node.refusal("restart_vhost", vhost="a")[0] == exits.SOFTWARE


def test_one_is_deleted(node):
    node.ask("add_vhost", vhost="a")
    node.ask("delete_vhost", vhost="a")
    assert listed(node, "name") == [["/"]]


def test_a_running_one_needs_no_restart(node):
    told = f"Vhost '/' is already running on node '{node.broker.node}'"
    assert node.ask("restart_vhost", vhost="/") == told
    assert node.ask("reconcile_vhosts").startswith("Will reconcile all virtual hosts")


def test_the_firehose(node):
    node.ask("trace_on", vhost="/")
    assert listed(node, "tracing") == [[True]]
    assert node.ask("trace_off", vhost="/") == "Trace disabled for vhost /"
    assert listed(node, "tracing") == [[False]]


def test_limits(node):
    node.ask("set_vhost_limits", vhost="/", definition='{"max-queues": 3}')
    assert node.ask("list_vhost_limits", vhost="/") == '{"max-queues":3}'
    assert node.ask("list_vhost_limits", **{"global": True}) == [["/", '{"max-queues":3}']]
    node.ask("clear_vhost_limits", vhost="/")
    assert node.ask("list_vhost_limits", vhost="/") == []
    assert node.refusal("clear_vhost_limits", vhost="/")[0] == exits.UNAVAILABLE
    assert node.refusal("set_vhost_limits", vhost="/", definition="[1]")[0] == exits.UNAVAILABLE
