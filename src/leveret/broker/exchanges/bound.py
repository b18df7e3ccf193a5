"""The bindings of an exchange type that gives each message to one of them, by its place.

Rule: their order follows from what they are and not from when they were made, so that the same
bindings choose alike after a restart, or in another broker.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leveret.broker.bindings import Binding, BindingKey


class Bound:
    """Bindings in order."""

    __slots__ = ("_bindings", "_keys")

    def __init__(self) -> None:
        self._keys: list[BindingKey] = []
        self._bindings: list[Binding] = []

    def __len__(self) -> int:
        return len(self._bindings)

    def __getitem__(self, place: int) -> Binding:
        return self._bindings[place]

    def add(self, binding: Binding) -> None:
        place = bisect_left(self._keys, binding.key)
        self._keys.insert(place, binding.key)
        self._bindings.insert(place, binding)

    def remove(self, binding: Binding) -> None:
        place = bisect_left(self._keys, binding.key)
        assert self._keys[place] == binding.key
        del self._keys[place], self._bindings[place]
