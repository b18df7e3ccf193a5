"""Every way in which a command can fail: what is printed on stderr, what it ends with."""

import os

from leveret.cli.ctl import help  # noqa: A004  # it is about help
from leveret.cli.ctl.asking import Asking, NodeRefused
from leveret.cli.ctl.command import ArgumentsRefused, Command
from leveret.control import exits
from leveret.control.client import Lost, Overdue, Unreachable, WrongCookie
from leveret.control.cookie import COOKIE_FILE, CookieRefused, find_cookie, hash_of
from leveret.control.messages import APP_RUNNING, APP_STOPPED

ADVICE = {
    APP_STOPPED: "Start it with 'leveretctl start_app'.",
    APP_RUNNING: "Stop it with 'leveretctl stop_app'.",
}

UNREACHABLE = """\
Error: unable to perform an operation on node '{node}'. \
Please see diagnostics information and suggestions below.

Most common reasons for this are:

 * Target node is unreachable (e.g. due to hostname resolution, TCP connection or firewall issues)
 * CLI tool fails to authenticate with the server (e.g. due to CLI tool's cookie not matching that \
of the server)
 * Target node is not running

In addition to the diagnostics info below:

 * See docs/leveretctl.md to learn how a node is found
 * Consult server logs on node {node}

DIAGNOSTICS
===========

attempted to contact: [{node}]

{node}:
{diagnostics}

Current node details:
 * effective user's home directory: {home}
 * cookie hash: {cookie_hash}
"""


class Failed(Exception):
    """A command's own last word: printed as it is, and its exit code."""

    def __init__(self, exit_code: int, text: str) -> None:
        super().__init__(text)
        self.exit_code = exit_code


FAILURES = (
    Failed, NodeRefused, Overdue, Unreachable, WrongCookie, CookieRefused, Lost
)  # fmt: skip


def refused_arguments(
    command: Command, words: list[str], refused: ArgumentsRefused
) -> tuple[int, str]:
    told = f"Error (argument validation): {refused}\nArguments given:\n\t{' '.join(words)}"
    return refused.exit_code, f"{told}\n{help.usage(command)}"


def refused(error: Exception, asking: Asking) -> tuple[int, str]:
    """Exit code and text for one of FAILURES."""
    given = asking.given
    match error:
        case Failed():
            return error.exit_code, str(error)
        case NodeRefused(refused=answer) if answer.needs:
            told = f"Error: {answer.text} {ADVICE[answer.needs]}"
            line = f"Arguments given:\n\t{' '.join(given.line)}"
            return answer.exit_code, f"{told}\n{line}\n{help.usage(given.command)}"
        case NodeRefused(refused=answer):
            return answer.exit_code, answer.text
        case Overdue():
            milliseconds = int((given.timeout_s or 0) * 1000)
            return exits.TIMED_OUT, (
                f"Error: operation {given.command.name} on node {given.node} timed out. "
                f"Timeout value used: {milliseconds}"
            )
        case _:
            return exits.UNAVAILABLE, unreachable(error, asking)


def unreachable(error: Exception, asking: Asking) -> str:
    """What is wrong, what is usually wrong, and what was tried."""
    found = "\n".join(f"  * {line}" for line in _diagnostics(error, asking))
    home = os.path.expanduser("~")  # pathlib costs start-up time
    return UNREACHABLE.format(
        node=asking.given.node, diagnostics=found, home=home, cookie_hash=_cookie_hash(asking)
    )


def _diagnostics(error: Exception, asking: Asking) -> list[str]:
    try:
        place = asking.place
    except Unreachable:
        return [str(error), "suggestion: start the node"]
    where = f"node port {place.port} on {place.host}"
    match error:
        case WrongCookie():
            return [
                f"connected to {where}",
                "authentication failed: the cookie here is not the node's",
                f"suggestion: copy the node's {COOKIE_FILE} here, or name one: --cookie-file",
            ]
        case CookieRefused():
            return [str(error)]
        case Lost():
            return [f"connected to {where}", f"the connection ended: {error}"]
        case _:
            return [f"unable to connect to {where}: {error}", "suggestion: start the node"]


def _cookie_hash(asking: Asking) -> str:
    try:
        return hash_of(find_cookie(os.environ, asking.given.cookie_file))
    except CookieRefused as error:
        return f"none, {error}"


def unknown(name: str, known: list[str]) -> str:
    """What is said of a command that there is not."""
    from difflib import get_close_matches  # noqa: PLC0415  # costs start-up time

    nearest = get_close_matches(name, known, n=1, cutoff=0.7)
    said = f"\nCommand '{name}' not found. \n"
    if nearest:
        return f"{said}Did you mean '{nearest[0]}'? \n"
    return f"{said}{help.overview()}"
