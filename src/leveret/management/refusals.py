"""What the broker refuses, in HTTP's language: translated here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.errors import AccessRefused, NotFound, Refused, Unavailable, Undone
from leveret.broker.patterns import InvalidPattern
from leveret.management.answers import BadRequest, HttpRefused, NotAuthorised, NotThere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TRANSLATED = (HttpRefused, Refused, InvalidPattern)
ACCESS_REFUSED: Final = "Access refused."
# As wide as Erlang prints a term on one line.
_LINE_COLUMNS: Final = 80


def translated(error: Exception) -> HttpRefused:
    """As an HTTP answer. Why access is refused is told to nobody."""
    match error:
        case HttpRefused():
            return error
        case AccessRefused():
            return NotAuthorised(ACCESS_REFUSED)
        case Unavailable() | Undone():
            return HttpRefused(503, "service_unavailable", str(error))
        case NotFound():
            return NotThere("not_found", str(error))
        case _:
            return BadRequest(str(error))


def body(refused: HttpRefused) -> Mapping[str, object]:
    return {"error": refused.error, "reason": refused.reason}


def erlang_list(terms: Sequence[str]) -> str:
    """A list as Erlang prints it: a line for each term where one line is too short."""
    line = f"[{','.join(terms)}]"
    return line if len(line) < _LINE_COLUMNS else "[" + ",\n ".join(terms) + "]"
