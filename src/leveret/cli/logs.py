"""Where the log of `leveret serve` goes, and how much of it (server/log_lines.py: how it looks)."""

import logging
import sys
from typing import TextIO

from leveret.server.log_lines import LEVELS, formatter


def start_logging(level: str, form: str, stream: TextIO | None = None) -> None:
    """Send the log of this process to a stream (stdout, as RabbitMQ does)."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(formatter(form))
    # Its own level: somebody else may want to hear more (server/log_exchange.py).
    handler.setLevel(LEVELS[level])
    logging.basicConfig(level=LEVELS[level], handlers=[handler], force=True)
