"""`leveret completion`: the scripts, and what a shell is told when it runs them."""

import shutil
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o nosort -F _leveret_completion leveret"),
        ("zsh", "#compdef leveret"),
        ("fish", "complete --no-files --command leveret"),
    ],
)
def test_each_shell_has_its_script(leveret, shell, line):
    told = leveret.run("completion", shell)
    assert (told.returncode, told.stderr) == (0, "")
    assert any(each.strip().startswith(line) for each in told.stdout.splitlines())


def test_another_shell_has_none(leveret):
    told = leveret.run("completion", "csh")
    assert told.returncode == 2
    assert "'csh' is not one of" in told.stderr


def completed(leveret, *words):
    """What the script is answered for the last word."""
    told = leveret.run(
        _LEVERET_COMPLETE="bash_complete",
        COMP_WORDS=" ".join(["leveret", *words]),
        COMP_CWORD=str(len(words)),
    )
    return [line.removeprefix("plain,") for line in told.stdout.splitlines()]


def test_verbs_and_options_are_told(leveret):
    assert completed(leveret, "do") == ["doctor"]
    assert "--data-dir" in completed(leveret, "doctor", "--da")
    assert completed(leveret, "completion", "z") == ["zsh"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_takes_its_script(leveret):
    script = leveret.run("completion", "bash").stdout
    (leveret.home / "leveret").write_text(f'#!/bin/sh\nexec {sys.executable} -m leveret "$@"\n')
    (leveret.home / "leveret").chmod(0o755)
    ask = (
        "COMP_WORDS=(leveret ser); COMP_CWORD=1; _leveret_completion leveret; echo ${COMPREPLY[@]}"
    )
    told = subprocess.run(
        ["bash", "-c", f"{script}\n{ask}"],
        env=leveret.environment | {"PATH": f"{leveret.home}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.split() == ["serve"]


@pytest.mark.parametrize("shell", ["bash", "fish", "zsh"])
def test_each_shell_asks_leveretctl_itself(leveret, shell):
    told = leveret.run("completion", shell, "leveretctl")
    assert (told.returncode, told.stderr) == (0, "")
    assert "leveretctl autocomplete" in told.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(("at", "answer"), [(1, ["list_queues", "list_users"]), (2, [])])
def test_bash_completes_the_first_word_after_leveretctl(leveret, at, answer):
    script = leveret.run("completion", "bash", "leveretctl").stdout
    (leveret.home / "leveretctl").write_text('#!/bin/sh\n[ "$1 $2" = "autocomplete list_" ] && '
                                             'printf "list_queues\\nlist_users\\n"\n')  # fmt: skip
    (leveret.home / "leveretctl").chmod(0o755)
    ask = f"COMP_WORDS=(leveretctl list_ list_); COMP_CWORD={at}; _leveretctl_completion"
    told = subprocess.run(
        ["bash", "-c", f"{script}\n{ask}; echo ${{COMPREPLY[@]}}"],
        env=leveret.environment | {"PATH": f"{leveret.home}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.split() == answer
