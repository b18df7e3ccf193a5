"""Log lines for people and for machines."""

import json
import logging
import re
import sys

from leveret.server.log_lines import LEVELS, NOTICE, formatter


def record(text, *args, level=logging.INFO, **fields):
    made = logging.LogRecord("leveret.test", level, __file__, 1, text, args, None)
    if fields:
        made.fields = fields
    return made


def test_a_text_line_is_time_level_sentence():
    line = formatter("text").format(record("listens on %s", "127.0.0.1:5672"))
    stamp = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}"
    assert re.fullmatch(rf"{stamp} \[info\] listens on 127.0.0.1:5672", line)


def test_a_json_line_carries_its_fields():
    line = formatter("json").format(record("port %d", 5672, level=logging.WARNING, port=5672))
    told = json.loads(line)
    assert told.pop("time").endswith("+00:00")
    assert told == {
        "level": "warning",
        "logger": "leveret.test",
        "message": "port 5672",
        "port": 5672,
    }


def test_a_failure_in_json_stays_one_line():
    try:
        raise ValueError("hare")
    except ValueError:
        failed = record("failed")
        failed.exc_info = sys.exc_info()
    line = formatter("json").format(failed)
    assert "\n" not in line
    assert "ValueError: hare" in json.loads(line)["message"]


def test_levels_have_rabbitmq_s_names():
    assert formatter("text").format(record("x", level=NOTICE)).endswith("[notice] x")
    severities = list(LEVELS.values())
    assert severities == sorted(severities)
