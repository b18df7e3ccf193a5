"""`leveret` itself: its verbs, its version, and failures in one line."""

import importlib.metadata
import subprocess
import sys

from leveret.version import VERSION


def test_the_version_is_the_packages(leveret):
    told = leveret.run("--version")
    assert (told.returncode, told.stdout) == (0, f"leveret {VERSION}\n")
    assert importlib.metadata.version("leveret") == VERSION


def test_help_lists_the_verbs(leveret):
    told = leveret.run("--help")
    assert told.returncode == 0
    assert "serve" in told.stdout


def test_an_unknown_verb_is_a_usage_error(leveret):
    told = leveret.run("sevre")
    assert told.returncode == 2
    assert "No such command 'sevre'" in told.stderr


def test_a_wrong_setting_is_one_line_and_exit_code_2(leveret):
    told = leveret.run("serve", "--port", "amqp")
    assert told.returncode == 2
    assert told.stderr == (
        "leveret: --port: bad value 'amqp': expected a whole number from 0 to 65535\n"
    )
    assert told.stdout == ""


def test_asking_for_the_version_loads_neither_event_loop_nor_broker():
    asked = "import sys; sys.argv[1:] = ['--version']\ntry: main()\nexcept SystemExit: pass\n"
    printed = "print(*sorted(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", f"from leveret.cli.main import main\n{asked}{printed}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"asyncio", "uvloop", "leveret.node", "matplotlib"} & set(told.stdout.split())
