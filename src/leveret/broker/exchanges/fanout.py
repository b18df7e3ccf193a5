"""fanout: to every binding."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding, Destination
    from leveret.wire.properties import Properties


class Fanout:
    name: ClassVar[str] = "fanout"
    looks_at_message: ClassVar[bool] = False

    def __init__(self) -> None:
        # A dict keeps the order of binding and makes unbinding one of many cheap.
        self._bound: dict[Binding, None] = {}

    def bind(self, binding: Binding) -> None:
        self._bound[binding] = None

    def unbind(self, binding: Binding) -> None:
        del self._bound[binding]

    def check_binding(self, binding: Binding) -> None:
        """Any key will do."""

    def route(
        self, _routing_keys: tuple[str, ...], _properties: Properties
    ) -> Iterable[Destination]:
        return [binding.destination for binding in self._bound]
