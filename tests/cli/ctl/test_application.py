"""The application stopped and started, the node ended, from the command line."""

import os
import subprocess
import sys

import pytest

from leveret.cli.ctl import application
from leveret.control import exits
from leveret.control.client import Overdue

pytestmark = pytest.mark.usefixtures("node")


def test_stop_reset_start(ctl):
    assert ctl("reset").code == exits.USAGE
    stopped = ctl("stop_app")
    assert stopped.out == "Stopping leveret application on node leveret@localhost ...\n"
    assert ctl("reset").out == "Resetting node leveret@localhost ...\n"
    assert ctl("force_reset").out == "Forcefully resetting node leveret@localhost ...\n"
    assert ctl("start_app").out == "Starting node leveret@localhost ...\n"
    assert ctl("list_users", "-s").out == "guest\t[administrator]\n"


def test_suspend_and_resume(ctl):
    assert ctl("suspend_listeners").code == exits.OK
    assert ctl("check_port_connectivity").code == exits.UNAVAILABLE
    assert ctl("resume_listeners").code == exits.OK
    assert ctl("check_port_connectivity").code == exits.OK


def test_rotation_is_somebody_elses(ctl):
    outcome = ctl("rotate_logs")
    assert (outcome.code, outcome.out) == (exits.UNAVAILABLE, "")
    assert outcome.err == "Error:\nThis command does not rotate logs anymore [deprecated]\n"


def test_shutdown_without_waiting(node, ctl):
    outcome = ctl("shutdown", "--no-wait")
    assert outcome.out == "Shutting down Leveret node leveret@localhost\n"
    node.do(node.node.told_to_stop.wait())


def test_stop_waits_for_the_process_of_a_pid_file(node, ctl, tmp_path):
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    file = tmp_path / "node.pid"
    file.write_text(f"{process.pid}\n")
    assert ctl("stop", str(file)).code == exits.OK
    node.do(node.node.told_to_stop.wait())


def test_a_pid_file_that_cannot_be_read(node, ctl, tmp_path):
    outcome = ctl("stop", str(tmp_path / "nosuch"))
    assert outcome.code == exits.UNAVAILABLE
    assert "cannot read the pid file" in outcome.err
    assert not node.node.told_to_stop.is_set()


def test_to_stop_what_is_not_running_may_be_fine(ctl, monkeypatch):
    monkeypatch.setenv("LEVERET_NODE_PORT", "1")
    assert ctl("stop").code == exits.UNAVAILABLE
    outcome = ctl("stop", "--idempotent")
    assert (outcome.code, outcome.out) == (
        exits.OK,
        "Node leveret@localhost is no longer running\n",
    )


def test_waiting_for_an_end_that_does_not_come():
    with pytest.raises(Overdue):
        application._wait_gone(os.getpid(), 0.01)
