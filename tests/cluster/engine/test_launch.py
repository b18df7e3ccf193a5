"""What runs between our fork and the engine: here with other programs in its place."""

import fcntl
import os
import resource
import signal
import subprocess
import sys
import textwrap

import pytest

from leveret.cluster.engine import launch
from tests.cluster.engine.farm import wait_gone

LAUNCH = [sys.executable, "-I", "-S", launch.__file__]


def run(lock_file, *command, parent=None):
    return subprocess.run(
        [*LAUNCH, str(parent or os.getpid()), lock_file, *command],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_becomes_the_program_with_its_arguments(tmp_path):
    assert run(tmp_path / "lock", "/bin/echo", "a", "b").stdout == "a b\n"


def test_as_many_files_may_be_opened_as_the_machine_allows(tmp_path):
    told = run(tmp_path / "lock", "/bin/sh", "-c", "ulimit -n")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert int(told.stdout) == launch.FILES_WANTED or int(told.stdout) == hard


def test_where_fewer_are_allowed_it_goes_as_far_as_it_may(monkeypatch):
    was = []

    def set_limit(_, limits):
        was.append(limits)
        if limits[1] > 4096:
            raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 4096))
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    launch.raise_file_limit()
    assert was[-1] == (4096, 4096)


def test_the_lock_says_which_process_it_is_and_outlives_exec(tmp_path):
    lock_file = tmp_path / "lock"
    engine = subprocess.Popen(
        [*LAUNCH, str(os.getpid()), lock_file, "/bin/sh", "-c", "echo up; exec sleep 60"],
        stdout=subprocess.PIPE,
    )
    try:
        engine.stdout.readline()
        assert lock_file.read_text() == str(engine.pid)
        with lock_file.open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        assert run(lock_file, "/bin/echo").returncode == launch.EXIT_TAKEN
    finally:
        engine.kill()
        engine.wait()
        engine.stdout.close()
    assert run(lock_file, "/bin/echo", "next").stdout == "next\n"


NODE = """
import os, subprocess, sys
engine = subprocess.Popen(
    [*sys.argv[1:-1], str(os.getpid()), sys.argv[-1], "/bin/sh", "-c", "echo up; exec sleep 60"],
    stdout=subprocess.PIPE,
)
engine.stdout.readline()
print(engine.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends it")
def test_it_ends_when_its_node_is_killed(tmp_path):
    node = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(NODE), *LAUNCH, str(tmp_path / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    engine = int(node.stdout.readline())
    node.send_signal(signal.SIGKILL)
    node.wait()
    node.stdin.close()
    node.stdout.close()
    wait_gone(engine)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends it")
def test_a_node_that_ended_meanwhile_gets_no_engine(tmp_path):
    assert run(tmp_path / "lock", "/bin/echo", parent=1).returncode == launch.EXIT_ORPHANED
