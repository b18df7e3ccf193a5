import os
import socket
import sys
from pathlib import Path

import pytest
from bench.processes import Command, Server, own_directory, require_disk, running

from bench import processes

# Answers as a broker does, and appends to a file how often it was started.
BROKER = """
import socket, sys
with open(sys.argv[2], "a") as started:
    started.write(".")
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    peer, _ = listener.accept()
    peer.recv(8)
    peer.sendall(b"\\x01")
    peer.close()
"""


@pytest.fixture
def server(tmp_path):
    """A server that is not started yet; ended with the test."""
    [port] = processes.free_ports(1)

    def make(script=BROKER, start_s_max=10.0):
        line = (sys.executable, "-c", script, str(port), str(tmp_path / "started"))
        command = Command("It", line, dict(os.environ), start_s_max)
        made.append(Server(command, port, tmp_path / "output"))
        return made[-1]

    made = []
    yield make
    for each in made:
        each.stop()


@pytest.mark.parametrize("end", [Server.stop, Server.kill])
def test_a_server_is_ended_and_started_again_on_its_files(server, tmp_path, end):
    it = server()
    assert it.start() > 0
    first = it.pid
    end(it)
    assert not processes.answers_amqp(it.port)
    it.start()
    assert it.pid != first
    assert (tmp_path / "started").read_text() == ".."


def test_a_server_ends_with_its_block(server):
    with running(server()) as it:
        assert processes.answers_amqp(it.port)
    assert not processes.answers_amqp(it.port)
    assert it.stop() < 1.0  # What has ended need not end again.


def test_a_server_that_does_not_come_up_is_told_with_what_it_said(server):
    with pytest.raises(RuntimeError, match="It ended with 3: no disk"):
        server("import sys; sys.stderr.write('no disk'); sys.exit(3)").start()


def test_a_silent_server_is_not_waited_for_for_ever(server):
    with pytest.raises(RuntimeError, match=r"It is silent after 0\.1 s"):
        server("import time; time.sleep(60)").start(0.1)


def test_a_directory_goes_with_its_block():
    with own_directory("leveret-test-") as home:
        (home / "inner").mkdir()
        (home / "inner" / "file").write_bytes(bytes(100_000))
        assert processes.disk_bytes(home) >= 100_000
        processes.forget_cached(home)
        assert (home / "inner" / "file").read_bytes() == bytes(100_000)
    assert not home.exists()


def test_what_is_in_memory_is_no_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "file_system", lambda _path: "tmpfs")
    with pytest.raises(RuntimeError, match=r"is in memory .* set TMPDIR"):
        require_disk(tmp_path)


def test_both_must_be_on_one_file_system(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "file_system", lambda _path: "ext4")
    require_disk(tmp_path, tmp_path.parent)
    with pytest.raises(RuntimeError, match="not on one file system"):
        require_disk(tmp_path, Path("/proc"))


def test_the_file_system_of_a_path_is_that_of_its_mount():
    assert processes.file_system(Path("/proc/self")) == "proc"


def test_a_node_finds_all_its_ports_free():
    port = processes.free_node_port()
    with socket.create_server((processes.HOST, port + 10_020)):
        assert not processes.is_free(port + 10_020)
        assert processes.is_free(port + 10_000)
        assert port + 20_000 < 32_768
