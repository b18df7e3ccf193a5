"""The part of a URL behind the question mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from leveret.management.answers import BadRequest, HttpRefused
from leveret.statistics.span import InvalidRange, Span, span_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE_SIZE: Final = 100
PAGE_SIZE_MAX: Final = 500
# A pattern is tried on every name; a longer one is nobody's search.
PATTERN_MAX: Final = 500
BAD_PAGING: Final = "Pagination parameters are invalid"


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a listing. is_whole: of all of it. is_wanted: whether a name belongs to it."""

    number: int
    size: int
    is_wanted: Callable[[str], bool]
    is_whole: bool


def written(parameters: Mapping[str, str]) -> str:
    """As a URL has them."""
    return urlencode(parameters)


class Query:
    """Parameters by name; of several with one name the first counts."""

    def __init__(self, written: str) -> None:
        self._all = parse_qsl(written, keep_blank_values=True)
        self._told: dict[str, str] = {}
        for name, value in self._all:
            self._told.setdefault(name, value)

    def __contains__(self, name: str) -> bool:
        return name in self._told

    def told(self) -> dict[str, str]:
        """All of them."""
        return dict(self._told)

    def text(self, name: str) -> str | None:
        return self._told.get(name)

    def texts(self, name: str) -> list[str]:
        """All of that name."""
        return [value for each, value in self._all if each == name]

    def flag(self, name: str) -> bool:
        return self._told.get(name, "").lower() == "true"

    def number(self, name: str) -> int | None:
        """None where it is no whole number, as where it is not given."""
        written = self._told.get(name, "")
        return int(written) if re.fullmatch(r"[0-9]{1,9}", written) else None

    def columns(self) -> frozenset[str] | None:
        """The columns wanted, None for all; of those within a column a path: a.b.c."""
        written = self._told.get("columns")
        return None if written is None else frozenset(written.split(","))

    @cached_property
    def span(self) -> Span:
        """What of the past is asked for. Raises BadRequest."""
        try:
            return span_of(self._told)
        except InvalidRange as invalid:
            raise BadRequest(str(invalid)) from None

    def page(self) -> Page | None:
        """None where the whole is wanted. Raises HttpRefused."""
        if "page" not in self._told:
            return None
        number, size = self.number("page"), self.number("page_size")
        if number is None or (size is None and "page_size" in self._told):
            raise BadRequest(BAD_PAGING)
        if number < 1 or (size is not None and not 1 <= size <= PAGE_SIZE_MAX):
            shown = "undefined" if size is None else size
            raise HttpRefused(
                400,
                "invalid_pagination_parameters",
                f"Invalid pagination parameters: page number {number}, page size {shown}",
            )
        is_whole = not self._told.get("name")
        return Page(number, PAGE_SIZE if size is None else size, self._name_filter(), is_whole)

    def _name_filter(self) -> Callable[[str], bool]:
        written = self._told.get("name", "")
        if not written:
            return lambda _name: True
        if not self.flag("use_regex"):
            lowered = written.lower()
            return lambda name: lowered in name.lower()
        try:
            pattern = re.compile(written[:PATTERN_MAX], re.IGNORECASE)
        except (re.error, OverflowError):
            raise BadRequest(BAD_PAGING) from None
        return lambda name: pattern.search(name) is not None
