"""How an answer looks: the six formats of --formatter, octet for octet as rabbitmqctl prints them.

    table         values with tabs between them, the columns' names above (usual)
    pretty_table  drawn with lines
    json          one array, an object for each row
    json_stream   an object for each row, an empty line after each
    csv           RFC 4180, every text in quotes
    tsv           the table without anything around it: its header and its rows

Rule: rows are printed as they come, except where widths must be known first. On a terminal a
listing for which no format was named is drawn by rich (terminal.py).
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TextIO, TypeAlias

import msgspec

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import Given
from leveret.cli.ctl.erlang import shown
from leveret.control.messages import Batch, Columns, Done, Plain, Told

Rows: TypeAlias = Iterable[list[Plain]]

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
# The terminal's own set of line-drawing characters, and back.
DRAWING, LETTERS = "\x1b(0", "\x1b(B"


def tell(given: Given, asking: Asking) -> None:
    """Ask for the verb of the command's name and print what comes of it."""
    answers = asking.answers(given.command.name, given.arguments)
    for answer in answers:
        match answer:
            case Columns(names):
                rows = itertools.chain.from_iterable(
                    each.rows for each in answers if isinstance(each, Batch)
                )
                print_rows(given, names, rows, asking.out)
            case Told(value):
                print(as_json(value), file=asking.out, flush=True)
            case Done(value):
                print_value(given, value, asking)


def print_value(given: Given, value: Plain, asking: Asking) -> None:
    """What came of a verb that is no listing."""
    command = given.command
    if given.formatter in {"json", "json_stream"}:
        told = command.as_json(value, given) if command.as_json else _outcome(value, asking.node)
        print(as_json(told), file=asking.out)
    elif command.show is not None:
        lines = command.show(value, given)
        for line in [lines] if isinstance(lines, str) else lines:
            print(line, file=asking.out)
    elif value is not None:
        print(shown(value), file=asking.out)


def _outcome(value: Plain, node: str) -> Plain:
    if isinstance(value, dict | list):
        return value
    told: dict[str, Plain] = {"node": node, "result": "ok"}
    return told if value is None else told | {"value": value}


def print_rows(given: Given, columns: Sequence[str], rows: Rows, out: TextIO) -> None:
    if given.formatter is None and out.isatty() and not given.is_silent:
        from leveret.cli.ctl import terminal  # noqa: PLC0415  # rich costs start-up time

        terminal.draw(columns, _texts(given, columns, rows), given.has_headers)
        return
    for line in FORMATS[given.formatter or "table"](given, columns, rows):
        print(line, file=out)


def as_json(value: Plain) -> str:
    return msgspec.json.encode(value).decode()


def _texts(given: Given, columns: Sequence[str], rows: Rows) -> Iterator[list[str]]:
    shapes: list[Callable[[Plain], str]] = [
        given.command.shapes.get(name, shown) for name in columns
    ]
    for row in rows:
        yield [shape(value) for shape, value in zip(shapes, row, strict=True)]


def table(given: Given, columns: Sequence[str], rows: Rows) -> Iterator[str]:
    has_header = given.has_headers and not given.is_silent
    is_empty = True
    for texts in _texts(given, columns, rows):
        if is_empty and has_header:
            yield "\t".join(columns)
        is_empty = False
        yield "\t".join(texts)
    if is_empty and given.command.is_list:
        yield ""


def tsv(given: Given, columns: Sequence[str], rows: Rows) -> Iterator[str]:
    if given.has_headers and not given.is_silent:
        yield "\t".join(columns)
    for texts in _texts(given, columns, rows):
        yield "\t".join(texts)


def json(given: Given, columns: Sequence[str], rows: Rows) -> Iterator[str]:
    is_empty = True
    for row in rows:
        if is_empty:
            yield "["
        yield ("" if is_empty else ",") + as_json(dict(zip(columns, row, strict=True)))
        is_empty = False
    if is_empty and given.command.is_list:
        yield "[]"
        return
    if is_empty:
        yield "["
    yield "]"


def json_stream(_given: Given, columns: Sequence[str], rows: Rows) -> Iterator[str]:
    for row in rows:
        yield as_json(dict(zip(columns, row, strict=True))) + "\n"


def csv(given: Given, columns: Sequence[str], rows: Rows) -> Iterator[str]:
    is_empty = True
    for row, texts in _beside(given, columns, rows):
        if is_empty:
            yield ",".join(map(_in_quotes, columns))
        is_empty = False
        yield ",".join(
            text if _is_number(value) else _in_quotes(text)
            for value, text in zip(row, texts, strict=True)
        )
    if is_empty and given.command.is_list:
        yield "\n\n"


def _beside(
    given: Given, columns: Sequence[str], rows: Rows
) -> Iterator[tuple[list[Plain], list[str]]]:
    """Each row as it came, and as text."""
    for row in rows:
        yield row, next(_texts(given, columns, [row]))


def _is_number(_value: Plain) -> bool:
    return False


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def pretty_table(given: Given, columns: Sequence[str], rows: Rows) -> Iterator[str]:
    cells = [
        [_in_cell(given, name, value) for name, value in zip(columns, row, strict=True)]
        for row in rows
    ]
    names = list(columns)
    if not cells:
        if not given.command.is_list:
            return
        names, cells = ["Output"], [["[]"]]
    widths = [max(len(row[at]) for row in [names, *cells]) for at in range(len(names))]
    yield _ruled(widths, "l", "w", "k")
    yield _drawn(names, widths, BOLD, PLAIN)
    for row in cells:
        yield _ruled(widths, "t", "n", "u")
        yield _drawn(row, widths)
    yield _ruled(widths, "m", "v", "j")


def _in_cell(given: Given, column: str, value: Plain) -> str:
    if isinstance(value, list) and column not in given.command.shapes:
        return "".join(map(shown, value))
    return given.command.shapes.get(column, shown)(value).replace("\t", "    ")


def _ruled(widths: Sequence[int], left: str, middle: str, right: str) -> str:
    return f"{DRAWING}{left}{middle.join('q' * (width + 2) for width in widths)}{right}{LETTERS}"


def _drawn(texts: Sequence[str], widths: Sequence[int], begin: str = "", end: str = "") -> str:
    bar = f"{DRAWING}x{LETTERS}"
    cells = (
        f" {begin}{text}{end}{' ' * (width - len(text))} "
        for text, width in zip(texts, widths, strict=True)
    )
    return bar + bar.join(cells) + bar


FORMATS: dict[str, Callable[[Given, Sequence[str], Rows], Iterator[str]]] = {
    "table": table,
    "pretty_table": pretty_table,
    "json": json,
    "json_stream": json_stream,
    "csv": csv,
    "tsv": tsv,
}
