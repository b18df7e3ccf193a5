"""When memory and disk are short, and when they are looked at next."""

import logging
from pathlib import Path

import pytest

from leveret.broker.alarms import Alarms
from leveret.broker.queues.paging import Paging
from leveret.config.watch_settings import WatchSettings
from leveret.server.watches import DiskWatch, MemoryWatch
from tests.server.fake_machine import FakeMachine

DIRECTORY = Path("/var/lib/leveret")


@pytest.fixture
def machine():
    return FakeMachine()


@pytest.fixture
def alarms():
    return Alarms()


@pytest.fixture
def paging():
    return Paging(None, None, lambda: 1)


@pytest.fixture
def lines(caplog):
    """The lines of the log so far."""
    caplog.set_level(logging.INFO, "leveret")
    return lambda: [record.getMessage() for record in caplog.records]


# Memory --------------------------------------------------------------------------------------


@pytest.fixture
def memory(machine, alarms, paging):
    """A watch over a million octets, 400,000 of which are the watermark."""
    return lambda **settings: MemoryWatch(WatchSettings(**settings), machine, alarms, paging)


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({}, 400_000),
        ({"memory_share": 0.6}, 600_000),
        ({"memory_share": 0.0}, 0),
        ({"memory_bytes": 123}, 123),
        ({"memory_bytes": 123, "memory_share": 0.5}, 500_000),
        ({"memory_total": 2_000_000}, 800_000),
    ],
)
def test_the_watermark_is_a_share_of_all_memory_or_a_number(memory, settings, allowed):
    assert memory(**settings).allowed == allowed


def test_the_alarm_is_on_while_more_is_used_than_allowed(memory, machine, alarms, lines):
    watch = memory()
    for used in (400_000, 400_001, 400_001, 400_000):
        machine.used = used
        assert watch.look() == 2.5
        assert alarms.resources == (["memory"] if used > 400_000 else [])
    assert lines() == [
        "vm_memory_high_watermark set. Memory used:400001 allowed:400000",
        "vm_memory_high_watermark clear. Memory used:400000 allowed:400000",
    ]


def test_a_watermark_of_nothing_is_always_passed(memory, machine, alarms):
    machine.used = 1
    memory(memory_share=0.0).look()
    assert alarms.is_on


def test_the_interval_is_the_settings(memory):
    assert memory(memory_interval_s=0.5).look() == 0.5


def test_what_is_free_and_not_given_back_raises_no_alarm(memory, machine, alarms):
    machine.used, machine.hoarded = 300_000, 200_000
    memory().look()
    assert machine.asked_back
    assert not alarms.is_on


def test_memory_is_asked_back_until_the_alarm_is_off(memory, machine, alarms):
    watch = memory()
    machine.used = 500_000
    watch.look()
    machine.used, machine.hoarded = 100_000, 400_000
    watch.look()
    assert not alarms.is_on


def test_memory_is_not_asked_back_without_need(memory, machine):
    watch = memory()
    machine.used = 200_000
    watch.look()
    assert machine.asked_back == 0
    machine.used = 300_000
    watch.look()
    watch.look()
    assert machine.asked_back == 1


def test_a_watch_says_what_it_allows(memory):
    watch = memory(memory_total=8 * 1024**3, memory_share=0.5)
    assert str(watch) == (
        "Memory high watermark set to 4096 MiB (4294967296 bytes) "
        "of 8192 MiB (8589934592 bytes) total"
    )


# How much of it waiting messages may take ----------------------------------------------------


def test_below_the_paging_point_messages_may_take_all_of_it(memory, machine, paging):
    machine.used = 200_000
    memory().look()
    assert paging.octets_max == 200_000
    memory(memory_paging_ratio=0.75).look()
    assert paging.octets_max == 300_000


def test_beyond_it_they_take_as_much_less_as_the_process_uses_more(memory, machine, paging):
    machine.used, paging.octets = 250_000, 100_000
    memory().look()
    assert paging.octets_max == 80_000


def test_a_little_they_may_always_take(memory, machine, paging):
    machine.used, paging.octets = 390_000, 10
    memory().look()
    assert paging.octets_max == 200_000 / 32


def test_when_memory_has_become_free_they_may_take_all_again(memory, machine, paging):
    watch = memory()
    machine.used = 390_000
    watch.look()
    machine.used = 150_000
    watch.look()
    assert paging.octets_max == 200_000


# Disk ----------------------------------------------------------------------------------------


@pytest.fixture
def disk(machine, alarms):
    """A watch over a disk whose limit is 50 MB."""
    return lambda **settings: DiskWatch(WatchSettings(**settings), machine, alarms, DIRECTORY)


@pytest.mark.parametrize(
    ("settings", "limit"),
    [
        ({}, 50_000_000),
        ({"disk_free_bytes": 0}, 0),
        ({"disk_free_share": 1.5}, 1_500_000),
        ({"disk_free_share": 1.5, "disk_free_bytes": 7}, 1_500_000),
        ({"disk_free_share": 1.5, "memory_total": 2_000_000}, 3_000_000),
    ],
)
def test_the_limit_is_a_number_or_a_share_of_all_memory(disk, settings, limit):
    assert disk(**settings).limit == limit


def test_the_alarm_is_on_while_less_is_free_than_the_limit(disk, machine, alarms, lines):
    watch = disk()
    for free in (50_000_000, 49_999_999, 49_999_999, 50_000_000):
        machine.free = free
        watch.look()
        assert alarms.resources == (["disk"] if free < 50_000_000 else [])
    assert lines() == [
        "Free disk space is insufficient. Free bytes: 49999999. Limit: 50000000",
        "Free disk space is sufficient. Free bytes: 50000000. Limit: 50000000",
    ]


@pytest.mark.parametrize(
    ("free", "delay_s"),
    [
        (50_000_000, 0.1),
        (50_000_000 + 125_000_000, 1.0),
        (10_000_000_000, 10.0),
        (0, 10.0),
    ],
)
def test_the_less_is_left_the_sooner_it_is_looked_at_again(disk, machine, free, delay_s):
    machine.free = free
    assert disk().look() == delay_s


def test_a_disk_whose_writers_fail_stays_short(disk, machine, alarms):
    watch = disk()
    machine.free = 0
    watch.look()
    alarms.set("disk", "writes")
    machine.free = 10_000_000_000
    watch.look()
    assert alarms.resources == ["disk"]


def test_a_disk_that_does_not_tell_is_asked_again_and_said_once(disk, machine, alarms, lines):
    watch = disk()
    machine.free = None
    assert watch.look() == watch.look() == 10.0
    machine.free = 100_000_000
    watch.look()
    machine.free = None
    watch.look()
    complaint = f"cannot tell how much disk is free at {DIRECTORY}: No such file or directory"
    assert lines() == [complaint, complaint]
    assert not alarms.is_on


def test_a_disk_that_does_not_tell_is_as_short_as_it_was(disk, machine, alarms):
    watch = disk()
    machine.free = 0
    watch.look()
    machine.free = None
    watch.look()
    assert alarms.resources == ["disk"]


def test_a_disk_watch_says_its_limit(disk):
    assert str(disk()) == "Disk free limit set to 50MB"


def test_what_waits_may_grow_by_a_part_of_the_memory_left_until_the_next_look(
    machine, alarms, paging
):
    watch = MemoryWatch(WatchSettings(memory_bytes=2**30), machine, alarms, paging)
    paging.octets = 1000
    machine.used = 2**29
    watch.look()
    assert paging.octets_seen == 1000 + 2**26
    machine.used = 2**30
    watch.look()
    assert paging.octets_seen == 1000 + 2**22
