"""`--detached`: the node goes to the background, and the command waits until it is up.

    command ---fork---> node: own session, log to leveret.log
       |                 |
       |   <---pipe---   "up", or the reason why not, or nothing if it died
    reports, exits

The fork comes before the event loop and before any thread, so nothing is shared but the pipe.
"""

import json
import logging
import os
import select
import signal
from collections.abc import Callable
from pathlib import Path

from leveret.config import Listener, Settings
from leveret.data_directory import LOG_FILE, DataDirectory
from leveret.errors import StartRefused

log = logging.getLogger("leveret")

UP = "up"
# A start takes a fraction of a second; this is for a machine on its knees.
START_S_MAX = 60

# Runs the node; calls the function it is given once the node accepts connections.
Run = Callable[[Callable[[], None]], None]


def detach(settings: Settings, run: Run) -> str:
    """Start the node in the background; what to tell the person once it accepts connections."""
    assert settings.data_dir is not None
    files = DataDirectory(settings.data_dir)
    files.prepare()
    log_file = settings.data_dir / LOG_FILE
    output = _open_log(log_file)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _become_background(output)
        _run_and_report(run, writing)
    os.close(writing)
    os.close(output)
    answer = _wait_answer(reading)
    if answer is None:
        os.kill(pid, signal.SIGKILL)
        raise StartRefused(f"the node was not up after {START_S_MAX} s; see {log_file}")
    if answer != UP:
        raise StartRefused(answer or f"the node ended before it was up; see {log_file}")
    listeners = json.loads(files.report_file.read_text())["listeners"]
    if not listeners:
        return (
            f"{settings.node} waits for the other nodes of its cluster "
            f"(process {pid}, log {log_file})"
        )
    where = ", ".join(str(Listener(**each)) for each in listeners)
    return f"{settings.node} listens on {where} (process {pid}, log {log_file})"


def _open_log(log_file: Path) -> int:
    try:
        return os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise StartRefused(f"cannot write the log {log_file}: {error.strerror}") from error


def _become_background(output: int) -> None:
    os.setsid()
    os.chdir("/")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    os.close(output)


def _run_and_report(run: Run, writing: int) -> None:
    """Never returns: the forked process must not go on as if it were the command."""
    exit_code = 1

    is_told = False

    def report(answer: str) -> None:
        """Once: a node that has said that it waits for others may be up some day."""
        nonlocal is_told
        if not is_told:
            is_told = True
            os.write(writing, answer.encode())
            os.close(writing)

    try:
        run(lambda: report(UP))
        exit_code = 0
    except StartRefused as refused:
        report(str(refused))
    except Exception:
        log.exception("the node failed")
    finally:
        os._exit(exit_code)


def _wait_answer(reading: int) -> str | None:
    """What the node said before it closed the pipe; None when it kept silent for too long."""
    answer = b""
    while select.select([reading], [], [], START_S_MAX)[0]:
        chunk = os.read(reading, 4096)
        if not chunk:
            return answer.decode()
        answer += chunk
    return None
