"""A listing on a terminal: aligned columns under bold names, drawn by rich."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text


def draw(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    has_headers: bool,
    console: Console | None = None,
) -> None:
    """Nothing for no rows, as the plain table has it."""
    table = Table(box=None, pad_edge=False, show_header=has_headers, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        # Names are somebody's text, not rich's markup.
        table.add_row(*map(Text, row))
    if table.row_count:
        (console or Console()).print(table)
