"""Values as Erlang writes its terms: RabbitMQ puts them into its texts, so Leveret does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.argument_values import type_name
from leveret.wire.values import Decimal, octets, text

if TYPE_CHECKING:
    from leveret.wire.values import Table, Value

_ESCAPES: Final = {
    8: b"\\b", 9: b"\\t", 10: b"\\n", 11: b"\\v", 12: b"\\f", 13: b"\\r", 27: b"\\e",
    34: b'\\"', 92: b"\\\\",
}  # fmt: skip
# What Latin-1 can print, which is what Erlang looks at.
_SPELT: Final[dict[int, bytes]] = {
    octet: bytes((octet,)) for octet in (*range(32, 127), *range(160, 256))
} | _ESCAPES


def spell(value: Value) -> str:
    """A value of a field table as `~p` writes what RabbitMQ makes of it."""
    if value is None or isinstance(value, bool):
        return "undefined" if value is None else str(value).lower()
    match value:
        case str() | bytes():
            return _binary(value)
        case dict():
            parts = [f"{spell(name)},{_typed(each)}" for name, each in value.items()]
        case list():
            parts = [_typed(each) for each in value]
        case Decimal():
            return f"{{{value.scale},{value.value}}}"
        case _:
            return str(value)
    return f"[{','.join(f'{{{part}}}' for part in parts)}]"


def _typed(value: Value) -> str:
    return f"{type_name(value)},{spell(value)}"


def fields(table: Table) -> list[str]:
    """A table's fields one by one: `{<<"x-max-priority">>,signedint,3}`."""
    return [f"{{{spell(name)},{_typed(value)}}}" for name, value in table.items()]


def _binary(value: str | bytes) -> str:
    """Octets that Latin-1 can print as a string, others by their numbers."""
    data = octets(value) if isinstance(value, str) else value
    if not data:
        return "<<>>"
    if not all(octet in _SPELT for octet in data):
        return f"<<{','.join(map(str, data))}>>"
    return f'<<"{text(b"".join([_SPELT[octet] for octet in data]))}">>'
