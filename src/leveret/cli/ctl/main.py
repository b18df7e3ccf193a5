"""`leveretctl`: finds the command, imports nothing of the others, and ends with its exit code."""

import os
import sys
from contextlib import suppress

from leveret.cli.ctl import absent, names, parsing
from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import ArgumentsRefused, Command, Given
from leveret.cli.ctl.output import tell
from leveret.control import exits
from leveret.version import VERSION


def main() -> None:
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """What `leveretctl WORDS` ends with."""
    if words in (["--version"], ["version"]):
        print(VERSION)
        return exits.OK
    name = parsing.name_of_command(words)
    if name is None or name == "help":
        return _help(words)
    command = names.find(name)
    if command is None:
        return _unknown(name)
    if {"--help", "-?", "-h"} & set(words):
        return _help(["help", name])
    try:
        given = parsing.parse(command, words)
    except ArgumentsRefused as refused:
        return _refuse_arguments(command, words, refused)
    return _execute(given)


def _execute(given: Given) -> int:
    from leveret.cli.ctl import refusals  # noqa: PLC0415  # only a failure needs it

    asking = Asking(given)
    try:
        if given.is_dry:
            asking.announce()
        else:
            (given.command.run or tell)(given, asking)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has seen enough; nothing may be flushed at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    except refusals.FAILURES as error:
        sys.stdout.flush()
        return _fail(*refusals.refused(error, asking))
    finally:
        with suppress(OSError):
            asking.close()
    return exits.OK


def _refuse_arguments(command: Command, words: list[str], refused: ArgumentsRefused) -> int:
    from leveret.cli.ctl import refusals  # noqa: PLC0415

    return _fail(*refusals.refused_arguments(command, words, refused))


def _help(words: list[str]) -> int:
    from leveret.cli.ctl import help  # noqa: A004, PLC0415

    asked = [word for word in words if not word.startswith("-")][1:]
    if not asked:
        is_wanted = bool(words)
        print(help.overview(), file=sys.stdout if is_wanted else sys.stderr)
        return exits.OK if is_wanted else exits.USAGE
    command = names.find(asked[0])
    if command is None:
        reason = absent.why_absent(asked[0]) or f"\nCommand '{asked[0]}' not found."
        return _fail(exits.USAGE, f"Error:\n{reason}")
    print(help.help_of(command))
    return exits.OK


def _unknown(name: str) -> int:
    from leveret.cli.ctl import refusals  # noqa: PLC0415

    return _fail(exits.USAGE, absent.why_absent(name) or refusals.unknown(name, names.known()))


def _fail(exit_code: int, text: str) -> int:
    print(text, file=sys.stderr)
    return exit_code
