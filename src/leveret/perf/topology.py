"""What a scenario declares on the broker, and takes away again.

Names are unique to the run, queues are transient and go with their last consumer unless the
scenario needs otherwise, so that even a killed run leaves little behind.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from leveret.dial.connection import Connection, DialError
from leveret.perf.errors import PerfError
from leveret.wire import methods

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from leveret.dial.address import Address
    from leveret.wire.values import Table


def unique_prefix() -> str:
    """What the names of one run begin with."""
    return f"perf.{secrets.token_hex(4)}"


class Topology:
    """Exchanges and queues for the length of a `with` block."""

    def __init__(self, address: Address) -> None:
        self.connection = Connection(address, "leveret perf control")
        self.prefix = unique_prefix()
        self._queues: list[str] = []
        self._exchanges: list[str] = []

    def __enter__(self) -> Topology:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if not isinstance(error, DialError | PerfError):
                self._delete_all()
        finally:
            self.connection.close()

    @property
    def broker(self) -> str:
        return self.connection.broker

    def declare_queue(
        self, name: str, *, durable: bool = False, arguments: Table | None = None
    ) -> str:
        """A queue of its own name. Quorum queues and streams are durable, whatever was asked."""
        table = arguments or {}
        is_classic = table.get("x-queue-type", "classic") == "classic"
        declare = methods.QueueDeclare(
            queue=f"{self.prefix}.{name}",
            durable=durable or not is_classic,
            auto_delete=is_classic,
            arguments=table,
        )
        self.connection.call(1, declare, methods.QueueDeclareOk)
        self._queues.append(declare.queue)
        return declare.queue

    def declare_queues(self, count: int) -> tuple[str, ...]:
        """Many transient queues with names of one length."""
        names = tuple(f"{self.prefix}.queue{index:06d}" for index in range(count))
        declares = [methods.QueueDeclare(queue=name, auto_delete=True) for name in names]
        self._queues += names
        self.connection.call_all(1, declares, methods.QueueDeclareOk)
        return names

    def declare_exchange(self, name: str, kind: str) -> str:
        full_name = f"{self.prefix}.{name}"
        declare = methods.ExchangeDeclare(exchange=full_name, exchange_type=kind)
        self.connection.call(1, declare, methods.ExchangeDeclareOk)
        self._exchanges.append(full_name)
        return full_name

    def bind(self, queue: str, exchange: str, routing_keys: Sequence[str]) -> None:
        bindings = [
            methods.QueueBind(queue=queue, exchange=exchange, routing_key=routing_key)
            for routing_key in routing_keys
        ]
        self.connection.call_all(1, bindings, methods.QueueBindOk)

    def message_count(self, queue: str) -> int:
        declare = methods.QueueDeclare(queue=queue, passive=True)
        return self.connection.call(1, declare, methods.QueueDeclareOk).message_count

    def _delete_all(self) -> None:
        # Deleting what is gone already is no error.
        queues = [methods.QueueDelete(queue=queue) for queue in self._queues]
        self.connection.call_all(1, queues, methods.QueueDeleteOk)
        exchanges = [methods.ExchangeDelete(exchange=exchange) for exchange in self._exchanges]
        self.connection.call_all(1, exchanges, methods.ExchangeDeleteOk)
