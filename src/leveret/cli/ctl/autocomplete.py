"""Names of commands, for shells that complete them."""

from leveret.cli.ctl import names
from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import HELP, Command, Given


def complete(given: Given, asking: Asking) -> None:
    for name in names.known():
        if name.startswith(given.words[0]):
            print(name, file=asking.out)


COMMANDS = (
    Command(
        name="autocomplete",
        about="Provides command name autocomplete variants",
        group=HELP,
        usage="autocomplete [prefix] [--timeout <timeout>]",
        example="leveretctl autocomplete list_q",
        parameters=("prefix",),
        details=(("[prefix]", "how the names of the commands begin"),),
        run=complete,
    ),
)
