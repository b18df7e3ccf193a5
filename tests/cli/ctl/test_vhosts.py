"""leveretctl's commands on virtual hosts."""

import json

import pytest

from leveret.control import exits

pytestmark = pytest.mark.usefixtures("node")


def test_one_comes_and_goes(ctl):
    assert ctl("add_vhost", "a", "--description", "of a").out == 'Adding vhost "a" ...\n'
    assert ctl("list_vhosts", "name", "description", "-s").out.endswith("\na\tof a\n")
    assert ctl("delete_vhost", "a").out == 'Deleting vhost "a" ...\n'
    gone = ctl("delete_vhost", "a")
    assert (gone.code, gone.err) == (exits.DATA, "Virtual host 'a' does not exist\n")


def test_metadata(ctl):
    ctl("add_vhost", "a")
    ctl("update_vhost_metadata", "a", "--tags", "x,y", "--default-queue-type", "quorum")
    assert ctl("list_vhosts", "name", "tags", "default_queue_type", "-s").out == (
        "/\t[]\tundefined\na\t[x, y]\tquorum\n"
    )
    assert ctl("update_vhost_metadata", "a").code == exits.USAGE
    refused = ctl("update_vhost_metadata", "a", "--default-queue-type", "round")
    assert refused.code == exits.DATA
    assert "must be one of: quorum, stream, classic. Provided: round" in refused.err
    banner = 'Setting tags for virtual host "a" to [z] ...\n'
    assert ctl("set_vhost_tags", "a", "z").out == banner


def test_the_state_of_each(ctl):
    assert ctl("list_vhosts", "cluster_state", "-s").out == "[{'leveret@localhost', running}]\n"
    assert ctl("reconcile_vhosts", "-q").out.startswith("Will reconcile all virtual hosts")
    restarted = ctl("restart_vhost", "--formatter", "json")
    assert "already running" in json.loads(restarted.out)["message"]


def test_limits(ctl):
    ctl("set_vhost_limits", '{"max-queues": 3}')
    assert ctl("list_vhost_limits").out.splitlines() == [
        'Listing limits for vhost "/" ...',
        '{"max-queues":3}',
    ]
    assert ctl("list_vhost_limits", "--global", "-s").out == '/\t{"max-queues":3}\n'
    ctl("clear_vhost_limits")
    assert ctl("list_vhost_limits", "--formatter", "json").out == "[]\n"


def test_the_firehose(ctl):
    assert ctl("trace_on").out.splitlines() == [
        'Starting tracing for vhost "/" ...',
        "Trace enabled for vhost /",
    ]
    assert ctl("list_vhosts", "tracing", "-s").out == "true\n"
    assert ctl("trace_off", "-q").out == "Trace disabled for vhost /\n"
