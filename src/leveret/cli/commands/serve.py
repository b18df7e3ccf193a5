"""`leveret serve`: run a node. Its flags are the rows of the settings table that have one."""

import gc
import os
import sys
from typing import TYPE_CHECKING

import click

from leveret.cli.flags import flags_of_settings
from leveret.config.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.config import Settings
    from leveret.node import Node


@click.command(params=flags_of_settings())
@click.option("--detached", is_flag=True, help="run in the background; return once it is up")
@click.option(
    "--banner/--no-banner", default=None, help="an example to paste  [default: on a terminal]"
)
def serve(detached: bool, banner: bool | None, **flags: str | None) -> None:
    """Run a broker."""
    settings = load({name: text for name, text in flags.items() if text is not None}, os.environ)
    if detached:
        from leveret.cli.detach import detach  # noqa: PLC0415  # costs start-up time

        print(detach(settings, lambda ready: _run(settings, lambda _node: ready(), ready)))
        return
    if banner is None:
        banner = sys.stdout.isatty() and settings.log.format == "text"
    _run(settings, _show_banner if banner else _show_nothing)


def _run(
    settings: "Settings",
    on_ready: "Callable[[Node], None]",
    on_waiting: "Callable[[], None]" = lambda: None,
) -> None:
    # Imports make no garbage: collecting during them costs a tenth of the start. The node turns
    # it on again, tuned, once it is up.
    gc.disable()
    from leveret.cli.foreground import run  # noqa: PLC0415  # after the fork of --detached
    from leveret.cli.logs import start_logging  # noqa: PLC0415

    start_logging(settings.log, settings.data_dir)
    run(settings, on_ready, on_waiting)


def _show_banner(node: "Node") -> None:
    from leveret.cli.banner import banner  # noqa: PLC0415

    print(banner(node.settings, node.addresses, node.listeners), flush=True)


def _show_nothing(node: "Node") -> None:
    """The log has said it all."""
