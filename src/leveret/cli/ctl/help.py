"""Usage and help: of one command, and of all of them."""

from leveret.cli.ctl import names
from leveret.cli.ctl.command import GROUPS, Command
from leveret.cli.ctl.output import BOLD, PLAIN

LINE = (
    "leveretctl [--node <node>] [--timeout <timeout>] [--longnames] [--quiet] "
    "<command> [<command options>]"
)
GENERAL = """\
The following options are accepted by most or all commands.

short            | long             | description
-----------------|------------------|-----------------------------------
-?               | --help           | displays command help
-n <node>        | --node <node>    | connect to node <node>
-t               | --timeout <n>    | for commands that support it, operation timeout in seconds
-q               | --quiet          | suppress informational messages
-s               | --silent         | suppress informational messages
                                    | and table header row
-p               | --vhost          | for commands that are scoped to a virtual host,
                 |                  | virtual host to use
                 | --formatter      | alternative result formatter to use if supported:
                 |                  | json, json_stream, pretty_table, table, csv, tsv
                 | --no-table-headers | leave the names of a table's columns out
                 | --dry-run        | say what would be done, and do nothing
                 | --data-dir <dir> | the node whose files are there
                 | --node-port <n>  | the node's port for tools, 25672 by default
                 | --cookie-file <f> | the cookie to use, ~/.leveret.cookie by default
"""


def usage(command: Command) -> str:
    """What rabbitmqctl prints below an error: how the command is written."""
    line = f"leveretctl [--node <node>] [--longnames] [--quiet] {command.usage}"
    return f"\n{BOLD}Usage{PLAIN}\n\n{line}"


def help_of(command: Command) -> str:
    parts = [f"{usage(command)}\n", f"{command.about.rstrip('.')}.\n"]
    if command.details:
        told = [f"{written}\n\t{meaning}\n" for written, meaning in command.details]
        parts.append("\n".join(["", f"{BOLD}Arguments and Options{PLAIN}\n", *told]))
    if command.columns:
        names_of = ", ".join(sorted(command.columns))
        parts.append(
            f"\n{BOLD}Arguments and Options{PLAIN}\n\n<column>\n\tmust be one of {names_of}\n"
        )
    parts.append(f"\n{BOLD}Example{PLAIN}\n\n{command.example}\n")
    parts.append(f"\n{BOLD}General Options{PLAIN}\n\n{GENERAL}")
    return "\n".join(parts)


def overview() -> str:
    """All commands, under RabbitMQ's headings."""
    commands = sorted(names.all_commands(), key=lambda command: command.name)
    width = max(len(command.name) for command in commands)
    lines = [
        f"\n{BOLD}Usage{PLAIN}\n",
        f"{LINE}\n",
        "Available commands:\n",
    ]
    for group in GROUPS:
        inside = [command for command in commands if command.group == group]
        if inside:
            rows = [f"   {command.name:<{width}}  {command.about}" for command in inside]
            lines += [f"{BOLD}{group}{PLAIN}:\n", *rows, ""]
    return "\n".join(
        [*lines, "Use 'leveretctl help <command>' to learn more about a specific command"]
    )
