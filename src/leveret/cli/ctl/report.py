"""`leveretctl report`: what somebody who is to help wants to know of a node, without its secrets.

As rabbitmqctl's it is what other commands print, one after the other; with --file each goes into a
file of its own in an archive. Rule: nothing leaves it unmasked (masking.py), and a part that cannot
be had says why and is no reason to leave out the others.
"""

import io
import os
import tarfile
import time
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from leveret.cli.ctl import names
from leveret.cli.ctl.asking import Asking, NodeRefused
from leveret.cli.ctl.command import MONITORING, ArgumentsRefused, Command, Given
from leveret.cli.ctl.masking import masked
from leveret.cli.ctl.output import tell
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits

# As in rabbitmqctl's report, and the end of the log.
OF_THE_NODE = (
    "status",
    "cluster_status",
    "environment",
    "list_connections",
    "list_channels",
    "list_users",
    "list_vhosts",
    "list_global_parameters",
    "log_tail",
)
OF_A_VHOST = (
    "list_queues",
    "list_exchanges",
    "list_bindings",
    "list_consumers",
    "list_permissions",
    "list_policies",
    "list_operator_policies",
    "list_parameters",
    "list_vhost_limits",
)


class Part(NamedTuple):
    """What one command printed. name: of its file."""

    name: str
    text: str


def report(given: Given, asking: Asking) -> None:
    """Print it, or write it into an archive."""
    file = given.options.get("file")
    vhosts = _vhosts(asking)
    parts = _parts(given, vhosts)
    if isinstance(file, str):
        _write(file, parts)
        print(f"The report is in {file}", file=asking.out)
        return
    for part in parts:
        print(part.text, file=asking.out)


def _vhosts(asking: Asking) -> list[str]:
    _columns, rows = asking.listing("list_vhosts", {"columns": ["name"]})
    return [str(name) for (name,) in rows]


def _parts(given: Given, vhosts: list[str]) -> Iterator[Part]:
    for command in _known(OF_THE_NODE):
        yield Part(command.name, _printed(given, command))
    for number, vhost in enumerate(vhosts, 1):
        for command in _known(OF_A_VHOST):
            # A vhost may be called anything, a file may not.
            yield Part(f"vhost-{number}/{command.name}", _printed(given, command, vhost))


def _known(wanted: tuple[str, ...]) -> Iterator[Command]:
    for name in wanted:
        command = names.find(name)
        if command is not None:
            yield command


def _printed(given: Given, command: Command, vhost: str | None = None) -> str:
    """What a command prints where nobody watches."""
    out = io.StringIO()
    same = msgspec.structs.replace(
        given,
        command=command,
        words=[],
        options={},
        vhost=vhost,
        is_quiet=False,
        is_silent=False,
        formatter=None,
        timeout_s=given.timeout_s or command.timeout_s,
    )
    asking = Asking(same, out)
    try:
        (command.run or tell)(same, asking)
    except (NodeRefused, ArgumentsRefused) as error:
        out.write(f"{error}\n")
    finally:
        asking.close()
    return masked(out.getvalue())


def _write(file: str, parts: Iterator[Part]) -> None:
    """Only its owner may read it: even without secrets it is nobody else's business."""
    directory = f"leveret-report-{time.strftime('%Y%m%d-%H%M%S')}"
    try:
        with (
            open(file, "xb", opener=_private) as target,
            tarfile.open(fileobj=target, mode="w:gz") as archive,
        ):
            for part in parts:
                octets = part.text.encode(errors="surrogateescape")
                entry = tarfile.TarInfo(f"{directory}/{part.name}.txt")
                entry.size, entry.mtime, entry.mode = len(octets), int(time.time()), 0o600
                archive.addfile(entry, io.BytesIO(octets))
    except OSError as error:
        raise Failed(exits.SOFTWARE, f"Error:\ncannot write {file}: {error.strerror}") from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


COMMANDS = (
    Command(
        name="report",
        about="Generate a server status report containing a concatenation of all server status "
        "information for support purposes",
        group=MONITORING,
        usage="report [--file <file>]",
        example="leveretctl report --file report.tar.gz",
        options={"file": str},
        details=(
            (
                "--file <file>",
                "write an archive instead; secrets are masked in either form",
            ),
        ),
        timeout_s=60,
        banner=lambda given: f"Reporting server status of node {given.node} ...\n",
        run=report,
    ),
)
