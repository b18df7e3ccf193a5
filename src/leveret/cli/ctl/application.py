"""The node and its application: stopped, started, reset, suspended, ended."""

import contextlib
import os
import time

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import CLUSTER, NODES, OPERATIONS, Command, Given
from leveret.cli.ctl.output import print_value
from leveret.cli.ctl.refusals import Failed
from leveret.control import exits
from leveret.control.client import Overdue, Unreachable

LOOK_S = 0.02


def end(given: Given, asking: Asking) -> None:
    """Tell the node to end, and wait for its process where it is one of this machine."""
    process = asking.value(given.command.name)
    if given.options.get("wait", True) and asking.place.is_here and isinstance(process, int):
        _wait_gone(process, given.timeout_s)
    print_value(given, None, asking)


def _wait_gone(process: int, timeout_s: float | None) -> None:
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    with contextlib.suppress(ProcessLookupError, PermissionError):
        while True:
            os.kill(process, 0)
            if _is_zombie(process):
                return
            if deadline is not None and time.monotonic() > deadline:
                raise Overdue
            time.sleep(LOOK_S)


def _is_zombie(process: int) -> bool:
    """Whether it has ended, and whoever started it has not looked yet."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            # The name in parentheses may hold anything (proc(5)).
            return file.read().rpartition(b") ")[2].startswith(b"Z")
    except OSError:
        return False


def stop_waiting_for(given: Given, asking: Asking) -> None:
    """`stop` with a pid file waits for that process, as rabbitmqctl does."""
    pid_file = given.arguments.get("pidfile")
    process = None if pid_file is None else _process_of(str(pid_file))
    try:
        asking.value("stop")
    except Unreachable:
        if not given.options.get("idempotent"):
            raise
        print(f"Node {given.node} is no longer running", file=asking.out)
        return
    if process is not None:
        _wait_gone(process, given.timeout_s)
    print_value(given, None, asking)


def _process_of(pid_file: str) -> int:
    try:
        with open(pid_file) as file:
            return int(file.read())
    except (OSError, ValueError) as error:
        raise Failed(
            exits.UNAVAILABLE, f"Error:\ncannot read the pid file {pid_file}: {error}"
        ) from error


def refuse_rotation(_given: Given, _asking: Asking) -> None:
    raise Failed(
        exits.UNAVAILABLE, "Error:\nThis command does not rotate logs anymore [deprecated]"
    )


COMMANDS = (
    Command(
        name="force_reset",
        about="Forcefully returns a stopped node to its virgin state: no other node is told",
        group=CLUSTER,
        usage="force_reset",
        example="leveretctl force_reset",
        banner=lambda given: f"Forcefully resetting node {given.node} ...",
    ),
    Command(
        name="reset",
        about="Instructs a stopped node to leave its cluster and return to its virgin state",
        group=NODES,
        usage="reset",
        example="leveretctl stop_app && leveretctl reset && leveretctl start_app",
        banner=lambda given: f"Resetting node {given.node} ...",
    ),
    Command(
        name="resume_listeners",
        about="Resumes client connection listeners making them accept client connections again",
        group=OPERATIONS,
        usage="resume_listeners [--timeout <timeout>]",
        example="leveretctl resume_listeners",
        banner=lambda given: (
            f"Will resume client connection listeners on node {given.node}. "
            "The node will now accept client connections"
        ),
    ),
    Command(
        name="rotate_logs",
        about="Does nothing [deprecated]: logrotate may move the file away at any time",
        group=NODES,
        usage="rotate_logs [--timeout <timeout>]",
        example="leveretctl rotate_logs",
        run=refuse_rotation,
    ),
    Command(
        name="shutdown",
        about="Stops the node, and waits until its process has ended if it is one of this machine",
        group=NODES,
        usage="shutdown [--wait]",
        example="leveretctl shutdown",
        options={"wait": bool},
        details=(("--wait", "wait for the process to end (default); --no-wait does not"),),
        banner=lambda given: f"Shutting down Leveret node {given.node}",
        run=end,
    ),
    Command(
        name="start_app",
        about="Starts the application of a node that was stopped with stop_app",
        group=NODES,
        usage="start_app [--timeout <timeout>]",
        example="leveretctl start_app",
        banner=lambda given: f"Starting node {given.node} ...",
    ),
    Command(
        name="stop",
        about="Stops the node; with its pid file, waits until the process has ended",
        group=NODES,
        usage="stop [--idempotent] [<pidfile>]",
        example="leveretctl stop ~/.leveret/leveret@hare/node.pid",
        parameters=("pidfile?",),
        options={"idempotent": bool},
        details=(
            ("<pidfile>", "file with the number of the process to wait for"),
            ("--idempotent", "return success if the node is not running"),
        ),
        banner=lambda given: f"Stopping and halting node {given.node} ...",
        run=stop_waiting_for,
    ),
    Command(
        name="stop_app",
        about="Stops the application: all listeners but the node port; the node stays in reach",
        group=NODES,
        usage="stop_app [--timeout <timeout>]",
        example="leveretctl stop_app",
        banner=lambda given: f"Stopping leveret application on node {given.node} ...",
    ),
    Command(
        name="suspend_listeners",
        about="Suspends client connection listeners so that no new client connections are accepted",
        group=OPERATIONS,
        usage="suspend_listeners [--timeout <timeout>]",
        example="leveretctl suspend_listeners",
        banner=lambda given: (
            f"Will suspend client connection listeners on node {given.node}. "
            "The node will no longer accept client connections!"
        ),
    ),
)
