"""x-consistent-hash: to one destination, by the hash of the routing key, a header or a property;
a binding's key is its destination's weight.

Each destination has many points on a ring, by its weight, and a message goes to the owner of the
next point. So keys are spread by weight, and when a destination comes or goes only the keys move
that it gets or had. The points follow from the destination's name: a restart moves nothing.

Rule: a destination that is bound several times has the weight of its oldest binding, and keeps its
place until the last of them has gone.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar, Final

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.hashing import hash_of, hash_of_value, hashes_of
from leveret.broker.terms import spell
from leveret.wire.values import octets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from leveret.broker.bindings import Binding, Destination
    from leveret.broker.exchanges.exchange import Foundation
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table

    Name: TypeAlias = tuple[bytes, bytes]

HASH_HEADER: Final = "hash-header"
HASH_PROPERTY: Final = "hash-property"
PROPERTIES: Final = ("correlation_id", "message_id", "timestamp")

# Points of a destination of weight 1: a share then differs from its due by 3 %, as a rule.
POINTS: Final = 1024
# Points of all together, whatever the weights: making a ring of them takes some 20 ms.
POINTS_MAX: Final = 65_536


class ConsistentHash:
    name: ClassVar[str] = "x-consistent-hash"

    def __init__(self, foundation: Foundation) -> None:
        """Raises PreconditionFailed."""
        self._header, self._property = _choose(foundation.arguments)
        # By what a destination is called: another object may come to stand for it.
        self._bound: dict[Name, dict[Binding, int]] = {}
        self._ring: Ring | None = None

    @property
    def looks_at_message(self) -> bool:
        return self._header is not None or self._property is not None

    def check_binding(self, binding: Binding) -> None:
        weight(binding)

    def bind(self, binding: Binding) -> None:
        self._bound.setdefault(_name(binding), {})[binding] = weight(binding)
        self._ring = None

    def unbind(self, binding: Binding) -> None:
        bindings = self._bound[_name(binding)]
        del bindings[binding]
        if not bindings:
            del self._bound[_name(binding)]
        self._ring = None

    def route(self, routing_keys: tuple[str, ...], properties: Properties) -> Iterable[Destination]:
        if not self._bound:
            return ()
        if self._ring is None:
            weights = {each: next(iter(found.values())) for each, found in self._bound.items()}
            self._ring = Ring(weights)
        owner = self._ring.owner(self._hash(routing_keys, properties))
        return (next(iter(self._bound[owner])).destination,)

    def _hash(self, routing_keys: tuple[str, ...], properties: Properties) -> int:
        """What is not there hashes as one thing: such messages stay together."""
        if self._header is not None:
            return hash_of_value((properties.headers or {}).get(self._header))
        if self._property is not None:
            return hash_of_value(getattr(properties, self._property))
        return hash_of(*routing_keys)


class Ring:
    """Points in order, and who owns each."""

    def __init__(self, weights: dict[Name, int]) -> None:
        self._owners = list(weights)
        total = sum(weights.values())
        whole = min(total * POINTS, max(POINTS_MAX, len(weights)))
        points = sorted(
            (point, index)
            for index, (name, its) in enumerate(weights.items())
            for point in hashes_of(name, max(1, its * whole // total))
        )
        self._points = array("Q", [point for point, _index in points])
        self._indexes = array("L", [index for _point, index in points])

    def owner(self, number: int) -> Name:
        """Behind the last point comes the first."""
        place = bisect_right(self._points, number) % len(self._points)
        return self._owners[self._indexes[place]]


def weight(binding: Binding) -> int:
    """Raises PreconditionFailed."""
    key = binding.routing_key
    if not re.fullmatch("[+-]?[0-9]+", key):
        raise PreconditionFailed(f"The binding key must be an integer: {spell(key)}")
    if int(key) < 1:
        raise PreconditionFailed("The binding key must be greater than 0")
    return int(key)


def _choose(arguments: Table) -> tuple[str | None, str | None]:
    """The header or the property to hash. Raises PreconditionFailed."""
    header, named = arguments.get(HASH_HEADER), arguments.get(HASH_PROPERTY)
    if HASH_HEADER in arguments and HASH_PROPERTY in arguments:
        raise PreconditionFailed("hash-header and hash-property are mutually exclusive")
    if HASH_PROPERTY in arguments and named not in PROPERTIES:
        raise PreconditionFailed(f"Unsupported property: {named}")
    if HASH_HEADER in arguments and not isinstance(header, str):
        raise PreconditionFailed(f"Unsupported header: {spell(header)}")
    return (
        header if isinstance(header, str) else None,
        named if isinstance(named, str) else None,
    )


def _name(binding: Binding) -> Name:
    return (binding.destination.kind.encode(), octets(binding.destination.name))
