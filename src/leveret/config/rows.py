"""What a row of the settings table is: a dataclass field that says where it may be written."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One setting: the attribute it fills, and where and how it may be written.

    part: the attribute of Settings whose attribute it is, empty for one of Settings itself.
    switch: what its flag means, where the flag takes nothing.
    """

    name: str
    attribute: str
    about: str
    parse: Callable[[str], object]
    part: str = ""
    key: str = ""
    # A family of keys, as loopback_users.$user: takes what is so far, the $user, the text.
    fold: Callable[[Any, str, str], object] | None = None
    fold_start: object = None
    flag: str = ""
    switch: str = ""
    metavar: str = ""
    environment: tuple[str, ...] = ()
    shown_default: str = ""

    @property
    def family(self) -> str:
        """What every key of the family begins with, its last dot included."""
        return f"{self.key}." if self.fold else ""


def setting(default: T, parse: Callable[[str], T], about: str, **where: object) -> T:
    """A row: a dataclass field whose metadata says where the setting may be written."""
    return dataclasses.field(default=default, metadata={"about": about, "parse": parse, **where})


def part(default: T) -> T:
    """A field whose own fields are rows."""
    return dataclasses.field(default=default, metadata={"rows": type(default)})


def rows_of(table: type[Any], part_name: str = "") -> tuple[Row, ...]:
    """The rows of a table, those of its parts in their place."""
    rows: list[Row] = []
    for field in dataclasses.fields(table):
        inner = field.metadata.get("rows")
        rows += rows_of(inner, field.name) if inner else [_row(field, part_name)]
    return tuple(rows)


def _row(field: dataclasses.Field[Any], part_name: str) -> Row:
    told = dict(field.metadata)
    # Inside a part an attribute's name alone says too little.
    usual = str(told["key"]).replace(".", "_") if part_name else field.name
    environment_name = f"LEVERET_{told.pop('name', usual).upper()}"
    told.setdefault("environment", (environment_name, *told.pop("rabbitmq", ())))
    told.setdefault("shown_default", str(field.default))
    # --default-user takes a USER.
    told.setdefault("metavar", str(told.get("flag", "")).rpartition("-")[2].upper())
    name = f"{part_name}_{field.name}" if part_name else field.name
    return Row(name=name, attribute=field.name, part=part_name, **told)
