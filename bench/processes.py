"""A broker's process that can be ended, also in the middle, and started again on its files."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
STOP_S_MAX = 60.0  # A broker with millions of messages may have much to write at its end.
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
# File systems that are memory: what is written there survives nothing and costs nothing.
MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs", "devtmpfs"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a command-line tool printed, and the code it ended with."""

    code: int
    out: str
    err: str


def told_by(line: Sequence[str], environment: Mapping[str, str], s_max: float) -> Told:
    """By a tool that is run as a person does: it may be refused."""
    ended = subprocess.run(
        line, env=environment, check=False, capture_output=True, text=True, timeout=s_max
    )
    return Told(ended.returncode, ended.stdout, ended.stderr)


def wait_or_kill(process: subprocess.Popen[bytes], s_max: float) -> None:
    """It was told to end."""
    try:
        process.wait(s_max)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(frozen=True, slots=True)
class Command:
    """How a broker is started, and how long that may take.

    failed: the error to raise when it does not come up.
    """

    name: str
    line: tuple[str, ...]
    environment: Mapping[str, str]
    start_s_max: float
    failed: Callable[[str], Exception] = RuntimeError


class Server:
    """The process behind a port, one after the other on the same files."""

    def __init__(self, command: Command, port: int, output: Path) -> None:
        self.command = command
        self.port = port
        self.output = output
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.command.name} does not run"
        return self._process.pid

    def start(self, s_max: float = 0.0) -> float:
        """Start it, wait until it speaks AMQP (s_max: longer than usual); return the seconds."""
        started = time.monotonic()
        self.begin()
        self._wait_until_serving(started, s_max or self.command.start_s_max)
        return time.monotonic() - started

    def begin(self) -> None:
        """Start it and leave it to itself: it may have to wait for others."""
        assert self._process is None, f"{self.command.name} runs already"
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                self.command.line,
                env=self.command.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # An interrupt at the terminal must not end it before the block.
                start_new_session=True,
            )

    def send(self, number: signal.Signals) -> None:
        """To all that it has started, too."""
        os.killpg(self.pid, number)

    def stop(self) -> float:
        """Ask it to end, and wait; return the seconds that took."""
        started = time.monotonic()
        if self._process is not None:
            self._process.terminate()
            wait_or_kill(self._process, STOP_S_MAX)
            self._process = None
        return time.monotonic() - started

    def kill(self) -> None:
        """SIGKILL: nothing that it has not given to the system is kept."""
        assert self._process is not None, f"{self.command.name} does not run"
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _wait_until_serving(self, started: float, s_max: float) -> None:
        command = self.command
        assert self._process is not None
        while not answers_amqp(self.port):
            if self._process.poll() is not None:
                code = self._process.returncode
                raise command.failed(f"{command.name} ended with {code}: {tail(self.output)}")
            if time.monotonic() - started > s_max:
                silent = f"{command.name} is silent after {s_max:g} s"
                raise command.failed(f"{silent}: {tail(self.output)}")
            time.sleep(0.002)


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    """A started server, ended with the block."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def own_directory(prefix: str) -> Iterator[Path]:
    """A directory for a broker's files, where temporary files are; gone with the block."""
    home = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield home
    finally:
        remove(home)


def require_disk(*homes: Path) -> None:
    """Refuse what would compare brokers on different file systems, or on none that is a disk."""
    for home in homes:
        kind = file_system(home)
        if kind in MEMORY_FILE_SYSTEMS:
            raise RuntimeError(f"{home} is in memory ({kind}): set TMPDIR to a directory on a disk")
    if len({home.stat().st_dev for home in homes}) > 1:
        raise RuntimeError(f"not on one file system: {', '.join(map(str, homes))}")


def remove(directory: Path) -> None:
    """Take away all of it; what a dying process still writes there is waited for."""
    for _ in range(50):
        subprocess.run(["rm", "-rf", str(directory)], check=False, capture_output=True)
        if not directory.exists():
            return
        time.sleep(0.1)


def file_system(path: Path) -> str:
    """The kind of file system that a path is on, as the kernel's list of mounts has it."""
    best, kind = Path("/"), "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, found, *_ = line.split()
        mounted = Path(where)
        # A later mount hides an earlier one at the same place.
        if path.resolve().is_relative_to(mounted) and mounted.is_relative_to(best):
            best, kind = mounted, found
    return kind


def forget_cached(directory: Path) -> None:
    """What the files hold leaves the page cache, as if the machine had just been switched on."""
    for path in directory.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file():
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(descriptor)  # Only what is on the disk can be dropped.
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(descriptor)


def disk_bytes(directory: Path) -> int:
    """What the files below take on the disk."""
    total = 0
    for path in directory.rglob("*"):
        with contextlib.suppress(OSError):  # It may go while we look.
            total += path.lstat().st_blocks * 512
    return total


def answers_amqp(port: int) -> bool:
    """Whether connection.start comes back: a listener may open before its node is ready."""
    try:
        with socket.create_connection((HOST, port), timeout=5) as probe:
            probe.sendall(PROTOCOL_HEADER)
            return probe.recv(1) == b"\x01"
    except OSError:
        return False


# AMQP, HTTP, Prometheus and the node port of one that was told the first alone.
NODE_OFFSETS = (0, 10_000, 10_020, 20_000)
# Not the tests' own, which begins anew with each of them.
CHANCE = random.SystemRandom()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, from below those that the system gives to clients: a server
    that takes seconds to start finds its own still free."""
    found: set[int] = set()
    while len(found) < count:
        port = CHANCE.randrange(20_000, 32_000)
        if is_free(port):
            found.add(port)
    return list(found)


def free_node_port() -> int:
    """For a node's AMQP: those that it takes beside this one are free as well, and as low."""
    while True:
        port = CHANCE.randrange(10_000, 12_000)
        if all(is_free(port + offset) for offset in NODE_OFFSETS):
            return port


def is_free(port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as probe:
        probe.bind((HOST, port))
        return True
    return False


def tail(output: Path) -> str:
    return output.read_text(errors="replace")[-2000:]
