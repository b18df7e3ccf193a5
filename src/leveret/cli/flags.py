"""The flags of commands that are about a node's settings: the rows of the table that have one.

Rule: a flag arrives as text or None; the table reads it, so that all sources speak alike.
"""

from typing import TYPE_CHECKING

import click

from leveret.config.settings import ROWS

if TYPE_CHECKING:
    from leveret.config.rows import Row


def flags_of_settings() -> list[click.Parameter]:
    return [_flag(row) for row in ROWS if row.flag]


def _flag(row: "Row") -> click.Option:
    about = f"{row.about}  [default: {row.shown_default}]"
    if row.switch:
        return click.Option([row.name, row.flag], is_flag=True, flag_value=row.switch, help=about)
    return click.Option([row.name, row.flag], metavar=row.metavar, help=about)
