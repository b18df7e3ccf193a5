"""Columns of listings: what is read of each thing for a row, by the name that people ask for.

Rule: what is not there is an empty text, as in RabbitMQ; what a value looks like in a table is the
tool's (cli/ctl). A field table travels as rows of name, type and value, an address as its numbers.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, TypeVar

from leveret.broker.argument_values import type_name
from leveret.broker.terms import spell
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.verbs.refusing import refusal
from leveret.wire.values import Decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from leveret.control.messages import Plain
    from leveret.wire.values import Table, Value

T = TypeVar("T")

_IPV4_OCTETS = 4


def listing(
    names: Sequence[str], things: Iterable[T], columns: Mapping[str, Callable[[T], Plain]]
) -> Rows:
    """A row for each thing. Raises VerbRefused for a column that there is not."""
    unknown = [each for each in names if each not in columns]
    if unknown:
        keys = ",".join(sorted(unknown))
        raise refusal(exits.USAGE, f"Info key(s) {keys} are not supported")
    readers = [columns[each] for each in dict.fromkeys(names)]
    return Rows(list(dict.fromkeys(names)), ([read(each) for read in readers] for each in things))


def fields(table: Table) -> list[Plain]:
    return [[name, *_typed(value)] for name, value in table.items()]


def _typed(value: Value) -> list[Plain]:
    kind = type_name(value)
    match value:
        case dict():
            return [kind, fields(value)]
        case list():
            return [kind, [_typed(each) for each in value]]
        case bytes() | Decimal():
            return [kind, spell(value)]
        case float():
            return [kind, float(value)]
        case int() if not isinstance(value, bool):
            # JSON has no widths.
            return [kind, int(value)]
        case _:
            assert value is None or isinstance(value, (bool, str))
            return [kind, value]


def address(host: str) -> Plain:
    """As Erlang has it: four octets, or eight numbers; what is no address stays as it is."""
    try:
        packed = ipaddress.ip_address(host).packed
    except ValueError:
        return host
    size = 1 if len(packed) == _IPV4_OCTETS else 2
    return [int.from_bytes(packed[at : at + size]) for at in range(0, len(packed), size)]
