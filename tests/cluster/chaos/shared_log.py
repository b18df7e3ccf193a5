"""Three nats-servers and three writers of one log: nothing that a writer called safe is lost.

A node is two processes in one namespace: the engine (a nats-server) and the broker (writing.py).
There are no queues here, so the promises are judged where they must come from, in the log itself:

1. what was said to be safe is in it (the checker, with the log's records as deliveries);
3. the records of a reign are in order, each once, without holes;
4. a reign that another one has followed writes nothing any more.

The second promise is about acks; settle records are records like others.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.processes import own_directory, tail

from leveret.cluster.nats.naming import server_of, tags_of
from tests.cluster.chaos.checker import Promise, Violation, check
from tests.cluster.chaos.disks import Disk
from tests.cluster.chaos.driving import WARM_S, Outcome, perform
from tests.cluster.chaos.history import (
    Confirmed,
    Delivered,
    Drained,
    Faulted,
    History,
    Message,
    message_of,
)
from tests.cluster.chaos.places import Network, Place, in_namespaces, on_loopback
from tests.cluster.chaos.schedule import Part, Schedule
from tests.cluster.chaos.writing import RECORD, endpoint, opened
from tests.cluster.nats.servers import CONF, program

# Or hasty.py, which lies.
WRITER = "tests.cluster.chaos.writing"
ROOT = Path(__file__).parents[3]
PORT, HTTP_PORT, ROUTE_PORT = 14222, 18222, 25673
STOP_S_MAX = 15.0
# After the last fault: an election, and what was in flight becomes safe.
SETTLE_S = 12.0
READ_S_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Trial:
    """writer: the module that writes, as a program. seed: of what it does when.

    is_on_loopback: no network to break and no disks to fill, and root is not needed.
    """

    seed: int
    writer: str = WRITER
    is_on_loopback: bool = False


class Process:
    """One command in one place, again and again on the same files."""

    def __init__(
        self, place: Place, command: tuple[str, ...], output: Path, *, is_heard: bool = False
    ) -> None:
        self._command = (*place.prefix, *command)
        self._output = output
        self._is_heard = is_heard
        self.running: subprocess.Popen[str] | None = None

    def start(self) -> subprocess.Popen[str]:
        assert self.running is None, self._command
        with self._output.open("ab") as output:
            said = subprocess.PIPE if self._is_heard else output
            self.running = subprocess.Popen(
                self._command, stdout=said, stderr=output, text=True, cwd=ROOT
            )
        return self.running

    def send(self, number: signal.Signals) -> None:
        if self.running is not None:
            self.running.send_signal(number)

    def end(self, number: signal.Signals) -> None:
        if self.running is None:
            return
        self.running.send_signal(number)
        try:
            self.running.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()
        self.running = None


class Node:
    """An engine, and a broker that writes."""

    def __init__(self, place: Place, home: Path, history: History, trial: Trial) -> None:
        self.place = place
        self.output = home / f"{place.number}.output"
        self._history = history
        engine = (str(program()), "-c", str(home / f"{place.number}.conf"))
        self._engine = Process(place, engine, self.output)
        self.disk = Disk(home / f"{place.number}.disk")
        told = (f"node{place.number}", place.address, str(PORT), f"{trial.seed}{place.number}")
        broker = (sys.executable, "-m", trial.writer, *told)
        self._broker = Process(place, broker, self.output, is_heard=True)
        self._ears: list[threading.Thread] = []

    def parts(self, part: Part) -> list[Process]:
        of = {Part.ENGINE: [self._engine], Part.BROKER: [self._broker]}
        return of.get(part, [self._broker, self._engine])

    def start(self, part: Part) -> None:
        for each in reversed(self.parts(part)):
            process = each.start()
            if each is self._broker:
                ear = threading.Thread(target=self._hear, args=(process,))
                ear.start()
                self._ears.append(ear)

    def _hear(self, process: subprocess.Popen[str]) -> None:
        """All it says, up to its end; the last line of one that was killed may be half a line."""
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                if line.endswith("\n"):
                    self._history.tell(Confirmed(message_of(line.rstrip())))

    def end(self) -> None:
        for each in self.parts(Part.NODE):
            each.send(signal.SIGCONT)
            each.end(signal.SIGKILL)
        self.listen_out()

    def listen_out(self) -> None:
        for ear in self._ears:
            ear.join()


class LogCluster:
    """The three nodes. A Cluster, as driving.py has it."""

    def __init__(self, home: Path, history: History, trial: Trial, network: Network | None) -> None:
        self.network = network
        places = network.places if network else on_loopback(3)
        self.nodes = {place.number: Node(place, home, history, trial) for place in places}
        for place in places:
            conf = conf_of(place, places, home)
            (home / f"{place.number}.conf").write_text(conf)

    def kill(self, node: int, part: Part) -> None:
        for each in self.nodes[node].parts(part):
            each.end(signal.SIGKILL)

    def stop(self, node: int, part: Part) -> None:
        for each in self.nodes[node].parts(part):
            each.end(signal.SIGTERM)

    def start(self, node: int, part: Part) -> None:
        self.nodes[node].start(part)

    def freeze(self, node: int, part: Part) -> None:
        for each in self.nodes[node].parts(part):
            each.send(signal.SIGSTOP)

    def thaw(self, node: int, part: Part) -> None:
        for each in self.nodes[node].parts(part):
            each.send(signal.SIGCONT)

    def fill_disk(self, node: int) -> None:
        self.nodes[node].disk.fill()

    def empty_disk(self, node: int) -> None:
        self.nodes[node].disk.empty()

    def wait_until_written(self, history: History) -> None:
        until = time.monotonic() + READ_S_MAX
        while not history.events:
            if time.monotonic() > until:
                raise RuntimeError(f"nothing was written: {tail(self.nodes[1].output)}")
            time.sleep(0.1)

    def stop_writing(self) -> None:
        for node in self.nodes.values():
            for each in node.parts(Part.BROKER):
                each.end(signal.SIGKILL)
            node.listen_out()


def conf_of(place: Place, places: tuple[Place, ...], home: Path) -> str:
    routes = ", ".join(f'"nats-route://{each.address}:{ROUTE_PORT}"' for each in places)
    name = f"node{place.number}"
    tags = ", ".join(f'"{tag}"' for tag in tags_of((name,)))
    return CONF.format(
        server=server_of(name, 1),
        host=place.address,
        port=PORT,
        http=HTTP_PORT,
        route=ROUTE_PORT,
        store=home / f"{place.number}.disk" / "store",
        tags=f"[{tags}]",
        routes=f"[{routes}]",
    )


@contextlib.contextmanager
def log_cluster(history: History, trial: Trial) -> Iterator[LogCluster]:
    with contextlib.ExitStack() as stack:
        network = None if trial.is_on_loopback else stack.enter_context(in_namespaces(3))
        home = stack.enter_context(own_directory("chaos-log-"))
        cluster = LogCluster(home, history, trial, network)
        for node in cluster.nodes.values():
            if network:
                stack.callback(node.disk.unmount)
                node.disk.mount()
            stack.callback(node.end)
            node.start(Part.NODE)
        cluster.wait_until_written(history)
        yield cluster


def play_log(schedule: Schedule, writer: str = WRITER, *, is_on_loopback: bool = False) -> Outcome:
    """On new servers: what is in the log at the end is all that ever was."""
    history = History()
    with log_cluster(history, Trial(schedule.seed, writer, is_on_loopback)) as cluster:
        time.sleep(WARM_S)
        perform(cluster, schedule, history)
        time.sleep(SETTLE_S)
        cluster.stop_writing()
        copies = [read_through(node.place, history) for node in cluster.nodes.values()]
    for message in copies[0] or ():
        history.tell(Delivered(message, "log"))
    if None not in copies:
        history.tell(Drained())
    found = [*check(history.events), *judge(copies[0] or ()), *compare(copies)]
    return Outcome(schedule, found, history)


def read_through(place: Place, history: History) -> list[Message] | None:
    """All of the log, as a node beside that server sees it."""
    try:
        return asyncio.run(asyncio.wait_for(_read(place), READ_S_MAX))
    except TimeoutError:
        history.tell(Faulted(history.now_s(), f"nothing to be read at {place.address}"))
        return None


async def _read(place: Place) -> list[Message]:
    logs, log = await opened(f"reader{os.getpid()}", endpoint(place.address, PORT))
    try:
        fence = await log.take_over()
        records = [record async for record in log.read(1, fence) if record.kind == RECORD]
    finally:
        await logs.close()
    return [message_of(record.octets.decode()) for record in records]


def judge(messages: Iterable[Message]) -> Iterator[Violation]:
    """The log itself: one reign after the other, each counting up from 1."""
    over: set[str] = set()
    line, ordinal = "", 0
    for message in messages:
        if message.line != line:
            over.add(line)
            line, ordinal = message.line, 0
            if line in over:
                yield Violation(Promise.TWO_SERVE, f"{message} behind another reign")
                continue
        if message.ordinal != ordinal + 1:
            yield Violation(Promise.DISORDER, f"{message} came behind {ordinal}")
        ordinal = message.ordinal


def compare(copies: list[list[Message] | None]) -> Iterator[Violation]:
    """Whoever reads it reads the same."""
    first, *others = copies
    for number, other in enumerate(others, start=2):
        if other != first and None not in (first, other):
            yield Violation(Promise.LOST, f"node {number} reads another log than node 1")
