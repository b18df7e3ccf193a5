"""Where the nodes of a cluster live: an address, how a process gets there, and how links break.

On loopback each node has an address of its own and nothing can be cut. In namespaces each node has
a machine's network to itself, and all go through one router, where every direction of every pair
can be cut, silently, and every node's link be made slow:

    chaos-TAG-1  198.18.T.6   ──┐
    chaos-TAG-2  198.18.T.10  ──┼── chaos-TAG-net ── this process, 198.18.T.2
    chaos-TAG-3  198.18.T.14  ──┘   (rules: from that link to this address, nothing)

Rule: whatever was made is taken away with the block, and nothing outside of the names chaos-* and
the one network 198.18.T.0/24 is touched. Needs root and iproute2; no kernel module beyond veth.
"""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.addresses import own_addresses

# What a slow link lets through, and how long it keeps a packet before it drops it.
SLOW_RATE = "400kbit"
SLOW_QUEUE = "300ms"
# Above the local table's (0), below the main one's (32766).
CUT_PREFERENCE = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where one node lives. prefix: what its commands begin with."""

    number: int
    address: str
    prefix: tuple[str, ...] = ()


def on_loopback(count: int) -> tuple[Place, ...]:
    """At addresses of this run alone."""
    hosts = own_addresses()[:count]
    return tuple(Place(number, host) for number, host in enumerate(hosts, 1))


def can_make_namespaces() -> bool:
    return os.geteuid() == 0 and run("ip", "netns", "list", check=False)


class Network:
    """The namespaces' router: places, and what is cut or slow between them."""

    def __init__(self, tag: int, count: int) -> None:
        assert 0 < tag < 250, tag
        self._tag = tag
        self._router = f"chaos-{tag}-net"
        self._names = {number: f"chaos-{tag}-{number}" for number in range(1, count + 1)}
        self._cuts: set[tuple[int, int]] = set()
        self._slow: set[int] = set()
        self.places = tuple(
            Place(number, self._address(number, 2), ("ip", "netns", "exec", name))
            for number, name in self._names.items()
        )

    def _address(self, number: int, end: int) -> str:
        """Each link is a network of four addresses: the router's is the first, then the node's."""
        return f"198.18.{self._tag}.{4 * number + end}"

    def _link(self, number: int) -> str:
        """What the router calls the link to a node; 0 is this process's."""
        return f"chaos{self._tag}r{number}"

    def make(self) -> None:
        run("ip", "netns", "add", self._router)
        self._in_router("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        for number, name in self._names.items():
            run("ip", "netns", "add", name)
            inner = f"chaos{self._tag}n{number}"
            self._connect(number, inner, name)
        self._connect(0, f"chaos{self._tag}n0", None)

    def _connect(self, number: int, inner: str, name: str | None) -> None:
        """A pair of ends: one in the router, one in the namespace (None: where this process is)."""
        outer = self._link(number)
        run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner)
        run("ip", "link", "set", outer, "netns", self._router)
        self._in_router("ip", "addr", "add", f"{self._address(number, 1)}/30", "dev", outer)
        self._in_router("ip", "link", "set", outer, "up")
        within = ("ip", "netns", "exec", name) if name else ()
        if name:
            run("ip", "link", "set", inner, "netns", name)
            run(*within, "ip", "link", "set", "lo", "up")
        run(*within, "ip", "addr", "add", f"{self._address(number, 2)}/30", "dev", inner)
        run(*within, "ip", "link", "set", inner, "up")
        goal = "default" if name else f"198.18.{self._tag}.0/24"
        run(*within, "ip", "route", "add", goal, "via", self._address(number, 1))

    def remove(self) -> None:
        run("ip", "link", "del", f"chaos{self._tag}n0", check=False)
        for name in (*self._names.values(), self._router):
            run("ip", "netns", "del", name, check=False)

    def cut(self, sender: int, receiver: int) -> None:
        """What one sends to the other is dropped, and neither is told."""
        if (sender, receiver) not in self._cuts:
            self._cuts.add((sender, receiver))
            self._rule("add", sender, receiver)

    def heal(self) -> None:
        for sender, receiver in self._cuts:
            self._rule("del", sender, receiver)
        self._cuts.clear()
        for number in self._slow:
            self._in_router("tc", "qdisc", "del", "dev", self._link(number), "root")
        self._slow.clear()

    def slow(self, number: int) -> None:
        """What goes to that node crawls; some of it gets lost."""
        if number not in self._slow:
            self._slow.add(number)
            shape = ("tbf", "rate", SLOW_RATE, "burst", "16kb", "latency", SLOW_QUEUE)
            self._in_router("tc", "qdisc", "add", "dev", self._link(number), "root", *shape)

    def _rule(self, verb: str, sender: int, receiver: int) -> None:
        goal = ("to", f"{self._address(receiver, 2)}/32", "iif", self._link(sender))
        preference = ("pref", str(CUT_PREFERENCE))
        self._in_router("ip", "rule", verb, *preference, *goal, "blackhole")

    def _in_router(self, *command: str) -> None:
        run("ip", "netns", "exec", self._router, *command)


@contextlib.contextmanager
def in_namespaces(count: int) -> Iterator[Network]:
    network = Network(free_tag(), count)
    try:
        network.make()
        yield network
    finally:
        network.remove()


def free_tag() -> int:
    """Of this process where possible, so that two runs beside each other do not meet."""
    taken = {path.name.split("-")[1] for path in Path("/run/netns").glob("chaos-*-net")}
    wanted = (os.getpid() + offset for offset in range(249))
    return next(tag for pid in wanted if str(tag := pid % 249 + 1) not in taken)


def run(*command: str, check: bool = True) -> bool:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.returncode == 0
