"""Log lines for people and for machines."""

import io
import json
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


def test_a_text_line_is_time_level_sentence(lines):
    written = lines()
    log.info("listens on %s", "127.0.0.1:5672")
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
    assert re.fullmatch(rf"{stamp} \[info\] listens on 127.0.0.1:5672", written()[0])


def test_a_json_line_carries_its_fields(lines):
    written = lines("json")
    log.warning("port %d", 5672, extra={"fields": {"port": 5672}})
    line = json.loads(written()[0])
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "leveret.test",
        "message": "port 5672",
        "port": 5672,
    }


def test_a_failure_in_json_stays_one_line(lines):
    written = lines("json")
    try:
        raise ValueError("hare")
    except ValueError:
        log.exception("failed")
    assert len(written()) == 1
    assert "ValueError: hare" in json.loads(written()[0])["message"]


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
