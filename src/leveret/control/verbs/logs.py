"""The node's log: where it is, its last lines, those that come; and the events of its broker."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.broker.patterns import check, matches
from leveret.control import exits
from leveret.control.call import Call, Feed, VerbRefused
from leveret.control.messages import Plain
from leveret.control.verbs.json_values import plain
from leveret.server.log_lines import formatter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from leveret.config import Settings
    from leveret.wire.values import Table

STDOUT: Final = "<stdout>"
# What may wait for a tool that reads slowly; what comes then is left out.
WAITING_MAX: Final = 10_000
# Enough for any number of lines that somebody reads.
TAIL_OCTETS_MAX: Final = 16 * 1024 * 1024


def locations(settings: Settings) -> list[str]:
    """The file of the settings; the file, or the rest, that standard output goes to."""
    found = []
    if settings.log.file is not None:
        found.append(str((settings.data_dir or Path.cwd()) / settings.log.file))
    if settings.log.is_on_console:
        found.append(_stdout())
    return found


def _stdout() -> str:
    """A node in the background writes into a file of its directory."""
    try:
        if stat.S_ISREG(os.fstat(1).st_mode):
            return os.readlink("/proc/self/fd/1")
    except OSError:
        pass
    return STDOUT


def log_location(call: Call) -> Plain:
    return list[Plain](locations(call.host.settings))


def log_tail(call: Call) -> Plain:
    """The last lines of the first location that is a file."""
    count = int(call.number("number", 50))
    files = [each for each in locations(call.host.settings) if each != STDOUT]
    if not files:
        raise VerbRefused(
            exits.UNAVAILABLE,
            "Error:\nthis node writes its log to standard output alone; name a file with log.file",
        )
    try:
        return list[Plain](_last_lines(Path(files[0]), count))
    except OSError as error:
        raise VerbRefused(exits.UNAVAILABLE, f"Error:\ncannot read the log: {error}") from error


def _last_lines(file: Path, count: int) -> deque[str]:
    with file.open("rb") as log:
        log.seek(max(0, file.stat().st_size - TAIL_OCTETS_MAX))
        lines = log.read().decode(errors="replace").splitlines()
    return deque(lines, maxlen=max(0, count))


class _Lines(logging.Handler):
    """Hands on what is logged, from whatever thread."""

    def __init__(self, waiting: _Waiting, form: str) -> None:
        super().__init__()
        self.setFormatter(formatter(form))
        self._loop = asyncio.get_running_loop()
        self._waiting = waiting

    def emit(self, record: logging.LogRecord) -> None:
        self._loop.call_soon_threadsafe(self._waiting.put, self.format(record))


class _Waiting:
    """What was told and not yet sent."""

    def __init__(self) -> None:
        self._things: asyncio.Queue[Plain] = asyncio.Queue(WAITING_MAX)

    def put(self, thing: Plain) -> None:
        if not self._things.full():
            self._things.put_nowait(thing)

    async def until(
        self, duration_s: float | None, stop: Callable[[], None]
    ) -> AsyncIterator[Plain]:
        try:
            async with asyncio.timeout(duration_s):
                while True:
                    yield await self._things.get()
        except TimeoutError:
            return
        finally:
            stop()


def log_tail_stream(call: Call) -> Feed:
    """Lines as they are logged, for some seconds or for ever."""
    waiting = _Waiting()
    logger = logging.getLogger("leveret")
    handler = _Lines(waiting, call.host.settings.log.format)
    logger.addHandler(handler)
    return Feed(waiting.until(_duration(call), lambda: logger.removeHandler(handler)))


def consume_event_stream(call: Call) -> Feed:
    """Events of the broker, with their names under `event`."""
    pattern = call.text("pattern", "")
    check(pattern)
    waiting = _Waiting()

    def hear(name: str, fields: Table) -> None:
        if matches(pattern, name):
            waiting.put({"event": name, **{each: plain(fields[each]) for each in fields}})

    events = call.broker.events
    events.hear(hear, call.broker.agenda.wall_clock)
    return Feed(waiting.until(_duration(call), lambda: events.unhear(hear)))


def _duration(call: Call) -> float | None:
    """Seconds; nothing, or `infinity`, for as long as the tool stays."""
    return call.number("duration") if "duration" in call.arguments else None


VERBS = {
    "log_location": log_location,
    "log_tail": log_tail,
    "log_tail_stream": log_tail_stream,
    "consume_event_stream": consume_event_stream,
}
ALWAYS = frozenset({"log_location", "log_tail", "log_tail_stream"})
