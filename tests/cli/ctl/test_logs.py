"""Lines of the log and events, from the command line."""

import dataclasses
import json
import logging
import time

import pytest

from leveret.config.log_settings import LogSettings
from leveret.control import exits


@pytest.fixture
def file(node, tmp_path):
    file = tmp_path / "log"
    file.write_text("".join(f"line {n}\n" for n in range(100)))
    log = LogSettings(file=file)
    node.node.settings = dataclasses.replace(node.node.settings, log=log)
    return file


def test_where_it_is(file, ctl):
    banner = "Log file location(s) on node leveret@localhost ...\n"
    assert ctl("log_location").out == f"{banner}{file}\n"
    assert len(ctl("log_location", "-a", "-q").out.splitlines()) == 2
    told = json.loads(ctl("log_location", "--formatter", "json").out)
    assert told == {"node_name": "leveret@localhost", "paths": [str(file)], "result": "ok"}


@pytest.mark.usefixtures("file")
def test_its_end(ctl):
    assert ctl("log_tail", "-N", "2").out == (
        "Last 2 log lines on node leveret@localhost ...\nline 98\nline 99\n"
    )
    assert len(ctl("log_tail", "-q").out.splitlines()) == 50
    assert ctl("log_tail", "-N", "0", "-q").out == "\n"
    assert json.loads(ctl("log_tail", "-N", "1", "--formatter", "json").out) == [
        {"message": "line 99"}
    ]


def test_lines_to_come(node, ctl):
    node.loop.call_soon_threadsafe(
        node.loop.call_later, 0.3, logging.getLogger("leveret").error, "it happened"
    )
    outcome = ctl("log_tail_stream", "-d", "1")
    assert outcome.out.startswith("Streaming logs from node leveret@localhost for 1 seconds ...\n")
    assert "[error] it happened\n" in outcome.out


def test_events_to_come(node, ctl):
    node.loop.call_soon_threadsafe(node.loop.call_later, 0.3, node.broker.add_vhost, "a")
    before_ms = time.time() * 1000
    outcome = ctl("consume_event_stream", "-d", "1", "--pattern", "vhost.created")
    [event, *_nothing] = outcome.out.split("\n\n")
    told = json.loads(event)
    assert (told["event"], told["name"]) == ("vhost.created", "a")
    assert told["timestamp_in_ms"] >= before_ms - 1000


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("command", ["log_tail_stream", "consume_event_stream"])
def test_a_duration_is_a_number_of_seconds(ctl, command):
    outcome = ctl(command, "--duration", "soon")
    assert outcome.code == exits.USAGE
    assert "--duration : soon" in outcome.err
