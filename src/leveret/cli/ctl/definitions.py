"""Definitions: everything that is declared, out to a file and in from one.

The node knows RabbitMQ's JSON. A file of YAML, by its name or by --format, says the same and is
turned into JSON here, with PyYAML where that is installed.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import msgspec

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import DEFINITIONS, ArgumentsRefused, Command, Given
from leveret.cli.ctl.output import print_value
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits
from leveret.control.messages import Arguments, Plain

FORMATS = ("json", "yaml")
SHOWN = {"json": "JSON", "yaml": "YAML"}


def format_of(given: Given) -> str:
    """What was asked for, or what the file's name says."""
    named = given.options.get("format")
    if named is not None:
        return str(named)
    is_yaml = bool(given.words) and Path(given.words[0]).suffix in {".yaml", ".yml"}
    return "yaml" if is_yaml else "json"


def check_format(given: Given) -> None:
    if format_of(given) not in FORMATS:
        raise ArgumentsRefused("Bad argument: Format should be either json or yaml", exits.DATA)


def check_export(given: Given) -> None:
    check_format(given)
    directory = Path(given.words[0]).parent
    if given.words[0] != "-" and not directory.is_dir():
        raise ArgumentsRefused(f"Bad argument: Directory {directory} does not exist", exits.DATA)


def check_import(given: Given) -> None:
    check_format(given)
    if given.words and given.words[0] != "-" and not Path(given.words[0]).is_file():
        raise ArgumentsRefused(f"Bad argument: File {given.words[0]} does not exist", exits.DATA)


# Out --------------------------------------------------------------------------------------------


def export_banner(given: Given) -> str | None:
    path = given.words[0]
    if path == "-":
        return None
    return f'Exporting definitions in {SHOWN[format_of(given)]} to a file at "{path}" ...'


def export(given: Given, asking: Asking) -> None:
    document = str(asking.value("export_definitions"))
    if format_of(given) == "yaml":
        document = as_yaml(document)
    path = given.words[0]
    if path == "-":
        print(document, file=asking.out)
        return
    try:
        Path(path).write_text(document, encoding="utf-8")
    except OSError as error:
        told = f"Path {path} is a directory" if Path(path).is_dir() else f"{path}: {error.strerror}"
        raise Failed(exits.DATA, f"Error:\n{told}") from error
    print_value(given, None, asking)


# In ---------------------------------------------------------------------------------------------


def import_banner(given: Given) -> str:
    path = given.words[0] if given.words else "-"
    source = "standard input" if path == "-" else f'a file at "{path}"'
    return f"Importing definitions in {SHOWN[format_of(given)]} from {source} ..."


def import_one(given: Given, asking: Asking) -> None:
    asking.announce()
    document = _read(given)
    if format_of(given) == "yaml":
        document = as_json_document(document)
    arguments: Arguments = {"document": document, **given.options}
    remarks = asking.value("import_definitions", arguments)
    for each in remarks if isinstance(remarks, list) else []:
        print(each, file=sys.stderr)
    print_value(given, None, asking)


def imported(_value: Plain, given: Given) -> str | list[str]:
    return [] if given.is_quiet or given.is_silent else "Definitions are imported."


def _read(given: Given) -> str:
    path = given.words[0] if given.words else "-"
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(exits.DATA, f"Error:\n{path}: {error}") from error


# YAML -------------------------------------------------------------------------------------------


def as_yaml(document: str) -> str:
    told = msgspec.json.decode(document)
    return str(_yaml().safe_dump(told, sort_keys=False, allow_unicode=True)).rstrip("\n")


def as_json_document(document: str) -> str:
    yaml = _yaml()
    try:
        told = yaml.safe_load(document)
        return msgspec.json.encode(told).decode()
    except (yaml.YAMLError, TypeError) as error:
        text = f"Failed to deserialise input (format: YAML) (error: {error})"
        raise Failed(exits.DATA, f"Error:\n{text}") from error


def _yaml() -> ModuleType:
    """Raises Failed."""
    try:
        return import_module("yaml")
    except ImportError:
        text = "YAML needs PyYAML: pip install pyyaml, or use JSON"
        raise Failed(exits.UNAVAILABLE, f"Error:\n{text}") from None


COMMANDS = (
    Command(
        name="export_definitions",
        about="Exports definitions in JSON or YAML",
        group=DEFINITIONS,
        usage='export_definitions <file_path | "-"> [--format <json | yaml>] [--timeout <timeout>]',
        example="leveretctl export_definitions definitions.json",
        parameters=("file",),
        options={"format": str},
        details=(
            ("<file>", "Local file path to export to. Pass a dash (-) for stdout."),
            ("--format", "output format to use: json or yaml; a file named .yaml is YAML"),
        ),
        check=check_export,
        banner=export_banner,
        run=export,
    ),
    Command(
        name="import_definitions",
        about="Imports definitions in JSON or YAML",
        group=DEFINITIONS,
        usage='import_definitions <file_path | "-"> [--format <json | yaml>] '
        "[--skip-if-unchanged] [--timeout <timeout>]",
        example="leveretctl import_definitions definitions.json",
        parameters=("file?",),
        options={"format": str, "skip_if_unchanged": bool},
        details=(
            (
                "[file]",
                "Local file path to import from. If omitted will be read from standard input",
            ),
            ("--format", "input format to use: json or yaml; a file named .yaml is YAML"),
            (
                "--skip-if-unchanged",
                "Avoids repetitive definition imports when file contents are unchanged",
            ),
        ),
        check=check_import,
        banner=import_banner,
        run=import_one,
        show=imported,
    ),
)
