"""From the line to the exit code."""

import subprocess
import sys

import pytest

from leveret.cli.ctl import main
from leveret.control import exits
from leveret.version import VERSION

pytestmark = pytest.mark.usefixtures("node")


def test_a_listing_an_action_and_its_effect(ctl):
    made = ctl("add_vhost", "a")
    assert (made.code, made.out, made.err) == (exits.OK, 'Adding vhost "a" ...\n', "")
    listed = ctl("list_vhosts")
    assert (listed.code, listed.out) == (exits.OK, "Listing vhosts ...\nname\n/\na\n")


def test_quiet_and_silent(ctl):
    assert ctl("-q", "list_vhosts").out == "name\n/\n"
    assert ctl("list_vhosts", "-s").out == "/\n"
    assert ctl("list_vhosts", "--no-table-headers").out == "Listing vhosts ...\n/\n"
    assert ctl("add_vhost", "b", "-q").out == ""


def test_a_dry_run_asks_nobody(ctl):
    outcome = ctl("add_vhost", "a", "--dry-run", "-n", "leveret@nowhere.invalid")
    assert (outcome.code, outcome.out) == (exits.OK, 'Adding vhost "a" ...\n')


def test_the_version(ctl):
    assert ctl("version").out == ctl("--version").out == f"{VERSION}\n"


def test_without_a_command_there_is_help_on_stderr(ctl):
    outcome = ctl()
    assert outcome.code == exits.USAGE
    assert "Available commands" in outcome.err
    assert ctl("help").code == exits.OK


@pytest.mark.parametrize(
    "words", [["help", "add_vhost"], ["add_vhost", "--help"], ["-?", "add_vhost"]]
)
def test_help_of_a_command(ctl, words):
    outcome = ctl(*words)
    assert outcome.code == exits.OK
    assert "leveretctl add_vhost staging" in outcome.out


def test_help_of_what_there_is_not(ctl):
    outcome = ctl("help", "nosuch")
    assert (outcome.code, outcome.err) == (64, "Error:\n\nCommand 'nosuch' not found.\n")
    assert "does not exist in Leveret" in ctl("help", "eval").err


def test_a_command_of_erlang_names_the_nearest(ctl):
    outcome = ctl("observer")
    assert outcome.code == exits.USAGE
    assert outcome.err.endswith("\nThe nearest is: leveretctl status\n\n")


def test_a_slip_of_the_finger(ctl):
    outcome = ctl("list_vhost")
    assert outcome.code == exits.USAGE
    assert outcome.err == "\nCommand 'list_vhost' not found. \nDid you mean 'list_vhosts'? \n\n"


def test_bad_arguments(ctl):
    outcome = ctl("add_vhost", "a", "b", "-q")
    assert outcome.code == exits.USAGE
    assert outcome.err.startswith(
        "Error (argument validation): too many arguments.\nArguments given:\n\tadd_vhost a b -q\n"
    )


def test_whoever_reads_may_stop():
    program = """
import sys
from leveret.cli.ctl.main import run
sys.exit(run(["list_vhosts"]))
"""
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -c '{program}' | true; echo ok"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("ok\n", "")


def test_its_name_is_an_entry_point(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["leveretctl", "version"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == exits.OK
    assert capsys.readouterr().out == f"{VERSION}\n"


def test_asking_imports_neither_an_event_loop_nor_what_draws():
    program = """
import sys
from leveret.cli.ctl import names, main, output, refusals
list(names.all_commands())
sys.exit(bool({"asyncio", "rich", "click", "dataclasses", "yaml"} & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
