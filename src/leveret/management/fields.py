"""The fields of a request's body, and what RabbitMQ says when one is not what it has to be."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from leveret.definitions.arguments import table_of, value_of
from leveret.management.answers import BadRequest
from leveret.wire.values import octets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.wire.values import Table, Value

Body = dict[str, Any]

_WORDS: Final[Mapping[str, bool]] = {"true": True, "false": False}
# AMQP's short strings: names and routing keys.
OCTETS_MAX: Final = 255


def boolean(body: Body, name: str) -> bool:
    """False where it is not given. Raises BadRequest."""
    said = body.get(name, False)
    if isinstance(said, bool):
        return said
    if isinstance(said, str) and said in _WORDS:
        return _WORDS[said]
    raise BadRequest(["not_boolean", said])


def number(said: object) -> int:
    """A whole number, also as text; of another its whole part. Raises BadRequest."""
    if isinstance(said, int | float | str) and not isinstance(said, bool):
        with suppress(ValueError, OverflowError):
            return int(said)
    raise BadRequest(["not_integer", said])


def text(said: object, name: str) -> str:
    """Any string. Raises BadRequest."""
    if not isinstance(said, str):
        raise BadRequest(f"{name} should be a string")
    return said


def mapping(said: object, name: str) -> dict[str, Any]:
    """Raises BadRequest."""
    if not isinstance(said, dict):
        raise BadRequest(f"{name} should be an object")
    return said


def parameter(said: object) -> Value:
    """Any JSON value, as a runtime parameter may have it. Raises BadRequest."""
    try:
        return value_of(said)
    except ValueError as error:
        raise BadRequest(str(error)) from error


def arguments(body: Body, name: str = "arguments") -> Table:
    """A table; an empty list is an empty one. Raises BadRequest."""
    said = body.get(name)
    if said is None and name not in body:
        return {}
    return table(said, name)


def table(said: object, name: str) -> Table:
    """JSON as AMQP's values; see definitions/arguments.py. Raises BadRequest."""
    if said == []:
        return {}
    if not isinstance(said, dict):
        raise BadRequest(["not_table", name])
    if _has_null(said):
        raise BadRequest("null_not_allowed")
    try:
        return table_of(said)
    except ValueError as error:
        raise BadRequest(str(error)) from error


def _has_null(told: object) -> bool:
    waiting = [told]
    while waiting:
        each = waiting.pop()
        if each is None:
            return True
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return False


def short_string(said: object, name: str) -> str:
    """A string that AMQP can carry as a name or a key. Raises BadRequest."""
    if not isinstance(said, str):
        raise BadRequest(["not_string", name])
    check_name(name, said)
    return said


def is_text(name: str) -> bool:
    """Octets that are not UTF-8 stand in it as surrogates."""
    return not any("\ud800" <= each <= "\udfff" for each in name)


def check_name(kind: str, name: str) -> None:
    """Raises BadRequest for one that AMQP can't carry, with RabbitMQ's line break."""
    if not name.isascii() and not is_text(name):
        raise BadRequest(f"{kind} is not UTF-8")
    size = len(octets(name))
    if size > OCTETS_MAX:
        raise BadRequest(f"{kind} should be less than 255 bytes, actually was {size}\n")
