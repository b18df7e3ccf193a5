"""Where the log goes, and how much of it."""

import io
import json
import logging
import re

import pytest

from leveret.cli.logs import start_logging
from leveret.config.log_settings import LogSettings
from leveret.errors import StartRefused

log = logging.getLogger("leveret.test")


@pytest.fixture
def lines():
    """Start logging in a form at a level; what was written so far."""
    kept = logging.getLogger().handlers[:], logging.getLogger().level
    # A broker of other tests may want to hear more or less than these ask for.
    program = logging.getLogger("leveret")
    wanted = program.level
    program.setLevel(logging.NOTSET)
    stream = io.StringIO()

    def start(form="text", level="info"):
        start_logging(LogSettings(level=level, format=form), stream=stream)
        return lambda: stream.getvalue().splitlines()

    # basicConfig(force=True) closes the handlers it finds: hide pytest's from it.
    logging.getLogger().handlers[:] = []
    yield start
    logging.getLogger().handlers[:], level = kept
    logging.getLogger().setLevel(level)
    program.setLevel(wanted)


def test_lines_are_text_unless_json_is_asked_for(lines):
    written = lines()
    log.info("listens")
    assert written()[0].endswith(" [info] listens")
    written = lines("json")
    log.info("listens")
    assert '"message": "listens"' in written()[-1]


def test_the_console_keeps_its_level_when_somebody_wants_to_hear_more(lines):
    written = lines()
    log.setLevel(logging.DEBUG)
    try:
        log.debug("x")
    finally:
        log.setLevel(logging.NOTSET)
    assert written() == []


@pytest.mark.parametrize(
    ("level", "heard"),
    [
        ("debug", ["debug", "info", "warning", "error", "critical"]),
        ("notice", ["warning", "error", "critical"]),
        ("error", ["error", "critical"]),
        ("emergency", ["critical"]),
        ("none", []),
    ],
)
def test_a_level_hides_what_is_less_severe(lines, level, heard):
    written = lines(level=level)
    for name in ("debug", "info", "warning", "error", "critical"):
        getattr(log, name)("x")
    assert [re.search(r"\[(\w+)\]", line)[1] for line in written()] == heard


def finish_files():
    """Close what a test has opened."""
    for handler in logging.getLogger().handlers:
        handler.close()


def test_a_file_has_a_level_and_a_form_of_its_own(lines, tmp_path):
    lines()
    stream = io.StringIO()
    settings = LogSettings(file="mq.log", file_level="debug", file_format="json")
    start_logging(settings, tmp_path, stream)
    log.debug("seen by the file")
    log.info("seen by both")
    finish_files()
    written = (tmp_path / "mq.log").read_text().splitlines()
    assert [json.loads(line)["message"] for line in written] == ["seen by the file", "seen by both"]
    assert len(stream.getvalue().splitlines()) == 1


def test_a_file_that_was_moved_away_begins_anew(lines, tmp_path):
    lines()
    start_logging(LogSettings(is_on_console=False, file=tmp_path / "mq.log"))
    log.info("old")
    (tmp_path / "mq.log").rename(tmp_path / "mq.log.1")
    log.info("new")
    finish_files()
    assert (tmp_path / "mq.log").read_text().endswith("[info] new\n")


def test_a_log_that_goes_nowhere_is_silent(lines, capfd):
    lines()
    start_logging(LogSettings(is_on_console=False))
    log.error("x")
    assert capfd.readouterr() == ("", "")


def test_a_file_that_cannot_be_written_stops_the_start(lines, tmp_path):
    lines()
    with pytest.raises(StartRefused, match=r"the log .* \(log\.file\): Is a directory"):
        start_logging(LogSettings(file=tmp_path))
