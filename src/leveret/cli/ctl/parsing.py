"""A line of words into a command and what it was given, as rabbitmqctl reads it.

Options may stand anywhere, before the command's name too: `--name value`, `--name=value`, and
`--flag` or `--no-flag` for those that take nothing; `--` ends them. Rule: what a command does not
know is refused with all that is wrong, not the first.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from leveret.cli.ctl import finding
from leveret.cli.ctl.command import ArgumentsRefused, Command, Given, Kind, columns_of
from leveret.control.messages import Plain

# What every command takes, whether it has a use for it or not.
GLOBAL: Mapping[str, Kind] = {
    "node": str, "vhost": str, "timeout": int, "quiet": bool, "silent": bool, "formatter": str,
    "longnames": bool, "help": bool, "dry_run": bool, "table_headers": bool, "script_name": str,
    "node_port": int, "data_dir": str, "cookie_file": str,
}  # fmt: skip
LETTERS = {"n": "node", "p": "vhost", "t": "timeout", "q": "quiet", "s": "silent",
           "l": "longnames", "?": "help", "h": "help"}  # fmt: skip
FORMATTERS = ("table", "pretty_table", "json", "json_stream", "csv", "tsv")


class Line(msgspec.Struct):
    """The words of a line, sorted."""

    words: list[str] = []
    options: dict[str, Plain] = {}
    # What is no option here, or has no such value: as written, and the value.
    wrong: list[tuple[str, str]] = []


class Option(NamedTuple):
    """An option as it was written."""

    written: str
    name: str
    value: str | None
    is_off: bool


def name_of_command(words: list[str]) -> str | None:
    """The first word that is neither an option nor what an option takes."""
    line = sort(words, GLOBAL, LETTERS)
    return line.words[0] if line.words else None


def parse(command: Command, words: list[str]) -> Given:
    """Raises ArgumentsRefused."""
    line = sort(words, {**GLOBAL, **command.options}, {**LETTERS, **command.letters})
    if line.options.get("formatter", FORMATTERS[0]) not in FORMATTERS:
        line.wrong.append(("--formatter", str(line.options["formatter"])))
    if "table_headers" in line.options and line.options.get("formatter", "table") not in {
        "table", "tsv",
    }:  # fmt: skip
        line.wrong.append(("--no-table-headers", ""))
    if line.wrong:
        told = "".join(f"\n{written} : {value}" for written, value in line.wrong)
        raise ArgumentsRefused(f"Invalid options for this command:{told}")
    given = _given(command, words, line)
    _check_count(command, given.words)
    _check_columns(command, given)
    command.check(given)
    return given


def _given(command: Command, words: list[str], line: Line) -> Given:
    told = line.options
    timeout = told.get("timeout", command.timeout_s)
    return Given(
        command=command,
        line=words,
        words=line.words[1:],
        options={name: told[name] for name in command.options if name in told},
        node=finding.node_name(_text(told, "node"), os.environ),
        vhost=_text(told, "vhost"),
        timeout_s=float(timeout) if isinstance(timeout, int | float) else None,
        is_quiet=bool(told.get("quiet")),
        is_silent=bool(told.get("silent")),
        formatter=_text(told, "formatter"),
        has_headers=told.get("table_headers") is not False,
        is_dry=bool(told.get("dry_run")),
        node_port=_number(told, "node_port"),
        data_dir=_text(told, "data_dir"),
        cookie_file=_text(told, "cookie_file"),
    )


def _text(options: dict[str, Plain], name: str) -> str | None:
    value = options.get(name)
    return value if isinstance(value, str) else None


def _number(options: dict[str, Plain], name: str) -> int | None:
    value = options.get(name)
    return value if isinstance(value, int) else None


def sort(words: list[str], kinds: Mapping[str, Kind], letters: Mapping[str, str]) -> Line:
    line = Line()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            line.words += waiting
            break
        option = _option(word, kinds, letters)
        if option is None:
            line.words.append(word)
        else:
            _take(option, waiting, kinds, line)
    return line


def _option(word: str, kinds: Mapping[str, Kind], letters: Mapping[str, str]) -> Option | None:
    """None for a word that is none: a single dash, a negative number."""
    if not word.startswith("-") or word == "-" or word[1:].replace(".", "").isdigit():
        return None
    written, has_value, value = word.partition("=")
    given = value if has_value else None
    if not word.startswith("--"):
        return Option(written, letters.get(written[1:], ""), given, is_off=False)
    name = written[2:].replace("-", "_")
    if kinds.get(name.removeprefix("no_")) is bool and name not in kinds:
        return Option(written, name.removeprefix("no_"), given, is_off=True)
    return Option(written, name if "_" not in written else "", given, is_off=False)


def _take(option: Option, waiting: list[str], kinds: Mapping[str, Kind], line: Line) -> None:
    kind = kinds.get(option.name)
    if kind is bool:
        line.options[option.name] = not option.is_off
        return
    value = option.value
    if kind is not None and value is None and waiting and not _looks_like_option(waiting[0]):
        value = waiting.pop(0)
    if kind is None or value is None or (kind is int and not _is_whole(value)):
        line.wrong.append((option.written, value or ""))
        return
    line.options[option.name] = int(value) if kind is int else value


def _looks_like_option(word: str) -> bool:
    return word.startswith("-") and len(word) > 1 and not word[1:].replace(".", "").isdigit()


def _is_whole(value: str) -> bool:
    return value.removeprefix("-").isdecimal()


def _check_count(command: Command, words: list[str]) -> None:
    needed = sum(1 for each in command.parameters if each[-1] not in "?*")
    if len(words) < needed:
        raise ArgumentsRefused("not enough arguments.")
    is_open = command.columns or any(each.endswith("*") for each in command.parameters)
    if not is_open and len(words) > len(command.parameters):
        raise ArgumentsRefused("too many arguments.")


def _check_columns(command: Command, given: Given) -> None:
    if not command.columns:
        return
    unknown = [name for name in columns_of(given) if name not in command.columns]
    if unknown:
        raise ArgumentsRefused(f"Info key(s) {','.join(sorted(unknown))} are not supported")
