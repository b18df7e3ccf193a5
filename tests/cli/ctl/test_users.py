"""leveretctl's commands on users, from the words to the node and back."""

import io
import json

import pytest

from leveret.control import exits


def test_an_account_from_the_command_line(node, ctl):
    added = ctl("add_user", "ann", "secret")
    assert added.code == exits.OK
    assert added.out.startswith('Adding user "ann" ...\nDone. ')
    assert "leveretctl help set_permissions" in added.out
    assert ctl("authenticate_user", "ann", "secret").out.endswith("Success\n")
    assert ctl("add_user", "bob", "secret", "-q").out == ""
    told = json.loads(ctl("add_user", "eve", "secret", "--formatter", "json").out)
    assert (told["status"], told["node"]) == ("ok", "leveret@localhost")
    assert {each.name for each in node.broker.users} == {"ann", "bob", "eve"}


def test_a_password_from_stdin(node, ctl, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("from a file\n"))
    assert ctl("add_user", "ann").out.startswith('Adding user "ann" ...\nPassword: \nDone. ')
    assert node.broker.users.authenticate("ann", "from a file")
    monkeypatch.setattr("sys.stdin", io.StringIO("other"))
    assert ctl("change_password", "ann", "-q").out == ""
    assert node.broker.users.authenticate("ann", "other")


@pytest.mark.usefixtures("node")
def test_names_and_passwords_that_are_none(ctl):
    refused = ctl("add_user", "", "secret")
    assert refused.code == exits.DATA
    assert refused.err.startswith("Error (argument validation): Bad argument: user cannot be")
    assert ctl("hash_password", "").code == exits.DATA


@pytest.mark.usefixtures("node")
def test_a_hash_does_not_show_the_password(ctl):
    hashed = ctl("hash_password", "secret")
    assert "secret" not in hashed.out
    assert len(ctl("hash_password", "secret", "-q").out) == 49
    assert ctl("list_hashes", "-q").out == "[sha512,sha256,md5]\n"


@pytest.mark.usefixtures("node")
def test_tags(ctl):
    ctl("add_user", "ann", "secret")
    banner = 'Setting tags for user "ann" to [monitoring, management] ...\n'
    assert ctl("set_user_tags", "ann", "monitoring", "management").out == banner
    assert ctl("list_users", "-s").out == "ann\t[management, monitoring]\n"


@pytest.mark.usefixtures("node")
def test_limits(ctl):
    ctl("add_user", "ann", "secret")
    ctl("set_user_limits", "ann", '{"max-channels": 5}')
    assert ctl("list_user_limits", "--user", "ann").out.splitlines() == [
        'Listing limits for user "ann" ...',
        '{"max-channels":5}',
    ]
    assert (
        ctl("list_user_limits", "--global", "-q").out == 'user\tlimits\nann\t{"max-channels":5}\n'
    )
    assert ctl("clear_user_limits", "ann", "all").out == 'Clearing all limits for user "ann" ...\n'
    told = ctl("list_user_limits", "--user", "ann", "--formatter", "json").out
    assert json.loads(told) == {"message": "{}"}
