"""On a terminal columns are aligned, and names are nobody's markup."""

import io

from rich.console import Console

from leveret.cli.ctl.terminal import draw


def drawn(rows, has_headers=True):
    out = io.StringIO()
    draw(["name", "n"], rows, has_headers, Console(file=out, width=40))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_columns_are_aligned():
    assert drawn([["a", "1"], ["longer", "22"]]) == ["name    n", "a       1", "longer  22"]
    assert drawn([["a", "1"]], has_headers=False) == ["a  1"]


def test_no_rows_no_table():
    assert drawn([]) == []


def test_a_name_may_look_like_markup():
    assert drawn([["[bold]x[/]", "1"]])[1] == "[bold]x[/]  1"
