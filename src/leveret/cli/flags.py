"""The flags of commands that are about a node's settings: the rows of the table that have one.

Rule: a flag arrives as text or None; the table reads it, so that all sources speak alike.
"""

import click

from leveret.config.settings import ROWS


def flags_of_settings() -> list[click.Parameter]:
    return [
        click.Option(
            [row.flag],
            help=f"{row.about}  [default: {row.shown_default}]",
            metavar=row.metavar,
        )
        for row in ROWS
        if row.flag
    ]
