"""The log of a node as messages: `amq.rabbitmq.log`, for whoever binds to it.

A line is a message; its routing key is its level (`info`, `warning`, ...), its body is the line as
the log has it, its properties are RabbitMQ's.

    any thread: emit ──> waiting (bounded) ──> the loop: one publish for each line

Rule: what is logged while lines are published is not published, so that no line is about itself;
and what comes faster than it can go is counted, and left out.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Final

from leveret.server.log_lines import LEVELS, formatter
from leveret.wire.properties import Properties

if TYPE_CHECKING:
    import asyncio

    from leveret.broker.vhost import Vhost

LOG_EXCHANGE: Final = "amq.rabbitmq.log"
# Lines that may wait for the loop: more than a node says in its worst second.
WAITING_MAX: Final = 1000
# What publishes itself, and so may not speak of it.
_LOGGER: Final = "leveret"
_CONTENT_TYPES: Final = {"text": "text/plain", "json": "application/json"}


class LogExchange(logging.Handler):
    """Publishes this process's log in one vhost, from start() to stop(). form: text or json."""

    # The logger's level before any log exchange of this process listened.
    _own_level: ClassVar[int] = logging.NOTSET

    def __init__(self, vhost: Vhost, node: str, level: str, form: str) -> None:
        super().__init__(LEVELS[level])
        self.setFormatter(formatter(form))
        self._vhost = vhost
        self._headers = {"node": node}
        self._content_type = _CONTENT_TYPES[form]
        self._logger = logging.getLogger(_LOGGER)
        self._waiting: deque[tuple[str, int, bytes]] = deque()
        self._left_out = 0
        self._is_publishing = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Publish what is logged from now on. It may want to hear more than the console does."""
        self._exchange = self._vhost.declare_system_exchange(LOG_EXCHANGE)
        self._loop = loop
        if not self._listening():
            LogExchange._own_level = self._logger.level
        self._logger.addHandler(self)
        self._let_pass_what_is_wanted()

    def stop(self) -> None:
        """Lines that still wait are not published."""
        self._loop = None
        self._logger.removeHandler(self)
        self._let_pass_what_is_wanted()

    def _listening(self) -> list[LogExchange]:
        return [handler for handler in self._logger.handlers if isinstance(handler, LogExchange)]

    def _let_pass_what_is_wanted(self) -> None:
        """The level it had, or the lowest that a log exchange of this process wants."""
        self._logger.setLevel(self._own_level)
        wanted = min((handler.level for handler in self._listening()), default=LEVELS["none"])
        if self._logger.getEffectiveLevel() > wanted:
            self._logger.setLevel(wanted)

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line, in whatever thread it was said."""
        if self._loop is None or self._is_publishing or self._exchange.is_unused:
            return
        if len(self._waiting) >= WAITING_MAX:
            self._left_out += 1
            return
        line = f"{self.format(record)}\n".encode(errors="surrogateescape")
        self._waiting.append((record.levelname.lower(), int(record.created), line))
        if len(self._waiting) == 1:
            self._loop.call_soon_threadsafe(self._publish)

    def _publish(self) -> None:
        """On the loop: everything that waits."""
        self._is_publishing = True
        try:
            while self._waiting and self._loop is not None:
                self._send(*self._waiting[0])
                self._waiting.popleft()
        finally:
            self._is_publishing = False
        left_out, self._left_out = self._left_out, 0
        if left_out:
            self._logger.warning(
                "%d log lines came faster than they could be published to %s and are missing there",
                left_out,
                LOG_EXCHANGE,
            )

    def _send(self, level: str, timestamp: int, line: bytes) -> None:
        properties = Properties(
            content_type=self._content_type, headers=self._headers, timestamp=timestamp
        )
        self._vhost.publish(LOG_EXCHANGE, level, properties, line)
