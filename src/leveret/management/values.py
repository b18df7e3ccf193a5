"""Values of a request's body: what they must be, or the request is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leveret.definitions import arguments
from leveret.definitions.entries import named
from leveret.management.answers import BadRequest

if TYPE_CHECKING:
    from leveret.wire.values import Value


def text(name: str, value: object) -> str:
    """Raises BadRequest."""
    if not isinstance(value, str):
        raise BadRequest(f"{name} should be a string")
    return value


def mapping(name: str, value: object) -> dict[str, Any]:
    """Raises BadRequest."""
    if not isinstance(value, dict):
        raise BadRequest(f"{name} should be an object")
    return value


def parameter(value: object) -> Value:
    """Any JSON value, as a runtime parameter may have it. Raises BadRequest."""
    try:
        return arguments.value_of(value)
    except ValueError as error:
        raise BadRequest(str(error)) from None


def name(told: str) -> str:
    """A name that AMQP can say. Raises BadRequest."""
    try:
        return named(told)
    except ValueError as error:
        raise BadRequest(str(error)) from None
