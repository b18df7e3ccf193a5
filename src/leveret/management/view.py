"""What is shown of a thing: a table of columns, each with the function that reads it.

    EXCHANGE = View({"name": lambda exchange, look: exchange.name, ...})

One table serves whole listings, `columns=`, and sorting by a column that is not shown. What gives
several fields at once (statistics do) is a group: a function whose fields are taken into the row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from leveret.management.look import Look

Thing = TypeVar("Thing")
Column = Callable[[Thing, "Look"], Any]
Group = Callable[[Thing, "Look"], Mapping[str, Any]]


class _Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"


# What a column gives when the field is to be left out.
ABSENT: Final = _Absent()


class View(Generic[Thing]):
    """columns: field name -> function of the thing and of the look that is taken at it.

    groups: functions of the same that give several fields.
    """

    def __init__(
        self, columns: Mapping[str, Column[Thing]], groups: Sequence[Group[Thing]] = ()
    ) -> None:
        self.columns = dict(columns)
        self.groups = tuple(groups)

    def extended(
        self, columns: Mapping[str, Column[Thing]], groups: Sequence[Group[Thing]] = ()
    ) -> View[Thing]:
        """The same with more columns, or others of the same names, and more groups."""
        return View({**self.columns, **columns}, (*self.groups, *groups))

    def without(self, *names: str) -> View[Thing]:
        kept = {name: read for name, read in self.columns.items() if name not in names}
        return View(kept, self.groups)

    def render(
        self, thing: Thing, look: Look, wanted: frozenset[str] | None = None
    ) -> dict[str, Any]:
        """The fields, or those that are wanted."""
        if wanted is not None:
            return self._chosen(thing, look, wanted)
        shown = {
            name: value
            for name, read in self.columns.items()
            if (value := read(thing, look)) is not ABSENT
        }
        for group in self.groups:
            shown.update(group(thing, look))
        return shown

    def _chosen(self, thing: Thing, look: Look, wanted: frozenset[str]) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for path in sorted(wanted):
            value = self.find(thing, look, path)
            if value is not ABSENT:
                _put(shown, path.split("."), value)
        return shown

    def value(self, thing: Thing, look: Look, path: str) -> object:
        """The value at a path such as `message_stats.publish_details.rate`; 0 where nothing is."""
        value = self.find(thing, look, path)
        return 0 if value is ABSENT else value

    def _in_groups(self, thing: Thing, look: Look, name: str) -> object:
        for group in self.groups:
            value: object = group(thing, look).get(name, ABSENT)
            if value is not ABSENT:
                return value
        return ABSENT

    def find(self, thing: Thing, look: Look, path: str) -> object:
        """The value at a path; ABSENT where nothing is."""
        first, _, rest = path.partition(".")
        read = self.columns.get(first)
        value = self._in_groups(thing, look, first) if read is None else read(thing, look)
        return follow(value, rest)


def follow(value: object, path: str) -> object:
    """What lies within a value; ABSENT where nothing does."""
    while path:
        first, _, path = path.partition(".")
        value = value.get(first, ABSENT) if isinstance(value, Mapping) else ABSENT
    return value


def _put(shown: dict[str, Any], path: list[str], value: object) -> None:
    """Set what a path leads to, with what is on the way."""
    *way, last = path
    for name in way:
        inner = shown.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        shown = inner
    shown[last] = value
