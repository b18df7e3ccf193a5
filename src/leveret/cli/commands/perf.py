"""`leveret perf <scenario>`: put load on any AMQP 0-9-1 broker and say what came of it.

Each command is its scenario's options; the work is in leveret.perf.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from leveret.perf import plot
from leveret.perf.address import DEFAULT_URI, Address, BadAddressError, parse_uri
from leveret.perf.connection import PerfError
from leveret.perf.deliveries import BrokenStreamError
from leveret.perf.flow import Traffic
from leveret.perf.scenarios import throughput as throughput_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.perf.result import Result, Sample

Command = TypeVar("Command", bound="Callable[..., None]")

INTERRUPTED = 130  # What shells report for SIGINT.


def address(_context: click.Context, _option: click.Parameter, uri: str) -> Address:
    """A URI on the command line, an Address to the scenarios."""
    try:
        return parse_uri(uri)
    except BadAddressError as error:
        raise click.BadParameter(str(error)) from None


class Output:
    """Where a result goes besides the terminal."""

    def __init__(self, json: Path | None, picture: Path | None) -> None:
        self.json = json
        self.picture = picture

    def run(self, scenario: Callable[[Callable[[Sample], None]], Result]) -> None:
        """Run, show, write; a failure is one line and exit code 1."""
        try:
            if self.picture is not None:
                plot.require_matplotlib()
            result = scenario(show)
            self.write(result)
        except (PerfError, BrokenStreamError) as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        if result.interrupted:
            sys.exit(INTERRUPTED)

    def write(self, result: Result) -> None:
        click.echo(f"{result.scenario} on {result.broker}")
        for line in result.lines():
            click.echo(f"  {line}")
        if self.json is not None:
            result.write(self.json)
        if self.picture is not None:
            plot.draw(result, self.picture)


def show(sample: Sample) -> None:
    click.echo(sample.line())


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """The same options for several commands."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


WRITABLE = click.Path(dir_okay=False, path_type=Path)
COUNT = click.IntRange(min=1)
WHOLE = click.IntRange(min=0)

uri_option = click.option(
    "--uri", callback=address, default=DEFAULT_URI, show_default=True, help="The broker."
)
json_option = click.option("--json", "json_path", type=WRITABLE, help="Write the result there.")
plot_option = click.option(
    "--plot", "plot_path", type=WRITABLE, help="Draw the result there (.png, .svg or .pdf)."
)
output_options = with_options(uri_option, json_option, plot_option)
duration_option = click.option(
    "--duration",
    "duration_s",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    help="Seconds measured.",
)
warmup_option = click.option(
    "--warmup",
    "warmup_s",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Seconds before that, not measured.",
)
size_option = click.option(
    "--size", type=WHOLE, default=1024, show_default=True, help="Bytes in a body."
)
traffic_options = with_options(
    click.option("--producers", type=COUNT, default=1, show_default=True, help="Processes."),
    click.option("--consumers", type=COUNT, default=1, show_default=True, help="Processes."),
    size_option,
    click.option("--confirm", type=WHOLE, default=0, help="Window of unconfirmed messages."),
    click.option("--auto-ack/--manual-ack", default=True, show_default=True),
    click.option("--prefetch", type=click.IntRange(0, 65535), default=0, help="With --manual-ack."),
    click.option(
        "--ack-batch",
        type=COUNT,
        default=100,
        show_default=True,
        help="Deliveries that one basic.ack settles; 1: each its own.",
    ),
    click.option("--persistent", is_flag=True, help="Durable queue, delivery mode 2."),
    click.option("--rate", type=click.FloatRange(min=0), default=0.0, help="Messages/s in all."),
    click.option("--check-sequence", is_flag=True, help="Check the order; costs the client."),
    warmup_option,
    duration_option,
)


def traffic_of(options: dict[str, object]) -> Traffic:
    """The traffic options as one value; click has checked their types."""
    return Traffic(**options)  # type: ignore[arg-type]


@click.group()
def perf() -> None:
    """Put load on an AMQP 0-9-1 broker and measure it."""


@perf.command()
@output_options
@traffic_options
@click.option("--queue-type", default="classic", show_default=True)
def throughput(
    uri: Address,
    json_path: Path | None,
    plot_path: Path | None,
    queue_type: str,
    **traffic: object,
) -> None:
    """Messages a second through one queue."""
    Output(json_path, plot_path).run(
        lambda progress: throughput_scenario.run(
            uri, traffic_of(traffic), progress, queue_type=queue_type
        )
    )


if __name__ == "__main__":
    perf()
