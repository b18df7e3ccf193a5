"""Each failure says what is wrong, and ends with rabbitmqctl's code for it."""

import pytest

from leveret.cli.ctl import refusals
from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.names import find
from leveret.cli.ctl.parsing import parse
from leveret.control import exits
from leveret.control.client import Lost

pytestmark = pytest.mark.usefixtures("node")


def test_a_wrong_cookie(ctl, monkeypatch):
    monkeypatch.setenv("LEVERET_COOKIE", "another")
    outcome = ctl("list_vhosts")
    assert (outcome.code, outcome.out) == (exits.UNAVAILABLE, "")
    assert "  * authentication failed: the cookie here is not the node's\n" in outcome.err
    assert "another" not in outcome.err


def test_no_cookie(ctl, monkeypatch, tmp_path):
    monkeypatch.delenv("LEVERET_COOKIE")
    monkeypatch.setenv("HOME", str(tmp_path))
    outcome = ctl("list_vhosts")
    assert outcome.code == exits.UNAVAILABLE
    assert f"cannot read the cookie {tmp_path}/.leveret.cookie" in outcome.err


def test_nobody_there(ctl, monkeypatch, tmp_path):
    monkeypatch.setenv("LEVERET_COOKIE", "any")
    monkeypatch.delenv("LEVERET_NODE_PORT")
    outcome = ctl("list_vhosts", "-n", "leveret@localhost", "--node-port", "1")
    assert outcome.code == exits.UNAVAILABLE
    assert outcome.err.startswith(
        "Error: unable to perform an operation on node 'leveret@localhost'. "
    )
    assert "  * unable to connect to node port 1 on 127.0.0.1: connection refused" in outcome.err
    outcome = ctl("list_vhosts", "--data-dir", str(tmp_path))
    assert f"  * no node is running with the data directory {tmp_path}\n" in outcome.err


def test_a_stopped_application(ctl):
    ctl("stop_app")
    outcome = ctl("list_vhosts", "name")
    assert (outcome.code, outcome.out) == (exits.USAGE, "")
    assert outcome.err.startswith(
        "Error: this command requires the 'leveret' app to be running on the target node. "
        "Start it with 'leveretctl start_app'.\nArguments given:\n\tlist_vhosts name\n\n"
    )
    assert "leveretctl [--node <node>] [--longnames] [--quiet] list_vhosts" in outcome.err


def test_a_refusal_of_the_node(ctl):
    outcome = ctl("add_vhost", "a", "--default-queue-type", "round")
    assert (outcome.code, outcome.out) == (exits.UNAVAILABLE, 'Adding vhost "a" ...\n')
    assert outcome.err == "Error:\ninvalid_queue_type\n"


def test_an_answer_that_is_overdue(ctl):
    outcome = ctl("list_vhosts", "-t", "0")
    assert outcome.code == exits.TIMED_OUT
    assert outcome.err == (
        "Error: operation list_vhosts on node leveret@localhost timed out. Timeout value used: 0\n"
    )


@pytest.fixture
def asking():
    asking = Asking(parse(find("list_vhosts"), ["list_vhosts"]))
    yield asking
    asking.close()


def test_a_node_that_goes_away_and_a_command_that_gives_up(asking):
    code, text = refusals.refused(Lost("the node closed the connection"), asking)
    assert code == exits.UNAVAILABLE
    assert "the connection ended: the node closed the connection" in text
    assert refusals.refused(refusals.Failed(3, "no"), asking) == (3, "no")


def test_unknown_commands():
    assert "Did you mean 'list_users'?" in refusals.unknown("list_user", ["list_users", "ping"])
    assert "Available commands" in refusals.unknown("zzz", ["list_users", "ping"])
