"""NAME=VALUE on the command line: arguments of queue.declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from leveret.wire.values import Table, Value

_WORDS: Final[dict[str, bool]] = {"true": True, "false": False}


def as_table(_context: click.Context, _option: click.Parameter, said: tuple[str, ...]) -> Table:
    """All that were given, as click's callback for such an option."""
    return dict(map(_pair, said))


def _pair(text: str) -> tuple[str, Value]:
    """A name and a value: a whole number, true, false, or a string."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE, e.g. x-max-length=1000")
    if value.removeprefix("-").isdecimal():
        return name, int(value)
    return name, _WORDS.get(value, value)
