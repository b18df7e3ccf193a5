"""One run of nats-server: a child of this process, its signals, what it says.

Its output comes through a pipe of which it has both ends: were ours the only reading end, then its
first line after our death would end it by SIGPIPE, before it has handed over what it leads.

Rule: of one directory there is one engine at a time. The lock that it holds says so, and which
process it is: one that has outlived its node (where the kernel does not see to that) is ended here.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final

from leveret.cluster.engine.log_lines import LogLine, read_line
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.cluster.engine.plan import Plan

LAUNCH: Final = Path(__file__).with_name("launch.py")
# It hands over what it leads, and syncs: some 100 ms on a quiet machine.
TERMINATE_S: Final = 15.0
KEPT: Final = ("PATH", "TMPDIR", "GOMAXPROCS")
LINE_BYTES_MAX: Final = 16 * 1024
LAST_WORDS: Final = 5
_LOOK_EVERY_S: Final = 0.05


class Child:
    """A nats-server that was started. exit_code: None while it runs; less than 0 by a signal."""

    def __init__(self, process: asyncio.subprocess.Process, output: Output) -> None:
        self.pid = process.pid
        self._process = process
        self._output = output

    @classmethod
    async def spawn(cls, program: Path, plan: Plan, hear: Callable[[LogLine], None]) -> Child:
        """Raises OSError."""
        reading, writing = os.pipe()
        output = Output(hear)
        try:
            pipe = await _hear_pipe(reading, output)
            try:
                process = await _spawn(program, plan, reading, writing)
            except BaseException:
                pipe.close()
                raise
        finally:
            os.close(writing)
        return cls(process, output)

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    @property
    def last_words(self) -> str:
        """What it complained about last."""
        return "; ".join(self._output.complaints)

    async def wait(self) -> int:
        """Until it has ended, and all that it said is heard."""
        code = await self._process.wait()
        await self._output.ended.wait()
        return code

    def reload(self) -> None:
        """Have it read its configuration again."""
        self._signal(signal.SIGHUP)

    async def end(self) -> None:
        """As gracefully as it can, in the time it has. Whoever waits for that no longer kills it:
        an event loop cannot be closed before its children have ended."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(TERMINATE_S):
                await self.wait()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.wait()
        except asyncio.CancelledError:
            self.kill()
            raise

    def kill(self) -> None:
        """At once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)


class Output(asyncio.Protocol):
    """What it says, as lines. complaints: the last ones that were more than everyday talk."""

    def __init__(self, hear: Callable[[LogLine], None]) -> None:
        self.ended = asyncio.Event()
        self.complaints: deque[str] = deque(maxlen=LAST_WORDS)
        self._hear = hear
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LINE_BYTES_MAX:
            lines.append(self._rest)
            self._rest = b""
        for each in lines:
            self._take(each)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._take(self._rest)
        self.ended.set()

    def _take(self, octets: bytes) -> None:
        line = read_line(octets)
        if line is None:
            return
        if line.is_complaint:
            self.complaints.append(line.text)
        self._hear(line)


async def _hear_pipe(reading: int, output: Output) -> asyncio.ReadTransport:
    pipe = open(reading, "rb", buffering=0)  # noqa: ASYNC230, SIM115  # the transport closes it
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: output, pipe)
    return transport


async def _spawn(
    program: Path, plan: Plan, reading: int, writing: int
) -> asyncio.subprocess.Process:
    """Raises OSError."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid())),
        *(str(plan.lock_file), str(program), "-c", str(plan.conf_file)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=writing,
        stderr=writing,
        pass_fds=(reading,),
        # Neither our secrets in its environment, nor the terminal's Ctrl-C for it.
        env=environment(),
        start_new_session=True,
    )


def environment() -> dict[str, str]:
    """What it has of ours; and on how many cores it works at once, unless the node was told that
    itself: on half of them. On two, one is the broker's, and hundreds of idle logs cost an engine
    that looks for work on both almost twice as much."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {"GOMAXPROCS": str(max(1, (os.cpu_count() or 1) // 2))} | kept


async def end_orphan(lock_file: Path) -> int | None:
    """End the engine that is left from a node that is no more; which process it was.

    Raises StartRefused when it does not end.
    """
    orphan = _holder_of(lock_file)
    if orphan is None:
        return None
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(orphan, number)
        if await _is_let_go(lock_file):
            return orphan
    raise StartRefused(f"nats-server of an earlier start (process {orphan}) does not end")


async def _is_let_go(lock_file: Path) -> bool:
    try:
        async with asyncio.timeout(TERMINATE_S):
            while _holder_of(lock_file) is not None:  # noqa: ASYNC110  # it is no child of ours
                await asyncio.sleep(_LOOK_EVERY_S)
    except TimeoutError:
        return False
    return True


def _holder_of(lock_file: Path) -> int | None:
    """The process that has the lock. Raises StartRefused when it cannot be known."""
    try:
        lock = os.open(lock_file, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(lock, 20, 0)
        if not written.isdigit():
            raise StartRefused(f"another start of nats-server is under way ({lock_file})") from None
        return int(written)
    finally:
        os.close(lock)
    return None
