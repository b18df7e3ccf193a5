"""`leveret`: finds the verb, imports nothing of the others, and tells a failure in one line.

Exit codes: 0 done, 1 the start was refused, 2 a setting or the command line was wrong; a command
may have more to say with 1.
"""

import sys
from importlib import import_module

import click

from leveret.config import SettingRefused
from leveret.errors import StartRefused
from leveret.version import VERSION

COMMANDS = ("completion", "definitions", "doctor", "inspect", "migrate", "perf", "repair", "serve")
EXIT_START_REFUSED = 1
EXIT_SETTING_REFUSED = 2


class Verbs(click.Group):
    """Each verb is a module of commands/ with a command of its name, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"leveret.cli.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="leveret", message="%(prog)s %(version)s")
def leveret() -> None:
    """A message broker in Python that speaks RabbitMQ's AMQP 0-9-1."""


def main() -> None:
    try:
        leveret(prog_name="leveret")
    except SettingRefused as refused:
        _fail(str(refused), EXIT_SETTING_REFUSED)
    except StartRefused as refused:
        _fail(str(refused), EXIT_START_REFUSED)


def _fail(reason: str, exit_code: int) -> None:
    print(f"leveret: {reason}", file=sys.stderr)
    sys.exit(exit_code)
