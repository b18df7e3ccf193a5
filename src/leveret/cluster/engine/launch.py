"""What runs between our fork and nats-server: `python launch.py NODE_PID LOCK_FILE COMMAND...`

It becomes the engine: takes the lock that says that there is one, has itself ended when its node
ends, may open as many files as the machine allows, and goes over into nats-server. All of this
outlives exec; doing it in a process of its own spares the node a fork that runs Python.

Rule: imports nothing of ours, and goes with `python -I -S`: in 15 ms.
"""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import sys

# Two for each replica of a log; 2,000 of them, and connections.
FILES_WANTED = 65_536
EXIT_TAKEN = 75
EXIT_ORPHANED = 76

_PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Never returns."""
    node, lock_file, *command = argv
    end_with(int(node))
    claim(lock_file)
    raise_file_limit()
    os.execv(command[0], command)  # noqa: S606  # that is what it is for


def end_with(node: int) -> None:
    """Be told to end, as if by the node, when the node ends. Linux; elsewhere see child.py."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  # where it is of use

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != node:
            sys.exit(EXIT_ORPHANED)


def claim(lock_file: str) -> None:
    """Take the lock, for as long as this process lives, and write into it which process it is."""
    lock = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(EXIT_TAKEN)
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    os.set_inheritable(lock, True)


def raise_file_limit() -> None:
    """To what is wanted where that may be, else as far as it goes."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        most = hard if hard == resource.RLIM_INFINITY else max(hard, FILES_WANTED)
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_WANTED, most))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main(sys.argv[1:])
