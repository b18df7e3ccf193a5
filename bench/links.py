"""What a link between two nodes carries, and what sealing costs it: two processes, loopback.

    python -m bench.links [SECONDS]

Three ways of sealing: blocks of what gathers in a turn (what the links do), each frame by itself,
and tags that are no tags. Rates depend on the machine; their ratios are what was asked for.
"""

import asyncio
import contextlib
import functools
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from leveret.cluster.links import connection
from leveret.cluster.links.link import PeerLink
from leveret.cluster.links.links import NodeLinks
from leveret.cluster.links.peer import Home
from leveret.control import wire
from leveret.control.server import ControlServer
from leveret.node import new_event_loop

COOKIE: Final = b"of the benchmark"
HOST: Final = "127.0.3.20"
KIND: Final = 16
FRAME: Final = bytes(1024)
FRAME_WITH_HEAD: Final = len(FRAME) + 9
SECONDS: Final = 3.0
IN_FLIGHT: Final = 64


def seal_blocks() -> None:
    """As the links do."""


def seal_frames() -> None:
    connection.BLOCK_OCTETS_MAX = FRAME_WITH_HEAD  # type: ignore[misc]


def seal_nothing() -> None:
    wire._tag = lambda _key, _count, _body: bytes(32)


SEALINGS: Final = {
    "blocks": seal_blocks, "frames": seal_frames, "no tags": seal_nothing,
}  # fmt: skip


async def be_peer() -> None:
    """The other process: counts frames, answers calls, says its port."""
    links = NodeLinks(Home("peer", COOKIE, {}.get))
    seen = [0]

    def count(_peer: str, _stream: int, _octets: bytes) -> None:
        seen[0] += 1

    async def tell(_peer: str, _body: bytes) -> bytes:
        return json.dumps([seen[0], time.process_time()]).encode()

    links.receive(KIND, count)
    links.serve("seen", tell)
    server = ControlServer(None, COOKIE, links.welcome)  # type: ignore[arg-type]
    listening = socket.create_server((HOST, 0))
    await server.serve([listening])
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


@dataclass(frozen=True)
class Sent:
    """Frames a second, and what one takes of each end's processor."""

    rate: float
    sender_us: float
    receiver_us: float


async def push(link: PeerLink, seconds: float) -> Sent:
    """One way, as the peer has counted them."""
    room = asyncio.Event()
    before = json.loads(await link.call("seen", b"", 60))
    begun, begun_busy_s = time.perf_counter(), time.process_time()
    while time.perf_counter() - begun < seconds:
        for _ in range(64):
            link.send(KIND, 1, FRAME)
        if link.is_behind:
            room.clear()
            link.when_writable(room.set)
            await room.wait()
    after = json.loads(await link.call("seen", b"", 60))
    took_s, busy_s = time.perf_counter() - begun, time.process_time() - begun_busy_s
    frames, peer_busy_s = (new - old for new, old in zip(after, before, strict=True))
    return Sent(frames / took_s, busy_s / frames * 1e6, peer_busy_s / frames * 1e6)


async def ask(link: PeerLink, seconds: float, in_flight: int) -> list[float]:
    """How long each call took."""
    took: list[float] = []
    until = time.perf_counter() + seconds

    async def go_on() -> None:
        while (begun := time.perf_counter()) < until:
            await link.call("seen", FRAME, 60)
            took.append(time.perf_counter() - begun)

    await asyncio.gather(*(go_on() for _ in range(in_flight)))
    return sorted(took)


@contextlib.contextmanager
def peer_process(sealing: str) -> Iterator[int]:
    """The other process, and its port."""
    line = [sys.executable, "-m", "bench.links", "peer", sealing]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        try:
            yield int(child.stdout.readline())
        finally:
            child.kill()


async def measure(sealing: str, port: int, seconds: float) -> None:
    links = NodeLinks(Home("measured", COOKIE, {"peer": (HOST, port)}.get))
    link = links.to("peer")
    await link.wait_up(10)
    sent = await push(link, seconds)
    sys.stdout.write(
        f"{sealing:8} {sent.rate:10,.0f} frames/s one way;"
        f" {sent.sender_us:.1f} us of the processor to send, {sent.receiver_us:.1f} us to receive\n"
    )
    for in_flight in (1, IN_FLIGHT):
        took = await ask(link, seconds, in_flight)
        middle, slow = (took[int(len(took) * part)] * 1000 for part in (0.5, 0.99))
        sys.stdout.write(
            f"{sealing:8} {len(took) / seconds:10,.0f} calls/s, {in_flight} in flight;"
            f" p50 {middle:.2f} ms, p99 {slow:.2f} ms\n"
        )
    await links.close()


def run(make: Callable[[], object]) -> None:
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(make())  # type: ignore[arg-type]


if __name__ == "__main__":
    if sys.argv[1:2] == ["peer"]:
        SEALINGS[sys.argv[2]]()
        run(be_peer)
    else:
        measured_s = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
        block_octets = connection.BLOCK_OCTETS_MAX
        for name, choose in SEALINGS.items():
            connection.BLOCK_OCTETS_MAX = block_octets  # type: ignore[misc]
            choose()
            with peer_process(name) as peer_port:
                run(functools.partial(measure, name, peer_port, measured_s))
