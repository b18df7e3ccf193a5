"""Waiting for a node to be up."""

import os
import time

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import NODES, ArgumentsRefused, Command, Given
from leveret.cli.ctl.output import print_value
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits
from leveret.control.client import Lost, Overdue, Unreachable

LOOK_S = 0.1
STARTUP_S = 300.0
WAIT_S = 10.0


def await_startup(given: Given, asking: Asking) -> None:
    """Until the application runs. A node that cannot be reached is coming up, perhaps."""
    deadline = time.monotonic() + (given.timeout_s or STARTUP_S)
    _wait_running(asking, deadline)
    print_value(given, None, asking)


def _wait_running(asking: Asking, deadline: float) -> None:
    while not _is_running(asking):
        if time.monotonic() > deadline:
            raise Overdue
        time.sleep(LOOK_S)


def _is_running(asking: Asking) -> bool:
    try:
        return asking.value("state") == "running"
    except (Unreachable, Lost):
        asking.forget()
        return False


def check_wait(given: Given) -> None:
    pid_file, process = given.arguments.get("pidfile"), given.options.get("pid")
    if pid_file is None and process is None:
        raise ArgumentsRefused('"No pid or pidfile specified"')
    if pid_file is not None and process is not None:
        raise ArgumentsRefused('"Cannot specify both pid and pidfile"')


def wait(given: Given, asking: Asking) -> None:
    """Until the process whose number is given, or stands in a file, serves clients."""
    deadline = time.monotonic() + (given.timeout_s or WAIT_S)
    process = given.options.get("pid")
    if process is None:
        process = _appearing(str(given.arguments["pidfile"]), given, asking, deadline)
    assert isinstance(process, int)
    _say(given, asking, f"Waiting for node '{given.node}' while process {process} is running")
    while not _is_running(asking):
        if not _is_alive(process):
            raise Failed(exits.UNAVAILABLE, "Error:\nprocess_not_running")
        if time.monotonic() > deadline:
            raise Overdue
        time.sleep(LOOK_S)
    _say(given, asking, f"Node '{given.node}' is up and serves clients")


def _appearing(pid_file: str, given: Given, asking: Asking, deadline: float) -> int:
    _say(given, asking, f"Waiting for pid file '{pid_file}' to appear")
    while True:
        try:
            with open(pid_file) as file:
                process = int(file.read())
        except (OSError, ValueError):
            if time.monotonic() > deadline:
                raise Overdue from None
            time.sleep(LOOK_S)
        else:
            _say(given, asking, f"pid is {process}")
            return process


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _say(given: Given, asking: Asking, sentence: str) -> None:
    if not (given.is_quiet or given.is_silent):
        print(sentence, file=asking.out, flush=True)


COMMANDS = (
    Command(
        name="await_startup",
        about="Waits for the application to start on the target node",
        group=NODES,
        usage="await_startup [--timeout <timeout>]",
        example="leveretctl await_startup --timeout 60",
        timeout_s=STARTUP_S,
        run=await_startup,
    ),
    Command(
        name="wait",
        about="Waits for a node's startup by its process or its pid file",
        group=NODES,
        usage="wait [<pidfile>] [--pid|-P <pid>] [--timeout <timeout>]",
        example="leveretctl wait ~/.leveret/leveret@hare/node.pid",
        parameters=("pidfile?",),
        options={"pid": int},
        letters={"P": "pid"},
        details=(
            ("<pidfile>", "file with the number of the node's process"),
            ("--pid <pid>", "number of the node's process"),
        ),
        timeout_s=WAIT_S,
        check=check_wait,
        run=wait,
    ),
)
