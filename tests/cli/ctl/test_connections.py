"""leveretctl's commands on connections; tests/conformance/control has some to list."""

import pytest

from leveret.cli.ctl import names
from leveret.cli.ctl.parsing import parse
from leveret.control import exits


def banner(*words):
    command = names.find(words[0])
    return command.banner(parse(command, [*words, "-n", "leveret@here"]))


@pytest.mark.usefixtures("node")
def test_nobody_is_there(ctl):
    assert ctl("list_connections").out == "Listing connections ...\n"
    assert ctl("close_all_connections", "bye").out.splitlines() == [
        "Closing all connections in vhost /, reason: bye...",
        "Closed 0 connections",
    ]
    assert ctl("close_connection", "nopid", "bye").code == exits.UNAVAILABLE


def test_what_is_said_before():
    told = banner("close_all_connections", "--limit", "3", "-p", "v", "bye")
    assert told == "Closing 3 connections in vhost v, reason: bye..."
    told = banner("close_all_connections", "--global", "bye")
    where = "to node leveret@here (across all vhosts)"
    assert told == f"Closing all connections {where}, reason: bye..."
    told = banner("close_all_user_connections", "ann", "bye")
    assert told == "Closing connections of user ann, reason: bye..."
    assert banner("close_connection", "<p>", "bye") == "Closing connection <p>, reason: bye..."


def test_addresses_and_versions_have_their_shapes():
    shapes = names.find("list_connections").shapes
    assert shapes["peer_host"]([127, 0, 0, 1]) == "127.0.0.1"
    assert shapes["protocol"]([0, 9, 1]) == "{0,9,1}"
