"""JSON values as Erlang writes its terms: RabbitMQ puts them into its complaints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.wire.values import octets

if TYPE_CHECKING:
    from leveret.wire.values import Value


def spell(value: Value) -> str:
    """As `~p` writes what RabbitMQ reads from JSON."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    match value:
        case str():
            return _binary(value)
        case dict():
            pairs = (f"{spell(name)} => {spell(each)}" for name, each in value.items())
            return f"#{{{','.join(pairs)}}}"
        case list():
            return f"[{','.join(map(spell, value))}]"
        case float():
            return _float(value)
        case _:
            return str(value)


def _binary(value: str) -> str:
    if not value:
        return "<<>>"
    if not value.isprintable() or not value.isascii():
        return f"<<{','.join(map(str, octets(value)))}>>"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'<<"{escaped}">>'


def _float(value: float) -> str:
    """Erlang always has a point: 1.0e20."""
    digits, letter, exponent = repr(value).partition("e")
    if not letter:
        return digits
    return f"{digits if '.' in digits else digits + '.0'}e{int(exponent)}"
