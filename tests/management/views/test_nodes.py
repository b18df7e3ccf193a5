"""The node."""

import os
from pathlib import Path

import pytest

from leveret.config import Settings
from leveret.config.log_settings import LogSettings
from leveret.management.views.nodes import NODE, NODE_IN_BRIEF, memory, relative_memory
from tests.management.looking import NOW, look_at
from tests.session.harness import World


@pytest.fixture
def broker():
    broker = World().broker
    broker.started_at = NOW - 5
    return broker


def show(broker, query="", **settings):
    look = look_at(broker, query, settings=Settings(**settings))
    return NODE.render(look.host, look)


def test_a_node_tells_its_limits_and_what_it_runs_on(broker):
    shown = show(broker)
    expected = {
        "name": broker.node,
        "running": True,
        "os_pid": str(os.getpid()),
        "uptime": 5000,
        "mem_limit": 400,
        "disk_free_limit": 50,
        "mem_alarm": False,
        "disk_free_alarm": False,
        "mem_used": 7,
        "queue_created": 0,
        "mem_used_details": {"rate": 0.0},
        "run_queue": 0,
        "io_seek_count": 0,
        "io_seek_count_details": {"rate": 0.0},
        "partitions": [],
        "cluster_links": [],
        "mem_calculation_strategy": "rss",
    }
    assert {name: shown[name] for name in expected} == expected
    assert shown["processors"] >= 1
    assert min(shown["fd_total"], shown["sockets_total"], shown["proc_total"]) > 0
    assert not {"memory", "binary"} & shown.keys()


@pytest.mark.parametrize(
    ("resource", "field"), [("memory", "mem_alarm"), ("disk", "disk_free_alarm")]
)
def test_alarms_are_told(broker, resource, field):
    broker.alarms.set(resource, "somebody")
    shown = show(broker)
    assert [name for name in ("mem_alarm", "disk_free_alarm") if shown[name]] == [field]


def test_a_node_with_a_directory_is_a_disc_node(broker):
    shown = show(broker, data_dir=Path("/var/warren"), config=Path("/etc/leveret.conf"))
    assert (shown["type"], shown["db_dir"]) == ("disc", "/var/warren")
    assert shown["config_files"] == ["/etc/leveret.conf"]
    shown = show(broker)
    assert (shown["type"], shown["db_dir"], shown["config_files"]) == ("ram", "", [])


def test_logs_are_told(broker):
    assert show(broker)["log_files"] == ["<stdout>"]
    log = LogSettings(is_on_console=False, file=Path("/var/log/leveret.log"))
    assert show(broker, log=log)["log_files"] == ["/var/log/leveret.log"]


def test_memory_is_told_when_it_is_asked_for(broker):
    shown = show(broker, "memory=true&binary=true")
    assert shown["memory"]["total"] == {"erlang": 1000, "rss": 1000, "allocated": 1000}
    assert shown["binary"]["queue_procs"] == 0


def test_memory_is_told_in_octets_and_in_percent(broker):
    host = look_at(broker).host
    assert memory(host)["other_system"] == 1000
    assert memory(host)["strategy"] == "rss"
    told = relative_memory(host)
    assert (told["total"], told["other_system"]) == (100, 100)


def test_in_brief_a_node_runs(broker):
    look = look_at(broker)
    told = {"name": broker.node, "type": "ram", "running": True}
    assert NODE_IN_BRIEF.render(look.host, look) == told


def test_what_is_always_0_has_samples_too(broker):
    shown = show(broker, "node_stats_age=10&node_stats_incr=5")
    details = shown["io_seek_count_details"]
    assert [each["sample"] for each in details["samples"]] == [0, 0, 0]
    assert details.keys() == shown["mem_used_details"].keys()
    assert details.keys() == shown["queue_created_details"].keys()


def test_the_time_that_the_disk_takes_is_an_average(broker):
    work = broker.storage.disk_work
    work.syncs, work.sync_s = 4, 0.01
    try:
        shown = show(broker)
    finally:
        work.syncs, work.sync_s = 0, 0.0
    assert (shown["io_sync_avg_time"], shown["io_write_avg_time"]) == (2.5, 0)
