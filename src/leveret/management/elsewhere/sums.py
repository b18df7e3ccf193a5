"""Figures of several nodes as one: counts, rates and samples are added up.

    {"publish": 3, "publish_details": {"rate": 0.2}} + {"publish": 4, ...} = {"publish": 7, ...}

Rule: numbers add, objects are joined name by name, and of all else the first word stands. Samples
add where their times are the same; a node whose clock is elsewhere does not bend the others' curve.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.management.view import ABSENT, View, follow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from leveret.management.look import Look

    Name = Callable[[Mapping[str, Any]], tuple[str, ...]]

SAMPLES: Final = "samples"
_TIME: Final = "timestamp"
_SAMPLE: Final = "sample"


def summed(one: Any, other: Any) -> Any:  # noqa: ANN401  # JSON
    """Both, as one."""
    if one is ABSENT or other is ABSENT:
        return other if one is ABSENT else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {**other, **{name: _joined(name, one, other) for name in one}}
    if _is_number(one) and _is_number(other):
        return one + other
    return one


def _joined(name: str, one: dict[str, Any], other: dict[str, Any]) -> object:
    if name not in other:
        return one[name]
    if name == SAMPLES:
        return _samples(one[name], other[name])
    return summed(one[name], other[name])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _samples(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[dict[str, Any]]:
    more = {each[_TIME]: each[_SAMPLE] for each in other}
    return [{**each, _SAMPLE: each[_SAMPLE] + more.get(each[_TIME], 0)} for each in one]


class Sums(View[object]):
    """Shows each thing with what other nodes have counted of it.

    counted: the fields that add up. told: rows of the others, by the names of their things.
    """

    def __init__(
        self,
        own: View[Any],
        counted: Sequence[str],
        names: Sequence[str],
        told: Sequence[Mapping[str, Any]],
    ) -> None:
        super().__init__(own.columns, own.groups)
        self._counted = tuple(counted)
        self._names = tuple(names)
        self._told: dict[tuple[object, ...], list[Mapping[str, Any]]] = {}
        for row in told:
            key = tuple(row.get(name) for name in self._names)
            self._told.setdefault(key, []).append(row)

    def render(
        self, thing: object, look: Look, wanted: frozenset[str] | None = None
    ) -> dict[str, Any]:
        shown = super().render(thing, look, wanted)
        if wanted is not None:
            return shown
        for row in self._rows(thing, look):
            for field in self._counted:
                value = summed(shown.get(field, ABSENT), row.get(field, ABSENT))
                if value is not ABSENT:
                    shown[field] = value
        return shown

    def find(self, thing: object, look: Look, path: str) -> object:
        first, _, rest = path.partition(".")
        if first not in self._counted:
            return super().find(thing, look, path)
        value = super().find(thing, look, first)
        for row in self._rows(thing, look):
            value = summed(value, row.get(first, ABSENT))
        return follow(value, rest)

    def _rows(self, thing: object, look: Look) -> Sequence[Mapping[str, Any]]:
        if not self._told:
            return ()
        key = tuple(super(Sums, self).find(thing, look, name) for name in self._names)
        return self._told.get(key, ())
