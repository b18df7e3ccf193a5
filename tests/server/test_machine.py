"""What the machine has: in a container, outside of one, and where the kernel does not say."""

import os
import subprocess
import sys

import pytest

from leveret.server import machine
from leveret.server.machine import Machine, container_limits, resident_as_ps_says

MIB = 1024 * 1024
UNLIMITED_V1 = 2**63 - 4096


@pytest.fixture
def kernel(tmp_path):
    """Write what the kernel says; `limits` is then what it comes to."""
    return Kernel(tmp_path)


class Kernel:
    def __init__(self, root):
        self.proc = root / "proc"
        self.cgroups = root / "cgroup"
        self.proc.mkdir()

    def member_of(self, *lines):
        (self.proc / "cgroup").write_text("".join(f"{line}\n" for line in lines))

    def says(self, file, told):
        path = self.cgroups / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{told}\n")

    @property
    def limits(self):
        return list(container_limits(self.proc / "cgroup", self.cgroups))


def test_a_group_of_version_2_is_limited_by_all_it_is_in(kernel):
    kernel.member_of("0::/mq.slice/leveret.service")
    kernel.says("mq.slice/memory.max", 300 * MIB)
    kernel.says("mq.slice/memory.high", 200 * MIB)
    kernel.says("mq.slice/leveret.service/memory.max", 500 * MIB)
    assert min(kernel.limits) == 200 * MIB
    assert len(kernel.limits) == 3


def test_a_container_sees_its_own_group_as_the_root(kernel):
    kernel.member_of("0::/")
    kernel.says("memory.max", 300 * MIB)
    assert kernel.limits == [300 * MIB]


def test_a_path_of_the_host_is_passed_over_in_a_container(kernel):
    kernel.member_of("4:cpu,memory:/docker/0123", "3:cpuset:/docker/0123")
    kernel.says("memory/memory.limit_in_bytes", 300 * MIB)
    assert kernel.limits == [300 * MIB]


def test_a_group_of_version_1_is_limited_by_all_it_is_in(kernel):
    kernel.member_of("4:memory:/outer/inner")
    kernel.says("memory/memory.limit_in_bytes", UNLIMITED_V1)
    kernel.says("memory/outer/memory.limit_in_bytes", 100 * MIB)
    kernel.says("memory/outer/inner/memory.limit_in_bytes", UNLIMITED_V1)
    assert min(kernel.limits) == 100 * MIB


@pytest.mark.parametrize("told", ["max", "0", "", "lots"])
def test_what_is_no_limit_limits_nothing(kernel, told):
    kernel.member_of("0::/")
    kernel.says("memory.max", told)
    assert kernel.limits == []


def test_a_group_outside_of_what_is_seen_does_not_lead_astray(kernel):
    kernel.member_of("0::/../../elsewhere")
    kernel.says("memory.max", 300 * MIB)
    (kernel.cgroups.parent / "memory.max").write_text("1")
    assert kernel.limits == [300 * MIB]


def test_a_system_without_groups_has_no_limits(kernel):
    assert kernel.limits == []


def test_what_the_container_may_have_is_all_there_is(kernel):
    kernel.member_of("0::/")
    kernel.says("memory.max", 3 * MIB)
    assert Machine(kernel.proc, kernel.cgroups).total_memory() == 3 * MIB


def test_without_a_limit_the_machines_memory_is_all_there_is(kernel):
    kernel.member_of("4:memory:/")
    kernel.says("memory/memory.limit_in_bytes", UNLIMITED_V1)
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert Machine(kernel.proc, kernel.cgroups).total_memory() == physical


def test_resident_memory_is_counted_in_pages(kernel):
    (kernel.proc / "statm").write_text("1000 200 30 4 0 5 0\n")
    found = Machine(kernel.proc, kernel.cgroups).resident_memory()
    assert found == 200 * os.sysconf("SC_PAGE_SIZE")


def test_without_proc_it_is_what_ps_says(kernel):
    found = Machine(kernel.proc, kernel.cgroups).resident_memory()
    assert 0.5 < found / Machine().resident_memory() < 2


def test_where_nobody_says_it_is_nothing(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert resident_as_ps_says() == 0


# Half of the blocks are freed, none of them at the end, where glibc would let go by itself.
GIVE_BACK = """
from leveret.server.machine import Machine
machine = Machine()
blocks = [bytes(2000) for _ in range(50_000)]
last = blocks[-1]
full = machine.resident_memory()
del blocks
machine.give_memory_back()
print(full - machine.resident_memory())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc")
def test_memory_that_was_freed_is_given_back():
    told = subprocess.run(
        [sys.executable, "-c", GIVE_BACK], capture_output=True, text=True, check=True
    )
    assert int(told.stdout) > 50 * MIB


def test_a_c_library_that_keeps_nothing_is_not_asked(monkeypatch):
    class Library:
        def __init__(self, _name):
            pass

    monkeypatch.setattr("ctypes.CDLL", Library)
    Machine().give_memory_back()


def test_free_disk_is_what_this_process_may_write(tmp_path, monkeypatch):
    class Found:
        f_bavail, f_bfree, f_frsize, f_bsize = 10, 20, 4096, 1024 * 1024

    monkeypatch.setattr(machine.os, "statvfs", lambda _path: Found)
    assert Machine().free_disk(tmp_path) == 40960


def test_a_directory_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Machine().free_disk(tmp_path / "gone")
