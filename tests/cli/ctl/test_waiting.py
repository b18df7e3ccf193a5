"""Waiting ends when the node is up, when its process is gone, or when the time is over."""

import os
import subprocess
import sys
import threading
import time

import pytest
from tests.control.served import served

from leveret.cli.ctl import waiting
from leveret.control import exits


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(waiting, "LOOK_S", 0.01)


@pytest.mark.usefixtures("node")
def test_a_node_that_is_up(ctl):
    assert ctl("await_startup").code == exits.OK
    outcome = ctl("wait", "--pid", str(os.getpid()))
    assert outcome.code == exits.OK
    assert outcome.out.endswith("Node 'leveret@localhost' is up and serves clients\n")


@pytest.mark.usefixtures("node")
def test_an_application_that_is_started_meanwhile(ctl):
    ctl("stop_app")
    assert ctl("await_startup", "-t", "0").code in {exits.TIMED_OUT, exits.OK}
    threading.Timer(0.1, ctl, ["start_app"]).start()
    assert ctl("await_startup", "-t", "5").code == exits.OK


@pytest.mark.usefixtures("node")
def test_a_pid_file_that_appears(ctl, tmp_path):
    file = tmp_path / "node.pid"
    threading.Timer(0.05, file.write_text, [f"{os.getpid()}\n"]).start()
    outcome = ctl("wait", str(file), "-t", "5")
    assert outcome.code == exits.OK
    assert f"Waiting for pid file '{file}' to appear\npid is {os.getpid()}\n" in outcome.out


def test_a_process_that_ends_is_not_waited_for(ctl, monkeypatch):
    monkeypatch.setenv("LEVERET_NODE_PORT", "1")
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    outcome = ctl("wait", "--pid", str(process.pid), "-n", "leveret@localhost")
    assert (outcome.code, outcome.err) == (exits.UNAVAILABLE, "Error:\nprocess_not_running\n")


def test_the_time_is_over(ctl, monkeypatch, tmp_path):
    monkeypatch.setenv("LEVERET_NODE_PORT", "1")
    began = time.monotonic()
    for words in (["await_startup"], ["wait", str(tmp_path / "no")]):
        outcome = ctl(*words, "-t", "1", "-n", "leveret@localhost")
        assert outcome.code == exits.TIMED_OUT
        assert outcome.err.endswith("timed out. Timeout value used: 1000\n")
    assert time.monotonic() - began < 10


def test_a_node_that_comes_up_meanwhile_is_found(ctl, monkeypatch, tmp_path):
    """Its port is looked for anew each time."""
    monkeypatch.setenv("LEVERET_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("LEVERET_NODE_PORT", raising=False)
    found = []
    waiter = threading.Thread(target=lambda: found.append(ctl("await_startup", "-t", "10")))
    waiter.start()
    time.sleep(0.05)
    with served(data_dir=tmp_path):
        waiter.join()
    assert found[0].code == exits.OK


@pytest.mark.parametrize("words", [["wait"], ["wait", "--pid", "1", "file"]])
def test_one_of_both_has_to_be_given(ctl, words):
    assert ctl(*words).code == exits.USAGE


def test_processes_that_are_alive():
    assert waiting._is_alive(os.getpid())
    assert waiting._is_alive(1), "somebody else's"
