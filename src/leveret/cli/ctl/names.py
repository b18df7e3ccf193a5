"""Which module has which command, so that one is found without importing the others."""

from collections.abc import Iterator
from importlib import import_module

from leveret.cli.ctl.command import Command

MODULES: dict[str, tuple[str, ...]] = {
    "application": ("start_app", "stop_app"),
    "report": ("report",),
    "vhosts": ("add_vhost", "list_vhosts"),
}

_HOMES = {name: module for module, names in MODULES.items() for name in names}


def find(name: str) -> Command | None:
    module = _HOMES.get(name)
    if module is None:
        return None
    return next(each for each in commands_of(module) if each.name == name)


def known() -> list[str]:
    return sorted(_HOMES)


def commands_of(module: str) -> tuple[Command, ...]:
    commands: tuple[Command, ...] = import_module(f"leveret.cli.ctl.{module}").COMMANDS
    return commands


def all_commands() -> Iterator[Command]:
    for module in MODULES:
        yield from commands_of(module)
