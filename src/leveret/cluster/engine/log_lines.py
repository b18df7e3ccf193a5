"""What the engine says on its stderr, as lines of our log.

    [19356] [INF] Server is ready

Rule: its everyday talk is ours at level debug; info is what an operator of a cluster wants to
know of; a line without its mark (a panic's trace) is an error. No password passes.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Final

LEVELS: Final = {
    "TRC": logging.DEBUG,
    "DBG": logging.DEBUG,
    "INF": logging.DEBUG,
    "WRN": logging.WARNING,
    "ERR": logging.ERROR,
    "FTL": logging.CRITICAL,
}
# Those whose level is another one: what they begin with, or have in them.
WORTH_KNOWING: Final = re.compile(
    r"JetStream cluster new (metadata|stream) leader|Server is ready|Server Exiting"
    r"|Self is new JetStream cluster metadata leader|JetStream cluster no metadata leader"
)
EVERYDAY: Final = re.compile(
    # Passwords stand in a file that its owner alone may read.
    r"Plaintext passwords detected"
    # Until the first of the others is there, or after the last has gone: who leads is told as info.
    r"|Waiting for routing to be established|has not established contact with a meta leader"
    # After an end that was not its own choice: it counts again what is there.
    r"|Stream state outdated|Recovering stream state from index errored: prior state file"
    r"|Metalayer blocking snapshot"
    # A peer that has gone; the first says so each second until it is back.
    r"|Error trying to connect to route \(attempt \d+\)|Error flushing: writev"
)

_LINE: Final = re.compile(r"\[\d+\] \[([A-Z]{3})\] ?(.*)", re.DOTALL)
_PASSWORD: Final = re.compile(r"(://[^:/@\s]+):[^@\s]+@")


@dataclass(frozen=True, slots=True)
class LogLine:
    level: int
    text: str

    @property
    def is_complaint(self) -> bool:
        return self.level >= logging.WARNING


def read_line(octets: bytes) -> LogLine | None:
    """What it comes to; None for one that says nothing."""
    line = octets.decode(errors="replace").rstrip()
    found = _LINE.match(line)
    if found is None:
        return LogLine(logging.ERROR, line) if line else None
    mark, text = found.groups()
    if not text.strip():
        return None
    return LogLine(_level(mark, text), _PASSWORD.sub(r"\1:...@", text.strip()))


def _level(mark: str, text: str) -> int:
    usual = LEVELS.get(mark, logging.WARNING)
    if EVERYDAY.search(text):
        return logging.DEBUG
    if usual == logging.DEBUG and WORTH_KNOWING.search(text):
        return logging.INFO
    return usual
