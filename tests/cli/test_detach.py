"""`leveret serve --detached`: returns when the node is up, or says why it is not."""

import json
import os
import re
import select
import signal
import socket

import pytest


@pytest.fixture
def detached(leveret):
    """Start a node in the background; what the command said. The node is ended afterwards."""
    data_dir = leveret.home / "mq"

    def start(*flags):
        told = ("--bind", "127.0.0.1", "--port", "0", "--data-dir", data_dir)
        return leveret.run("serve", "--detached", *told, *flags)

    yield start
    if (data_dir / "node.pid").exists():
        os.kill(int((data_dir / "node.pid").read_text()), signal.SIGKILL)


def pid_of(leveret):
    return int((leveret.home / "mq" / "node.pid").read_text())


def wait_gone(pid):
    """Until a process that is not our child has ended."""
    watched = os.pidfd_open(pid)
    try:
        assert select.select([watched], [], [], 20)[0], "the node did not end"
    finally:
        os.close(watched)


def test_it_returns_once_the_node_accepts_connections(leveret, detached):
    told = detached()
    assert (told.returncode, told.stderr) == (0, "")
    address = re.search(
        r"listens on 127.0.0.1:(\d+) \(process (\d+), log .*leveret.log\)", told.stdout
    )
    assert address is not None
    assert int(address[2]) == pid_of(leveret)
    socket.create_connection(("127.0.0.1", int(address[1]))).close()


def test_node_json_says_where_it_listens(leveret, detached):
    detached("--node", "mq@hare")
    told = json.loads((leveret.home / "mq" / "node.json").read_text())
    assert told["node"] == "mq@hare"
    assert told["pid"] == pid_of(leveret)
    assert told["listeners"][0]["host"] == "127.0.0.1"


def test_sigterm_ends_it_and_its_log_says_so(leveret, detached):
    detached()
    pid = pid_of(leveret)
    os.kill(pid, signal.SIGTERM)
    wait_gone(pid)
    assert not (leveret.home / "mq" / "node.pid").exists()
    log = (leveret.home / "mq" / "leveret.log").read_text()
    assert "listens on 127.0.0.1" in log
    assert log.rstrip().endswith("stopped")


def test_it_outlives_the_terminal_it_was_started_from(leveret, detached):
    detached()
    assert os.getsid(pid_of(leveret)) != os.getsid(0)


def test_a_second_node_is_refused_with_the_first_ones_process(leveret, detached):
    detached()
    told = detached()
    assert told.returncode == 1
    assert told.stderr == (
        f"leveret: another node (process {pid_of(leveret)}) is using the data directory "
        f"{leveret.home / 'mq'}: stop it, or choose another with --data-dir or --node\n"
    )
    assert told.stdout == ""


def test_a_taken_port_is_told_on_the_terminal(detached):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        told = detached("--port", taken.getsockname()[1])
    assert told.returncode == 1
    assert "Address already in use" in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_directory_that_cannot_be_made_is_told_on_the_terminal(leveret):
    (leveret.home / "file").touch()
    told = leveret.run("serve", "--detached", "--data-dir", leveret.home / "file" / "mq")
    assert told.returncode == 1
    assert told.stderr.startswith("leveret: cannot use the data directory")
    assert len(told.stderr.splitlines()) == 1


def test_a_log_that_cannot_be_written_is_told_on_the_terminal(leveret):
    (leveret.home / "mq" / "leveret.log").mkdir(parents=True)
    told = leveret.run("serve", "--detached", "--data-dir", leveret.home / "mq")
    assert told.returncode == 1
    assert "cannot write the log" in told.stderr
