"""Values as Erlang writes its terms: RabbitMQ puts them into its texts, so Leveret does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.arguments import type_name
from leveret.wire.values import Decimal, text

if TYPE_CHECKING:
    from leveret.wire.values import Value


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


def _binary(value: str | bytes) -> str:
    if not value:
        return "<<>>"
    said = value if isinstance(value, str) else text(value)
    escaped = said.replace("\\", "\\\\").replace('"', '\\"')
    return f'<<"{escaped}">>'
