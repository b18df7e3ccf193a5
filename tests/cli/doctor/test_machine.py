"""What the machine gives: judged from numbers that a test hands in."""

import os
import resource
from datetime import UTC, datetime

import pytest
from tests.server.fake_machine import FakeMachine

from leveret.cli.doctor.finding import Health
from leveret.cli.doctor.machine import (
    clock,
    interpreter,
    is_clock_synchronised,
    look_at_machine,
    memory,
    open_files,
)
from leveret.config.settings import settings_of
from leveret.server.machine import Machine

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
GIB = 2**30


@pytest.mark.parametrize(
    ("limit", "health"),
    [
        (resource.RLIM_INFINITY, Health.WELL),
        (50_000, Health.WELL),
        (49_999, Health.WARNING),
        (1024, Health.WARNING),
        (1023, Health.FAILED),
    ],
)
def test_open_files_are_connections(limit, health):
    found = open_files(limit)
    assert found.health is health
    assert ("LimitNOFILE=50000" in found.advice) is (health is not Health.WELL)


def test_memory_is_enough_when_the_watermark_leaves_room():
    machine = FakeMachine()
    machine.total = 8 * GIB
    found = memory(settings_of({}), machine)
    assert (found.health, found.told) == (
        Health.WELL,
        "8.0 GiB in all, publishers wait above 3.2 GiB",
    )
    machine.total = GIB // 8
    assert memory(settings_of({}), machine).health is Health.WARNING


def test_a_watermark_above_all_memory_protects_nothing():
    machine = FakeMachine()
    machine.total = GIB
    found = memory(settings_of({"watches_memory_bytes": 2 * GIB}), machine)
    assert found.health is Health.FAILED
    assert "vm_memory_high_watermark.absolute" in found.advice


def test_a_clock_that_is_right(tmp_path):
    found = clock(NOON, tmp_path, is_synchronised=True)
    assert (found.health, found.told) == (Health.WELL, "2026-11-22 12:00:00 UTC, synchronised")
    assert clock(NOON, tmp_path / "absent", is_synchronised=None).health is Health.WELL


def test_a_clock_that_nobody_synchronises(tmp_path):
    assert clock(NOON, tmp_path, is_synchronised=False).health is Health.WARNING


def test_a_clock_from_before_this_program():
    assert clock(0.0, None, is_synchronised=True).health is Health.FAILED


def test_a_clock_that_was_put_back(tmp_path):
    file = tmp_path / "metadata.sqlite"
    file.touch()
    os.utime(file, (NOON + 3600, NOON + 3600))
    found = clock(NOON, tmp_path, is_synchronised=True)
    assert found.health is Health.FAILED
    assert "3600 s before the node's own files" in found.told
    os.utime(file, (NOON + 59, NOON + 59))
    assert clock(NOON, tmp_path, is_synchronised=True).health is Health.WELL


def test_the_kernel_is_asked_whether_the_clock_is_synchronised():
    assert is_clock_synchronised() in {True, False, None}


def test_an_interpreter_without_uvloop_is_slower():
    assert interpreter(has_uvloop=True).health is Health.WELL
    assert interpreter(has_uvloop=False).advice == "install it with: pip install uvloop"


def test_this_machine_is_looked_at():
    subjects = [found.subject for found in look_at_machine(settings_of({}), Machine())]
    assert subjects == ["interpreter", "open files", "memory", "clock"]
