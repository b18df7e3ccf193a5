"""`leveret perf <scenario>`: put load on any AMQP 0-9-1 broker and say what came of it.

Each command is its scenario's options; the work is in leveret.perf.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from leveret.cli.queue_argument import as_table
from leveret.dial.address import DEFAULT_URI, Address, BadAddressError, parse_uri
from leveret.dial.connection import DialError
from leveret.perf import plot as picture
from leveret.perf.churn import Pace
from leveret.perf.deliveries import BrokenStreamError
from leveret.perf.errors import PerfError
from leveret.perf.flow import Traffic
from leveret.perf.publishing import CHECKED_BODY_BYTES_MIN
from leveret.perf.scenarios import (
    backlog,
    beside_backlog,
    bind_churn,
    channel_churn,
    connection_churn,
    fan_out,
    idle_connections,
    latency,
    many_queues,
    queue_churn,
    throughput,
    topic_bindings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.perf.result import Progress, Result, Sample
    from leveret.wire.values import Table

Command = TypeVar("Command", bound="Callable[..., None]")

INTERRUPTED = 130  # What shells report for SIGINT.


def address(_context: click.Context, _option: click.Parameter, uri: str) -> Address:
    """A URI on the command line, an Address to the scenarios."""
    try:
        return parse_uri(uri)
    except BadAddressError as error:
        raise click.BadParameter(str(error)) from None


def drawable(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix not in picture.SUFFIXES:
        raise click.BadParameter("a picture is .png, .svg or .pdf")
    return path


class Output:
    """Where a result goes besides the terminal."""

    def __init__(self, json: Path | None, plot: Path | None) -> None:
        self.json = json
        self.plot = plot

    def run(self, scenario: Callable[[Progress], Result]) -> None:
        """Run, show, write; a failure is one line and exit code 1."""
        try:
            if self.plot is not None:
                picture.require_matplotlib()
            result = scenario(show)
            self.write(result)
        except (DialError, PerfError, BrokenStreamError) as error:
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
        if self.plot is not None:
            picture.draw(result, self.plot)


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
json_option = click.option("--json", type=WRITABLE, help="Write the result there.")
plot_option = click.option(
    "--plot", type=WRITABLE, callback=drawable, help="Draw the result there (.png, .svg or .pdf)."
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
producers_option = click.option(
    "--producers", type=COUNT, default=1, show_default=True, help="Processes."
)
consumers_option = click.option(
    "--consumers", type=COUNT, default=1, show_default=True, help="Processes."
)
PID_HELP = "The broker's process, to read its memory and processor time."
persistent_option = click.option(
    "--persistent", is_flag=True, help="Durable queue, delivery mode 2."
)
message_options = with_options(
    size_option,
    click.option("--confirm", type=WHOLE, default=0, help="Window of unconfirmed messages."),
    click.option(
        "--connections",
        type=COUNT,
        default=1,
        show_default=True,
        help="Of each producer, each with its own window.",
    ),
    click.option("--auto-ack/--manual-ack", default=True, show_default=True),
    click.option("--prefetch", type=click.IntRange(0, 65535), default=0, help="With --manual-ack."),
    click.option(
        "--ack-batch",
        type=COUNT,
        default=100,
        show_default=True,
        help="Deliveries that one basic.ack settles; 1: each its own.",
    ),
    click.option("--pid", type=WHOLE, default=0, help=PID_HELP),
    persistent_option,
)
rate_option = click.option(
    "--rate", type=click.FloatRange(min=0), default=0.0, help="Messages/s in all."
)
sequence_option = click.option(
    "--check-sequence", is_flag=True, help="Check the order too; costs the client."
)
kind_options = with_options(
    click.option("--size", type=WHOLE, default=16, show_default=True, help="Bytes in a body."),
    persistent_option,
)
pace_options = with_options(warmup_option, duration_option)
flow_options = with_options(message_options, rate_option, sequence_option, pace_options)


def at_once_option(default: int) -> Callable[[Command], Command]:
    return click.option(
        "--at-once",
        type=COUNT,
        default=default,
        show_default=True,
        help="So many are asked for before the first answer is read.",
    )


def counts_option(default: Sequence[int]) -> Callable[[Command], Command]:
    return click.option(
        "--count",
        "counts",
        type=COUNT,
        multiple=True,
        default=default,
        show_default=True,
        help="Repeat for each number to measure.",
    )


def traffic_of(options: dict[str, object]) -> Traffic:
    """The traffic options as one value; click has checked their types."""
    traffic = Traffic(**options)  # type: ignore[arg-type]
    if traffic.connections > 1 and (not traffic.confirm or traffic.rate or traffic.check_sequence):
        raise click.UsageError(
            "--connections goes with --confirm, and neither with --rate nor with --check-sequence"
        )
    if traffic.check_sequence and traffic.size < CHECKED_BODY_BYTES_MIN:
        raise click.UsageError(f"--check-sequence needs at least {CHECKED_BODY_BYTES_MIN} bytes")
    return traffic


@click.group()
def perf() -> None:
    """Put load on an AMQP 0-9-1 broker and measure it."""


@perf.command("throughput")
@output_options
@producers_option
@consumers_option
@flow_options
@click.option("--argument", multiple=True, callback=as_table, metavar="NAME=VALUE",
              help="Of the queue; repeatable. E.g. x-queue-type=quorum.")  # fmt: skip
def run_throughput(
    uri: Address, json: Path | None, plot: Path | None, argument: Table, **options: object
) -> None:
    """Messages a second through one queue."""
    traffic = traffic_of(options)
    Output(json, plot).run(partial(throughput.run, uri, traffic, arguments=argument))


@perf.command("latency")
@output_options
@pace_options
@kind_options
def run_latency(
    uri: Address, json: Path | None, plot: Path | None, size: int, **options: float
) -> None:
    """One message at a time: p50, p95, p99."""
    kind = latency.Kind(size, persistent=bool(options.pop("persistent")))
    Output(json, plot).run(partial(latency.run, uri, Pace(**options), kind=kind))


@perf.command("beside-backlog")
@output_options
@kind_options
@click.option("--octets", type=COUNT, default=5 * 2**30, show_default=True, help="That wait.")
@click.option("--backlog-size", type=COUNT, default=1024, show_default=True, help="In one of them.")
@click.option("--pid", type=WHOLE, default=0, help=PID_HELP)
@pace_options
def run_beside_backlog(
    uri: Address, json: Path | None, plot: Path | None, size: int, **options: float
) -> None:
    """Latency while another queue is long."""
    persistent = bool(options.pop("persistent"))
    traffic = Traffic(
        size=int(options.pop("backlog_size")),
        confirm=2000,
        persistent=persistent,
        pid=int(options.pop("pid")),
    )
    waiting = beside_backlog.Backlog(int(options.pop("octets")), traffic)
    scenario = partial(beside_backlog.run, uri, Pace(**options), backlog=waiting)
    Output(json, plot).run(partial(scenario, kind=latency.Kind(size, persistent)))


@perf.command("connection-churn")
@output_options
@pace_options
@at_once_option(1)
def run_connection_churn(
    uri: Address, json: Path | None, plot: Path | None, at_once: int, **options: float
) -> None:
    """Connections opened and closed a second."""
    Output(json, plot).run(partial(connection_churn.run, uri, Pace(**options), at_once=at_once))


@perf.command("channel-churn")
@output_options
@pace_options
@at_once_option(100)
def run_channel_churn(
    uri: Address, json: Path | None, plot: Path | None, at_once: int, **options: float
) -> None:
    """Channels opened and closed a second."""
    Output(json, plot).run(partial(channel_churn.run, uri, Pace(**options), at_once=at_once))


@perf.command("queue-churn")
@output_options
@pace_options
@at_once_option(100)
@click.option("--durable", is_flag=True, help="Queues that survive a restart.")
@click.option("--channels", type=COUNT, default=1, show_default=True, help="That share them.")
def run_queue_churn(
    uri: Address, json: Path | None, plot: Path | None, at_once: int, **options: float
) -> None:
    """Queues declared and deleted a second."""
    durable, channels = bool(options.pop("durable")), int(options.pop("channels"))
    queues = queue_churn.Queues(at_once, durable, channels)
    Output(json, plot).run(partial(queue_churn.run, uri, Pace(**options), queues=queues))


@perf.command("bind-churn")
@output_options
@pace_options
@at_once_option(100)
def run_bind_churn(
    uri: Address, json: Path | None, plot: Path | None, at_once: int, **options: float
) -> None:
    """Bindings made and unmade a second."""
    Output(json, plot).run(partial(bind_churn.run, uri, Pace(**options), at_once=at_once))


@perf.command("fan-out")
@output_options
@producers_option
@consumers_option
@flow_options
@click.option("--queues", type=COUNT, default=10, show_default=True)
def run_fan_out(
    uri: Address, json: Path | None, plot: Path | None, queues: int, **options: object
) -> None:
    """Every message to many queues."""
    traffic = traffic_of(options)
    Output(json, plot).run(partial(fan_out.run, uri, traffic, queues=queues))


@perf.command("many-queues")
@output_options
@producers_option
@flow_options
@counts_option(many_queues.COUNTS)
def run_many_queues(
    uri: Address, json: Path | None, plot: Path | None, counts: Sequence[int], **options: object
) -> None:
    """Cost of a message to one of many."""
    traffic = traffic_of(options)
    Output(json, plot).run(partial(many_queues.run, uri, traffic, counts=counts))


@perf.command("topic-bindings")
@output_options
@producers_option
@flow_options
@counts_option(topic_bindings.COUNTS)
def run_topic_bindings(
    uri: Address, json: Path | None, plot: Path | None, counts: Sequence[int], **options: object
) -> None:
    """Cost of a message among many."""
    traffic = traffic_of(options)
    Output(json, plot).run(partial(topic_bindings.run, uri, traffic, counts=counts))


@perf.command("backlog")
@output_options
@producers_option
@consumers_option
@message_options
@click.option("--messages", type=COUNT, default=1_000_000, show_default=True)
@click.option("--short", type=WHOLE, default=0, help="Compare with draining so short a queue.")
def run_backlog(
    uri: Address,
    json: Path | None,
    plot: Path | None,
    messages: int,
    short: int,
    **options: object,
) -> None:
    """Fill a queue, then drain it."""
    traffic = traffic_of(options)
    lengths = backlog.Lengths(messages, short)
    Output(json, plot).run(partial(backlog.run, uri, traffic, lengths=lengths))


@perf.command("idle-connections")
@output_options
@click.option("--connections", type=COUNT, default=1000, show_default=True)
@click.option("--pid", type=COUNT, required=True, help=PID_HELP)
def run_idle_connections(
    uri: Address, json: Path | None, plot: Path | None, connections: int, pid: int
) -> None:
    """Memory of a connection with a channel."""
    Output(json, plot).run(partial(idle_connections.run, uri, pid, connections=connections))
