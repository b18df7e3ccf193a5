"""Where a password comes from that is not on the command line."""

import io

import pytest

from leveret.cli.ctl import names
from leveret.cli.ctl.parsing import parse
from leveret.cli.ctl.password import with_password
from leveret.cli.ctl.refusals import Failed


class Announced:
    """What a command asks with; here only its first line matters."""

    def __init__(self):
        self.times = 0

    def announce(self):
        self.times += 1


def given(*words):
    return parse(names.find(words[0]), list(words))


def test_one_that_is_there_is_taken():
    asking = Announced()
    assert with_password(given("add_user", "a", ""), asking, 65)["password"] == ""
    assert asking.times == 0


def test_a_terminal_is_asked_without_echo(monkeypatch):
    asking = Announced()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed at {prompt}")
    told = with_password(given("add_user", "a"), asking, 65)
    assert told == {"username": "a", "password": "typed at Password: "}
    assert asking.times == 1


def test_nothing_on_stdin_is_no_password(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(Failed, match="Password is not provided via argument or stdin") as failed:
        with_password(given("change_password", "a", "-q"), Announced(), 70)
    assert failed.value.exit_code == 70
