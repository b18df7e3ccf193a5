"""Arguments between JSON and AMQP, as RabbitMQ takes them from one to the other.

    JSON       AMQP                     AMQP                 JSON
    integer    long (64 bits)           every integer        integer
    decimal    double                   float, double        decimal
    string     long string              decimal              decimal
    boolean    boolean                  timestamp            integer: seconds since 1970
    array      array                    byte array, string   string; what is not UTF-8, in base64
    object     table                    array, table         array, object
    null       none: refused            void                 the string "undefined"

So numbers change their width on the way, and equivalence (redeclaring) does not ask for it.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from leveret.wire.codes import MalformedFrame
from leveret.wire.values import Decimal, Int64, decode_table, encode_table, octets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leveret.wire.values import Table, Value

# RabbitMQ's words for a string that JSON cannot carry.
NOT_UTF8: Final = "Not UTF-8, base64 is: "


def table_of(told: dict[str, object]) -> Table:
    """Raises ValueError for what AMQP can't carry."""
    # Through the octets, so that nothing is in the broker that the disk or a client refuses.
    try:
        table, _ = decode_table(encode_table({key: _value(each) for key, each in told.items()}))
    except (RecursionError, MalformedFrame):
        raise ValueError("arguments are nested too deep") from None
    return table


def value_of(told: object) -> Value:
    """What a parameter is set to: JSON as it is, null too. Raises ValueError."""
    try:
        value = _json(told)
        # No deeper than a table may be: everybody who handles it recurses.
        decode_table(encode_table({"value": value}))
    except (RecursionError, MalformedFrame):
        raise ValueError("it is nested too deep") from None
    return value


def _json(told: object) -> Value:
    match told:
        case None | bool() | str() | int() | float():
            return told
        case list():
            return [_json(each) for each in told]
        case dict():
            return {key: _json(each) for key, each in told.items()}
        case _:
            raise ValueError(f"no JSON value: {told!r}")


def _value(told: object) -> Value:
    match told:
        case bool() | str() | float():
            return told
        case int():
            return Int64(told)
        case list():
            return [_value(each) for each in told]
        case dict():
            return {key: _value(each) for key, each in told.items()}
        case _:
            raise ValueError("null is no value of an argument")


def json_of(table: Table) -> dict[str, object]:
    return {spelled(name): _json_value(each) for name, each in table.items()}


def _json_value(value: Value) -> object:
    match value:
        case bool():
            told: object = value
        case int():
            told = int(value)
        case float():
            # JSON has no word for what is not finite.
            told = float(value) if math.isfinite(value) else str(value)
        case str() | bytes():
            told = spelled(value)
        case Mapping():
            told = json_of(value)
        case _:
            told = _composed_value(value)
    return told


def _composed_value(value: Decimal | Sequence[Value] | None) -> object:
    if value is None:
        return "undefined"
    if isinstance(value, Decimal):
        return value.value / 10**value.scale
    return [_json_value(each) for each in value]


def spelled(name: str | bytes) -> str:
    """As JSON can carry it."""
    if isinstance(name, str) and name.isascii():
        return name
    data = octets(name) if isinstance(name, str) else name
    try:
        return data.decode()
    except UnicodeDecodeError:
        return NOT_UTF8 + base64.b64encode(data).decode()
