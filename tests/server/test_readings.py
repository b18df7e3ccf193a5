"""What the process uses of its machine."""

import resource
import socket
import threading
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from leveret.broker.disk_work import DiskWork
from leveret.server.machine import Machine
from leveret.server.readings import Readings, open_files_max, threads_max

WORK = DiskWork(reads=1, read_octets=2, writes=3, written_octets=4, syncs=5)
BROKER = SimpleNamespace(storage=SimpleNamespace(disk_work=WORK))
SERVER = SimpleNamespace(transports={1, 2, 3}, broker=BROKER)


@pytest.fixture
def read(tmp_path):
    return Readings(SERVER, Machine(), tmp_path)


def test_every_reading_is_a_number_above_nothing(read):
    told = read()
    assert told.keys() >= {"mem_used", "fd_used", "proc_used", "disk_free", "gc_num"}
    assert all(value > 0 for value in told.values())
    assert told["sockets_used"] == 3
    disk = {name: told[name] for name in told if name.startswith("io_")}
    assert list(disk.values()) == [1, 2, 3, 4, 5]


def test_open_files_are_counted(read):
    before = read()["fd_used"]
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(socket.socket())
        assert read()["fd_used"] == before + 5
    assert read()["fd_used"] == before


def test_threads_are_counted(read):
    before, done = read()["proc_used"], threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert read()["proc_used"] == before + 1
    finally:
        done.set()
        thread.join()


def test_a_system_without_proc_is_asked_elsewhere(tmp_path):
    told = Readings(SERVER, Machine(), tmp_path, proc=tmp_path / "none")()
    assert told["proc_used"] == threading.active_count()
    assert told["fd_used"] > 0


def test_a_node_without_a_directory_has_no_disk():
    assert Readings(SERVER, Machine(), None)()["disk_free"] == 0


def test_a_directory_that_is_gone_has_no_room(tmp_path):
    assert Readings(SERVER, Machine(), tmp_path / "none")()["disk_free"] == 0


def test_limits_are_those_of_the_process(tmp_path):
    assert open_files_max() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert threads_max() > 0
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if soft == resource.RLIM_INFINITY:
        assert threads_max() == int(Path("/proc/sys/kernel/threads-max").read_text())
        assert threads_max(tmp_path) == 0
