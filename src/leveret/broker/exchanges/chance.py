"""x-random and x-local-random: to one binding, by chance; every binding has the same.

A queue that is bound twice, under two keys, has two chances. x-local-random is RabbitMQ 4's: it
takes only queues of this node, so that a request never leaves the node it was sent to, and only
classic ones under the empty key. Here every queue is this node's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.bound import Bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.bindings import Binding, Destination
    from leveret.broker.exchanges.exchange import Foundation
    from leveret.wire.properties import Properties

# So many octets of chance make every binding's share equal to one part in four milliards.
_CHANCE_OCTETS: Final = 8


class Random:
    name: ClassVar[str] = "x-random"
    looks_at_message: ClassVar[bool] = True

    def __init__(self, foundation: Foundation) -> None:
        self._bound = Bound()
        self._random_bytes = foundation.home.random_bytes

    def check_binding(self, binding: Binding) -> None:
        """Any key will do."""

    def bind(self, binding: Binding) -> None:
        self._bound.add(binding)

    def unbind(self, binding: Binding) -> None:
        self._bound.remove(binding)

    def route(
        self, _routing_keys: tuple[str, ...], _properties: Properties
    ) -> Iterable[Destination]:
        return one_of(self._bound, self._random_bytes)


class LocalRandom:
    name: ClassVar[str] = "x-local-random"
    looks_at_message: ClassVar[bool] = True

    def __init__(self, foundation: Foundation) -> None:
        self._bound = Bound()
        self._random_bytes = foundation.home.random_bytes

    def check_binding(self, binding: Binding) -> None:
        if binding.routing_key:
            raise PreconditionFailed(f"Non empty binding '{binding.routing_key}' key not permitted")
        if binding.destination.kind != "queue":
            raise PreconditionFailed("Destination not found")
        kind = binding.destination.options.arguments.get("x-queue-type", "classic")
        if kind != "classic":
            raise PreconditionFailed(
                f"Queue type rabbit_{kind}_queue not valid for this exchange type"
            )

    def bind(self, binding: Binding) -> None:
        self._bound.add(binding)

    def unbind(self, binding: Binding) -> None:
        self._bound.remove(binding)

    def route(
        self, _routing_keys: tuple[str, ...], _properties: Properties
    ) -> Iterable[Destination]:
        return one_of(self._bound, self._random_bytes)


def one_of(bound: Bound, random_bytes: Callable[[int], bytes]) -> Iterable[Destination]:
    """One binding's destination; none when there is no binding."""
    if not len(bound):
        return ()
    chance = int.from_bytes(random_bytes(_CHANCE_OCTETS), "big")
    return (bound[chance % len(bound)].destination,)
