"""The log's files and lines, and the broker's events as they happen."""

import asyncio
import dataclasses
import logging
from pathlib import Path

import pytest

from leveret.broker.patterns import InvalidPattern
from leveret.config.log_settings import LogSettings
from leveret.control.call import Call, VerbRefused
from leveret.control.verbs import logs
from tests.control.served import ALONE, OneBroker


def call(log=None, **arguments):
    host = OneBroker()
    host.settings = dataclasses.replace(ALONE, log=log or LogSettings())
    return Call(host, arguments)


def test_where_it_is(tmp_path):
    file = tmp_path / "log"
    settings = LogSettings(file=file, is_on_console=False)
    assert logs.log_location(call(settings)) == [str(file)]
    both = dataclasses.replace(settings, is_on_console=True)
    assert logs.log_location(call(both))[0] == str(file)
    assert len(logs.log_location(call(both))) == 2


def test_its_last_lines(tmp_path):
    file = tmp_path / "log"
    file.write_text("".join(f"line {n}\n" for n in range(100)))
    settings = LogSettings(file=file)
    assert logs.log_tail(call(settings, number=2)) == ["line 98", "line 99"]
    assert len(logs.log_tail(call(settings))) == 50
    assert logs.log_tail(call(settings, number=0)) == []


def test_of_a_huge_log_the_end_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "TAIL_OCTETS_MAX", 10)
    file = tmp_path / "log"
    file.write_text("a long first line\nlast\n")
    assert logs.log_tail(call(LogSettings(file=file), number=9))[-1] == "last"


def test_a_log_that_cannot_be_read_says_so(tmp_path):
    with pytest.raises(VerbRefused, match="cannot read the log"):
        logs.log_tail(call(LogSettings(file=tmp_path / "nosuch")))
    with pytest.raises(VerbRefused, match=r"name a file with log\.file"):
        logs.log_tail(call(LogSettings(is_on_console=False)))


def heard(start, happen):
    """What a feed told of what happened."""

    async def listen():
        feed = start()
        happen()
        return [each async for each in feed.values]

    return asyncio.run(listen())


def test_lines_as_they_are_logged():
    logger = logging.getLogger("leveret")
    before = list(logger.handlers)
    asked = call(duration=0.05)
    told = heard(lambda: logs.log_tail_stream(asked), lambda: logger.error("something %s", "is up"))
    assert [line.partition("] ")[2] for line in told] == ["something is up"]
    assert logger.handlers == before


def test_events_as_they_happen():
    asked = call(duration=0.05, pattern="^vhost")
    broker = asked.broker
    broker.agenda.wall_clock = lambda: 7.5

    def happen():
        broker.add_vhost("a")
        broker.users.add("u", "p")

    [told] = heard(lambda: logs.consume_event_stream(asked), happen)
    assert told["event"] == "vhost.created"
    assert told["name"] == "a"
    assert told["timestamp_in_ms"] == 7500
    assert type(told["timestamp_in_ms"]) is int
    assert not broker.events.is_heard


def test_a_pattern_that_is_none():
    with pytest.raises(InvalidPattern):
        logs.consume_event_stream(call(pattern="("))


def test_a_tool_that_reads_slowly_misses_what_does_not_fit(monkeypatch):
    monkeypatch.setattr(logs, "WAITING_MAX", 3)
    logger = logging.getLogger("leveret")

    def flood():
        for n in range(10):
            logger.error("%d", n)

    assert len(heard(lambda: logs.log_tail_stream(call(duration=0.05)), flood)) == 3


def test_a_node_in_the_background_logs_into_a_file():
    assert logs.locations(ALONE) in ([logs.STDOUT], [str(Path("/proc/self/fd/1").resolve())])
