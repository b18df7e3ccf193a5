"""x-modulus-hash: to one binding, by the hash of the routing key over their number.

One key always leads to one binding while no binding comes or goes; when one does, nearly all keys
move (x-consistent-hash moves few). A message with CC and BCC has one hash, over all of its keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from leveret.broker.exchanges.bound import Bound
from leveret.broker.exchanges.hashing import hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.bindings import Binding, Destination
    from leveret.wire.properties import Properties


class ModulusHash:
    name: ClassVar[str] = "x-modulus-hash"
    looks_at_message: ClassVar[bool] = False

    def __init__(self) -> None:
        self._bound = Bound()

    def check_binding(self, binding: Binding) -> None:
        """Any key will do."""

    def bind(self, binding: Binding) -> None:
        self._bound.add(binding)

    def unbind(self, binding: Binding) -> None:
        self._bound.remove(binding)

    def route(
        self, routing_keys: tuple[str, ...], _properties: Properties
    ) -> Iterable[Destination]:
        if not len(self._bound):
            return ()
        return (self._bound[hash_of(*routing_keys) % len(self._bound)].destination,)
