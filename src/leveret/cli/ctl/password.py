"""Passwords that need not stand on the command line, where others may see them."""

import sys

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import Given
from leveret.control.messages import Arguments

PROMPT = "Password: "


def with_password(given: Given, asking: Asking, exit_code: int) -> Arguments:
    """The command's arguments; a password that is not among them is read from a terminal or stdin.

    Raises Failed with the exit code when there is none.
    """
    arguments = given.arguments
    if "password" not in arguments:
        asking.announce()
        arguments["password"] = _read(given, exit_code)
    return arguments


def _read(given: Given, exit_code: int) -> str:
    if sys.stdin.isatty():
        import getpass  # noqa: PLC0415  # seldom used

        return getpass.getpass(PROMPT)
    if not (given.is_quiet or given.is_silent):
        print(PROMPT)
    line = sys.stdin.readline()
    if not line:
        from leveret.cli.ctl.refusals import Failed  # noqa: PLC0415

        raise Failed(exit_code, "Error:\nPassword is not provided via argument or stdin")
    return line.rstrip("\n")
