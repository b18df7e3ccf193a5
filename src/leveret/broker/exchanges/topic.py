"""topic: to every binding whose pattern matches the routing key; `*` a word, `#` any words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from leveret.broker.exchanges.trie import Trie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding, Destination
    from leveret.wire.values import Table


class Topic:
    name: ClassVar[str] = "topic"
    uses_headers: ClassVar[bool] = False

    def __init__(self) -> None:
        self._patterns = Trie()

    def bind(self, binding: Binding) -> None:
        self._patterns.add(binding)

    def unbind(self, binding: Binding) -> None:
        self._patterns.remove(binding)

    def route(self, routing_key: str, _headers: Table) -> Iterable[Destination]:
        return [binding.destination for binding in self._patterns.match(routing_key)]
