"""JSON that people write on the command line, and values that they are shown as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from leveret.control import exits
from leveret.control.verbs.refusing import refusal

if TYPE_CHECKING:
    from leveret.control.messages import Plain
    from leveret.wire.values import Value


def decode(written: str) -> Value:
    """Raises VerbRefused."""
    try:
        value: Value = msgspec.json.decode(written)
    except msgspec.DecodeError as error:
        text = "JSON decoding error. Reason: badarg"
        raise refusal(exits.UNAVAILABLE, text) from error
    return value


def decode_object(written: str) -> dict[str, Value]:
    """Raises VerbRefused."""
    value = decode(written)
    if not isinstance(value, dict):
        # RabbitMQ shows where it crashed.
        raise refusal(exits.UNAVAILABLE, f"{written} is no JSON object")
    return value


def encode(value: object) -> str:
    """Short, and the names of an object in order."""
    return msgspec.json.encode(value, order="sorted").decode()


def plain(value: Value) -> Plain:
    """As JSON has it: numbers are numbers, whatever their width on the wire."""
    match value:
        case None | bool() | float() | str():
            return value
        case int():
            return int(value)
        case bytes():
            return value.decode(errors="replace")
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
        case _:
            return str(value)
