"""leveretctl and `leveret serve`: two processes that have no more than a home in common."""

import os
import socket
import subprocess
import sys

import pytest

END_S_MAX = 20
PROGRAM = "from leveret.cli.ctl.main import main; main()"


@pytest.fixture
def ctl(leveret):
    def call(*words, **environment):
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM, *map(str, words)],
            env=leveret.environment | environment,
            capture_output=True,
            text=True,
            timeout=END_S_MAX,
            check=False,
        )

    return call


def test_a_node_is_found_asked_stopped_started_and_ended(leveret, ctl):
    node = leveret.serve()
    here = ("--data-dir", node.data_dir)
    assert (leveret.home / ".leveret.cookie").stat().st_mode & 0o777 == 0o400
    status = ctl("status", *here)
    assert (status.returncode, status.stderr) == (0, "")
    assert f"OS PID: {node.process.pid}\n" in status.stdout
    assert ctl("stop_app", *here).returncode == 0
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", node.port))
    assert ctl("status", *here).returncode == 64
    assert ctl("ping", *here).returncode == 0
    assert ctl("start_app", *here).returncode == 0
    assert ctl("check_port_connectivity", *here).returncode == 0
    assert ctl("shutdown", *here).returncode == 0
    assert node.process.wait(END_S_MAX) == 0


def test_a_wrong_cookie_is_refused_on_both_sides(leveret, ctl, tmp_path):
    node = leveret.serve()
    other = tmp_path / "other"
    other.write_text("another secret")
    other.chmod(0o400)
    refused = ctl("ping", "--data-dir", node.data_dir, "--cookie-file", other)
    assert refused.returncode == 69
    assert "authentication failed: the cookie here is not the node's" in refused.stderr
    assert ctl("ping", "--data-dir", node.data_dir).returncode == 0
    node.process.terminate()
    log, _ = node.process.communicate(timeout=END_S_MAX)
    assert "its cookie is not ours" in log


def test_a_node_in_the_background_has_a_name_to_be_found_by(leveret, ctl):
    started = leveret.run("serve", "--port", "0", "--node", "hare@localhost", "--detached")
    assert started.returncode == 0, started.stderr
    told = ctl("list_users", "-n", "hare@localhost", "--formatter", "json")
    assert told.stdout == '[\n{"user":"guest","tags":["administrator"]}\n]\n'
    assert ctl("shutdown", "-n", "hare@localhost").returncode == 0
    assert not os.path.exists(leveret.home / ".leveret" / "hare@localhost" / "node.json")


def test_a_cookie_that_others_can_read_stops_the_start(leveret):
    cookie = leveret.home / ".leveret.cookie"
    cookie.write_text("secret")
    cookie.chmod(0o644)
    started = leveret.run("serve", "--port", "0")
    assert started.returncode == 1
    assert "can be read by others: chmod 400" in started.stderr
