"""Where the log of `leveret serve` goes, and how much of it (server/log_lines.py: how it looks)."""

import logging
import logging.handlers
import sys
from pathlib import Path
from typing import TextIO

from leveret.config.log_settings import LogSettings
from leveret.errors import StartRefused
from leveret.server.log_lines import LEVELS, formatter


def start_logging(
    settings: LogSettings, directory: Path | None = None, stream: TextIO | None = None
) -> None:
    """Send the log of this process to a stream (stdout, as RabbitMQ does) and to a file.

    directory: where a file is that is only a name. Raises StartRefused.
    """
    handlers: list[logging.Handler] = []
    if settings.is_on_console:
        console = logging.StreamHandler(stream or sys.stdout)
        handlers.append(_shaped(console, settings.level, settings.format))
    if settings.file is not None:
        file = (directory or Path.cwd()) / settings.file
        handlers.append(_shaped(_open(file), settings.file_level, settings.file_format))
    level = min((handler.level for handler in handlers), default=LEVELS["none"])
    # Without any handler logging would write warnings to stderr.
    logging.basicConfig(level=level, handlers=handlers or [logging.NullHandler()], force=True)


def _open(file: Path) -> logging.Handler:
    """A file that may be moved away at any time, as logrotate does."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return logging.handlers.WatchedFileHandler(file, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartRefused(f"cannot write the log {file} (log.file): {reason}") from error


def _shaped(handler: logging.Handler, level: str, form: str) -> logging.Handler:
    handler.setFormatter(formatter(form))
    # Its own level: somebody else may want to hear more (server/log_exchange.py).
    handler.setLevel(LEVELS[level])
    return handler
