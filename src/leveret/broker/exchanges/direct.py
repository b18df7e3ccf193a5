"""direct: to every binding whose key equals the routing key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding, Destination
    from leveret.wire.properties import Properties


class Direct:
    name: ClassVar[str] = "direct"
    looks_at_message: ClassVar[bool] = False

    def __init__(self) -> None:
        self._bound: dict[str, list[Binding]] = {}

    def bind(self, binding: Binding) -> None:
        self._bound.setdefault(binding.routing_key, []).append(binding)

    def unbind(self, binding: Binding) -> None:
        bound = self._bound[binding.routing_key]
        bound.remove(binding)
        if not bound:
            del self._bound[binding.routing_key]

    def check_binding(self, binding: Binding) -> None:
        """Any key will do."""

    def route(
        self, routing_keys: tuple[str, ...], _properties: Properties
    ) -> Iterable[Destination]:
        return [binding.destination for key in routing_keys for binding in self._bound.get(key, ())]
