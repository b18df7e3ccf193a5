"""The log and the events: where, the last lines, and those to come."""

from collections.abc import Iterator

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import CONFIGURATION, MONITORING, ArgumentsRefused, Command, Given
from leveret.cli.ctl.output import as_json, print_rows
from leveret.control.messages import Arguments, Plain

INFINITY = "infinity"
USUAL_LINES = 50


def locate(given: Given, asking: Asking) -> None:
    paths = asking.value("log_location")
    assert isinstance(paths, list)
    chosen = paths if given.options.get("all") else paths[:1]
    if given.formatter == "json":
        told: Plain = {"node_name": given.node, "paths": chosen, "result": "ok"}
        print(as_json(told), file=asking.out)
    else:
        print("\n".join(map(str, chosen)), file=asking.out)


def tail(given: Given, asking: Asking) -> None:
    lines = asking.value("log_tail", {"number": given.options.get("number", USUAL_LINES)})
    assert isinstance(lines, list)
    if given.formatter in {None, "table"}:
        print("\n".join(map(str, lines)), file=asking.out)
    else:
        print_rows(given, ["message"], ([line] for line in lines), asking.out)


def check_duration(given: Given) -> None:
    written = str(given.options.get("duration", INFINITY))
    if written != INFINITY and not written.isdecimal():
        raise ArgumentsRefused(f"Invalid options for this command:\n--duration : {written}")


def follow_log(given: Given, asking: Asking) -> None:
    asking.announce()
    for line in _feed(given, asking):
        print(as_json({"message": line}) if given.formatter == "json" else line,
              file=asking.out, flush=True)  # fmt: skip


def follow_events(given: Given, asking: Asking) -> None:
    """A JSON object for each, whatever the format: people have jq."""
    for event in _feed(given, asking):
        print(as_json(event), end="\n\n", file=asking.out, flush=True)
    print(file=asking.out)


def _feed(given: Given, asking: Asking) -> Iterator[Plain]:
    arguments: Arguments = {}
    duration = str(given.options.get("duration", INFINITY))
    if duration != INFINITY:
        arguments["duration"] = int(duration)
    if "pattern" in given.options:
        arguments["pattern"] = given.options["pattern"]
    return asking.feed(given.command.name, arguments)


COMMANDS = (
    Command(
        name="consume_event_stream",
        about="Streams internal events from a running node. Output is jq-compatible.",
        group=MONITORING,
        usage="consume_event_stream [--duration|-d <seconds>] [--pattern <pattern>]",
        example="leveretctl consume_event_stream --pattern 'queue.*' | jq .event",
        options={"duration": str, "pattern": str},
        letters={"d": "duration"},
        details=(
            ("--duration <seconds>", "duration in seconds to stream events"),
            ("--pattern <pattern>", "regular expression that the events' names match"),
        ),
        check=check_duration,
        run=follow_events,
    ),
    Command(
        name="log_location",
        about="Shows log file location(s) on target node",
        group=CONFIGURATION,
        usage="log_location [--all|-a] [--timeout <timeout>]",
        example="leveretctl log_location --all",
        options={"all": bool},
        letters={"a": "all"},
        details=(("--all", "all of them"),),
        banner=lambda given: f"Log file location(s) on node {given.node} ...",
        run=locate,
    ),
    Command(
        name="log_tail",
        about="Prints the last N lines of the log on the node",
        group=MONITORING,
        usage="log_tail [--number|-N <number>] [--timeout <timeout>]",
        example="leveretctl log_tail -N 20",
        options={"number": int},
        letters={"N": "number"},
        details=(("--number <number>", "number of lines to print. Defaults to 50"),),
        banner=lambda given: (
            f"Last {given.options.get('number', USUAL_LINES)} log lines on node {given.node} ..."
        ),
        run=tail,
    ),
    Command(
        name="log_tail_stream",
        about="Streams logs from a running node for a period of time",
        group=MONITORING,
        usage="log_tail_stream [--duration|-d <seconds>] [--timeout <timeout>]",
        example="leveretctl log_tail_stream --duration 60",
        options={"duration": str},
        letters={"d": "duration"},
        details=(
            ("--duration <seconds>", "duration in seconds to stream log. Defaults to infinity"),
        ),
        banner=lambda given: (
            f"Streaming logs from node {given.node} "
            + (
                "..."
                if str(given.options.get("duration", INFINITY)) == INFINITY
                else f"for {given.options['duration']} seconds ..."
            )
        ),
        check=check_duration,
        run=follow_log,
    ),
)
