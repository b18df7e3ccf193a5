"""Which messages somebody looks for: those with a text in them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leveret.broker.message import Message

# Where a text may be looked for.
BODY: Final = "body"
PROPERTIES: Final = "properties"
ADDRESS: Final = "address"
PARTS: Final = (BODY, PROPERTIES, ADDRESS)


@dataclass(frozen=True, slots=True)
class Search:
    """text: whatever its letters' case; empty for every message. parts: where it may stand."""

    text: str = ""
    parts: tuple[str, ...] = PARTS

    def finds(self, message: Message) -> bool:
        wanted = self.text.lower()
        if not wanted:
            return True
        if BODY in self.parts and _in_body(wanted, message.body):
            return True
        if ADDRESS in self.parts and any(
            wanted in each.lower() for each in (message.exchange, message.routing_key)
        ):
            return True
        return PROPERTIES in self.parts and _in_properties(wanted, message)


EVERY_MESSAGE: Final = Search()


def _in_body(wanted: str, body: bytes) -> bool:
    """As octets where it is no text, of which only A to Z have a case."""
    try:
        return wanted in body.decode().lower()
    except UnicodeDecodeError:
        return wanted.encode() in body.lower()


def _in_properties(wanted: str, message: Message) -> bool:
    properties = message.properties
    return any(_in_value(wanted, getattr(properties, each.name)) for each in fields(properties))


def _in_value(wanted: str, value: object) -> bool:
    """Names of headers, too, and whatever is in tables and arrays."""
    match value:
        case None:
            return False
        case dict():
            return any(_in_value(wanted, part) for each in value.items() for part in each)
        case list():
            return any(_in_value(wanted, each) for each in value)
        case bytes():
            return wanted.encode() in value.lower()
        case _:
            return wanted in str(value).lower()
