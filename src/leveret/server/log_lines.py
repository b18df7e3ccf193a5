"""How a node's log lines look: one line each, as text for people or as JSON for machines.

Whatever a line knows beyond its sentence travels in `extra={"fields": {...}}`; JSON shows it.
"""

import json
import logging
from datetime import UTC, datetime

NOTICE = 25
# RabbitMQ's names, on logging's scale; `none` is above everything.
LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "notice": NOTICE,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "alert": logging.CRITICAL,
    "emergency": logging.CRITICAL,
    "none": logging.CRITICAL + 1,
}
logging.addLevelName(NOTICE, "notice")


class TextLines(logging.Formatter):
    """`2026-11-22 11:08:07.123 [info] leveret@hare listens on 127.0.0.1:5672`"""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone()
        stamp = time.isoformat(sep=" ", timespec="milliseconds")[:23]
        return f"{stamp} [{record.levelname.lower()}] {_sentence(self, record)}"


class JsonLines(logging.Formatter):
    """`{"time": "...", "level": "info", "message": "...", "port": 5672}`"""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": time,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _sentence(self, record),
        }
        return json.dumps(line | getattr(record, "fields", {}), default=str)


def formatter(form: str) -> logging.Formatter:
    """For `text` or `json`."""
    return JsonLines() if form == "json" else TextLines()


def _sentence(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    sentence = record.getMessage()
    if record.exc_info:
        sentence = f"{sentence}\n{formatter.formatException(record.exc_info)}"
    return sentence
