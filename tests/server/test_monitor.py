"""The monitor looks when it said it would, and writes down which alarms are on."""

import asyncio
import logging
from dataclasses import replace

import pytest

from leveret.broker.broker import Broker
from leveret.config import Settings
from leveret.config.watch_settings import WatchSettings
from leveret.server.monitor import Monitor
from tests.server.fake_machine import FakeMachine
from tests.server.served import HandLoop

NODE = "leveret@burrow"


@pytest.fixture
def lines(caplog):
    """The lines of the log, a certain level only."""
    caplog.set_level(logging.INFO, "leveret")
    return lambda level: [
        record.getMessage() for record in caplog.records if record.levelno == level
    ]


class Watched:
    """A monitor that is running, in a loop whose clock is moved by hand."""

    def __init__(self, data_dir=None, **chosen):
        self.machine = FakeMachine()
        self.loop = HandLoop()
        self.broker = Broker(self.loop.time, bytes)
        settings = Settings(node=NODE, data_dir=data_dir, watches=WatchSettings(**chosen))
        self.monitor = Monitor(self.broker, settings, self.machine)

    async def pass_time(self, seconds):
        self.loop.now += seconds
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def run(self, scene):
        async def whole():
            self.monitor.start()
            await scene(self)
            self.monitor.stop()

        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(whole())


def test_memory_is_looked_at_in_the_next_turn_when_what_waits_has_grown_much(lines):
    async def scene(watched):
        paging = watched.broker.paging
        watched.machine.used = 500_000
        paging.add(4 * 2**20)
        await watched.pass_time(0.01)
        assert not watched.broker.alarms.is_on
        paging.add(1)
        assert not watched.broker.alarms.is_on
        await watched.pass_time(0.01)
        assert watched.broker.alarms.resources == ["memory"]
        # The interval begins anew.
        watched.machine.used = 0
        await watched.pass_time(2.48)
        assert watched.broker.alarms.is_on
        await watched.pass_time(0.04)
        assert not watched.broker.alarms.is_on

    Watched().run(scene)
    assert len(lines(logging.WARNING)) == 2


def test_other_limits_hold_at_once():
    async def scene(watched):
        watched.machine.used = 100_000
        await watched.pass_time(3)
        assert not watched.broker.alarms.is_on
        limits = replace(watched.monitor.settings, memory_share=None, memory_bytes=90_000)
        watched.monitor.follow(limits)
        await watched.pass_time(0.01)
        assert watched.broker.alarms.resources == ["memory"]
        assert watched.monitor.memory_limit == 90_000

    Watched().run(scene)


def test_a_disk_that_nobody_watches(tmp_path):
    async def scene(watched):
        watched.monitor.watch_disk(is_on=False)
        watched.monitor.follow(watched.monitor.settings)
        watched.machine.free = 1
        await watched.pass_time(60)
        assert not watched.broker.alarms.is_on
        watched.monitor.watch_disk(is_on=True)
        await watched.pass_time(0.01)
        assert watched.broker.alarms.resources == ["disk"]

    Watched(tmp_path).run(scene)
    Watched().run(unwatched)


async def unwatched(watched):
    """Without a disk there is nothing to look at."""
    watched.monitor.watch_disk(is_on=True)


def test_nobody_looks_at_the_memory_of_a_node_that_was_stopped():
    async def scene(watched):
        watched.machine.used = 500_000

    watched = Watched()
    watched.run(scene)
    watched.broker.paging.add(2**30)
    assert not watched.broker.alarms.is_on


def test_memory_is_looked_at_in_its_interval(lines):
    async def scene(watched):
        watched.machine.used = 500_000
        await watched.pass_time(2.4)
        assert not watched.broker.alarms.is_on
        await watched.pass_time(0.2)
        assert watched.broker.alarms.resources == ["memory"]
        watched.machine.used = 0
        await watched.pass_time(2.6)
        assert not watched.broker.alarms.is_on

    Watched().run(scene)
    assert lines(logging.WARNING) == [
        (
            f"memory resource limit alarm set on node {NODE}. Publishers will be blocked until "
            "this alarm clears; consume or purge what waits, or raise vm_memory_high_watermark"
        ),
        f"memory resource limit alarm cleared on node {NODE}",
    ]


def test_a_disk_that_is_short_at_the_start_is_short_before_anybody_comes(tmp_path, lines):
    async def scene(watched):
        assert watched.broker.alarms.resources == ["disk"]
        watched.machine.free = 10**9
        await watched.pass_time(9.9)
        assert watched.broker.alarms.is_on
        await watched.pass_time(0.2)
        assert not watched.broker.alarms.is_on

    watched = Watched(data_dir=tmp_path)
    watched.machine.free = 0
    watched.run(scene)
    assert lines(logging.WARNING) == [
        (
            f"disk resource limit alarm set on node {NODE}. Publishers will be blocked until this "
            f"alarm clears; make room on the disk of {tmp_path}, or lower disk_free_limit"
        ),
        f"disk resource limit alarm cleared on node {NODE}",
    ]


def test_a_node_without_a_directory_has_no_disk_to_watch(lines):
    async def scene(watched):
        watched.machine.free = 0
        await watched.pass_time(20)
        assert not watched.broker.alarms.is_on

    Watched().run(scene)
    assert [line.partition(" set to")[0] for line in lines(logging.INFO)] == [
        "Memory high watermark"
    ]


def test_limits_are_logged_at_the_start(tmp_path, lines):
    async def scene(_watched):
        pass

    Watched(data_dir=tmp_path).run(scene)
    assert lines(logging.INFO) == [
        "Memory high watermark set to 0 MiB (400000 bytes) of 0 MiB (1000000 bytes) total",
        "Disk free limit set to 50MB",
    ]


def test_an_alarm_that_somebody_else_raised_is_logged_too(lines):
    async def scene(watched):
        watched.broker.alarms.set("memory", "a test")
        watched.broker.alarms.set("disk", "writes")
        watched.broker.alarms.clear("memory", "a test")

    Watched().run(scene)
    assert [line[:45] for line in lines(logging.WARNING)] == [
        f"memory resource limit alarm set on node {NODE}"[:45],
        f"disk resource limit alarm set on node {NODE}"[:45],
        f"memory resource limit alarm cleared on node {NODE}"[:45],
    ]


def test_a_monitor_that_stopped_looks_no_more(tmp_path):
    async def scene(_watched):
        pass

    watched = Watched(data_dir=tmp_path)
    watched.run(scene)
    assert watched.broker.alarms.watchers == {}
    assert all(timer.cancelled() for timer in watched.monitor._timers.values())


def test_without_a_machine_it_watches_the_one_it_runs_on():
    async def scene():
        broker = Broker(asyncio.get_running_loop().time, bytes)
        monitor = Monitor(broker, Settings(watches=WatchSettings(memory_share=0.0)))
        monitor.start()
        monitor.stop()
        return broker.alarms.resources

    assert asyncio.run(scene()) == ["memory"]


@pytest.mark.parametrize(
    ("chosen", "memory", "disk"),
    [
        ({"memory_share": 0.5, "disk_free_bytes": 4096}, 0.5, 4096),
        ({"memory_share": 0.25}, 0.25, 0),
    ],
)
def test_the_limits_that_hold_can_be_asked_for(tmp_path, chosen, memory, disk):
    async def scene(watched):
        assert watched.monitor.memory_limit == int(watched.machine.total_memory() * memory)
        assert watched.monitor.disk_limit == disk

    Watched(data_dir=tmp_path if disk else None, **chosen).run(scene)
