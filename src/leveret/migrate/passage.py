"""A way into one queue of the target that changes nothing about a message.

Through the default exchange it would get another routing key, and the queues its CC header names
would get it once more. So each journey into a queue has a fanout exchange of its own, which leads
to this queue alone and goes with the binding.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from leveret.dial.connection import method_frame
from leveret.migrate.contents import CHANNEL
from leveret.wire import methods

if TYPE_CHECKING:
    from types import TracebackType

    from leveret.dial.connection import Connection
    from leveret.migrate.contents import Content


class Passage:
    """For as long as the block lasts. target: a connection of its own, in confirm mode."""

    def __init__(self, target: Connection, queue: str) -> None:
        self._target = target
        self._queue = queue
        self._exchange = f"leveret.migrate.{secrets.token_hex(8)}"

    def __enter__(self) -> Passage:
        call = self._target.call
        declare = methods.ExchangeDeclare(
            exchange=self._exchange, exchange_type="fanout", auto_delete=True
        )
        call(CHANNEL, declare, methods.ExchangeDeclareOk)
        bind = methods.QueueBind(queue=self._queue, exchange=self._exchange)
        call(CHANNEL, bind, methods.QueueBindOk)
        call(CHANNEL, methods.ConfirmSelect(), methods.ConfirmSelectOk)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """An exchange that deletes itself goes with its last binding; without an answer, as the
        connection may be lost."""
        unbind = methods.QueueUnbind(queue=self._queue, exchange=self._exchange)
        if error is None:
            self._target.call(CHANNEL, unbind, methods.QueueUnbindOk)

    def publish(self, content: Content, routing_key: str) -> bytes:
        """What to send."""
        publish = methods.BasicPublish(
            exchange=self._exchange, routing_key=routing_key, mandatory=True
        )
        return method_frame(CHANNEL, publish) + content.frames
