"""x-delayed-message: holds a message for as long as its header `x-delay` says, then routes it as
the type that `x-delayed-type` names.

A message without a delay is routed at once. Here is only the choice between the two; what is held
is in delays.py, the header in x_delay.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.x_delay import delay_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding
    from leveret.broker.exchanges.delays import Delays
    from leveret.broker.exchanges.exchange import ExchangeType, Stop
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table

NAME: Final = "x-delayed-message"
X_DELAYED_TYPE: Final = "x-delayed-type"


class DelayedMessage:
    """inner: the type that routes. delays: what is held back."""

    name: ClassVar[str] = NAME
    looks_at_message: ClassVar[bool] = True

    def __init__(self, inner: ExchangeType, delays: Delays) -> None:
        self.inner = inner
        self.delays = delays

    @property
    def delayed_count(self) -> int:
        """How many messages it holds."""
        return self.delays.count

    def check_binding(self, binding: Binding) -> None:
        self.inner.check_binding(binding)

    def bind(self, binding: Binding) -> None:
        self.inner.bind(binding)

    def unbind(self, binding: Binding) -> None:
        self.inner.unbind(binding)

    def route(self, routing_keys: tuple[str, ...], properties: Properties) -> Iterable[Stop]:
        if delay_ms(properties):
            return (self.delays,)
        return self.inner.route(routing_keys, properties)


def inner_kind(arguments: Table) -> str:
    """The name of the type that routes; whether there is one, the caller sees. Raises
    PreconditionFailed."""
    kind = arguments.get(X_DELAYED_TYPE)
    # One that holds what it holds would hold it for ever.
    if not isinstance(kind, str) or kind == NAME:
        raise PreconditionFailed(
            "Invalid argument, 'x-delayed-type' must be an existing exchange type"
        )
    return kind
