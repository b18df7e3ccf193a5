"""topic: to every binding whose pattern matches the routing key; `*` a word, `#` any words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from leveret.broker.exchanges.trie import Trie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding, Destination
    from leveret.wire.properties import Properties


class Topic:
    name: ClassVar[str] = "topic"
    looks_at_message: ClassVar[bool] = False

    def __init__(self) -> None:
        self._patterns = Trie()

    def bind(self, binding: Binding) -> None:
        self._patterns.add(binding)

    def unbind(self, binding: Binding) -> None:
        self._patterns.remove(binding)

    def check_binding(self, binding: Binding) -> None:
        """Any key is a pattern."""

    def route(
        self, routing_keys: tuple[str, ...], _properties: Properties
    ) -> Iterable[Destination]:
        return [binding.destination for binding in self.matching(routing_keys)]

    def matching(self, routing_keys: tuple[str, ...]) -> list[Binding]:
        """Those whose pattern matches one of the keys; one may come up more than once."""
        return [binding for key in routing_keys for binding in self._patterns.match(key)]
