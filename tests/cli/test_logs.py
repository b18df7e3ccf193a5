"""Where the log goes, and how much of it."""

import io
import logging
import re

import pytest

from leveret.cli.logs import start_logging

log = logging.getLogger("leveret.test")


@pytest.fixture
def lines():
    """Start logging in a form at a level; what was written so far."""
    kept = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()

    def start(form="text", level="info"):
        start_logging(level, form, stream)
        return lambda: stream.getvalue().splitlines()

    # basicConfig(force=True) closes the handlers it finds: hide pytest's from it.
    logging.getLogger().handlers[:] = []
    yield start
    logging.getLogger().handlers[:], level = kept
    logging.getLogger().setLevel(level)


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
