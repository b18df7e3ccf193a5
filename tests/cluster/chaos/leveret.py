"""Three nodes of Leveret, each with its engine, and one queue mirrored to all of them.

Rule: as whoever runs them has them, with nothing tuned for the faults that come.
"""

import contextlib
import json
import signal
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from bench.leveret_cluster import HTTP, LeveretNode, free_port_of_all, join, made
from bench.processes import own_directory

from tests.cluster.chaos.disks import Disk
from tests.cluster.chaos.load import QUEUE, Address, connected
from tests.cluster.chaos.places import Network, in_namespaces, on_loopback
from tests.cluster.chaos.schedule import Part

WHOLE_S_MAX = 60.0
ASK_S_MAX = 2.0
# Clients come from the router's end of a link, which is no loopback.
SETTINGS = ("loopback_users = none",)
# What the consumer gets to take what waits, before its node is asked anything.
BREATH_S = 2.0
MIRROR_ALL = '{"ha-mode":"all","ha-sync-mode":"automatic"}'
GUEST = f"Basic {b64encode(b'guest:guest').decode()}"


class LeveretCluster:
    """All three, and the network between them. A Broker, as driving.py has it.

    arguments: of the queue; without any it is a classic one. Without a network the nodes are on
    loopback: no links to break and no disks to fill.
    """

    def __init__(
        self, home: Path, network: Network | None, arguments: Mapping[str, str] | None = None
    ) -> None:
        self.network = network
        self._arguments = dict(arguments or {})
        places = network.places if network else on_loopback(3)
        port = 5672 if network else free_port_of_all([each.address for each in places])
        self.addresses: list[Address] = [(place.address, port) for place in places]
        self.nodes = {
            place.number: made(home, place.address, port, SETTINGS, place.prefix)
            for place in places
        }
        self._disks = {number: Disk(node.data) for number, node in self.nodes.items()}

    def kill(self, node: int, part: Part) -> None:
        self._end(self.nodes[node], part, signal.SIGKILL)

    def stop(self, node: int, part: Part) -> None:
        self._end(self.nodes[node], part, signal.SIGTERM)

    def _end(self, node: LeveretNode, part: Part, number: signal.Signals) -> None:
        if part is Part.ENGINE:
            node.signal_engine(number)
        elif part is Part.NODE and number is signal.SIGKILL:
            node.kill()
        else:
            node.end(number)

    def start(self, node: int, part: Part) -> None:
        """An engine that ended alone is started again by its broker."""
        if part is not Part.ENGINE:
            self.nodes[node].begin()

    def freeze(self, node: int, part: Part) -> None:
        self._signal(self.nodes[node], part, signal.SIGSTOP)

    def thaw(self, node: int, part: Part) -> None:
        self._signal(self.nodes[node], part, signal.SIGCONT)

    def _signal(self, node: LeveretNode, part: Part, number: signal.Signals) -> None:
        if part is not Part.ENGINE:
            node.send(number)
        if part is not Part.BROKER:
            node.signal_engine(number)

    def fill_disk(self, node: int) -> None:
        self._disks[node].fill()

    def empty_disk(self, node: int) -> None:
        self._disks[node].empty()

    def serves(self, node: int) -> bool | None:
        """It says that it leads the queue, and that the queue runs."""
        told = asked(self.nodes[node], f"queues/%2F/{quote(QUEUE, safe='')}")
        if told is None:
            return None
        return told.get("node") == self.nodes[node].name and told.get("state") == "running"

    def bring_up(self) -> None:
        if self.network:
            for disk in self._disks.values():
                disk.mount()
        first, *others = self.nodes.values()
        for node in self.nodes.values():
            node.begin()
        for node in self.nodes.values():
            node.wait_up()
        for node in others:
            join(node, first)
        first.ctl("set_policy", "mirrored", "^mirrored", MIRROR_ALL)
        with connected(self.addresses[0]) as connection:
            connection.channel().queue_declare(QUEUE, durable=True, arguments=self._arguments)
        wait_until_mirrored(tuple(self.nodes.values()))

    def settle(self) -> bool:
        time.sleep(BREATH_S)
        with contextlib.suppress(RuntimeError):
            wait_until_mirrored(tuple(self.nodes.values()))
            return True
        return False

    def end(self) -> None:
        for node in self.nodes.values():
            node.thaw()
            node.kill()
        if self.network:
            for disk in self._disks.values():
                disk.unmount()


def wait_until_mirrored(nodes: Sequence[LeveretNode]) -> None:
    """Until every node says that all the others have all of the queue."""
    until = time.monotonic() + WHOLE_S_MAX
    for node in nodes:
        while len(synchronised(node)) < len(nodes) - 1:
            if time.monotonic() > until:
                raise RuntimeError(f"{QUEUE} is not mirrored, says {node.name}")
            time.sleep(0.1)


def synchronised(node: LeveretNode) -> list[str]:
    """The copies beside the leader's."""
    told = asked(node, f"queues/%2F/{quote(QUEUE, safe='')}") or {}
    online: list[str] = told.get("online") or []
    mirrors: list[str] = told.get("synchronised_slave_nodes") or online[1:]
    return mirrors


def asked(node: LeveretNode, path: str) -> dict | None:
    """What the HTTP API says there; None when it does not say it in time."""
    request = urllib.request.Request(f"http://{node.host}:{node.port + HTTP}/api/{path}")
    request.add_header("Authorization", GUEST)
    try:
        with urllib.request.urlopen(request, timeout=ASK_S_MAX) as answer:
            told: dict = json.load(answer)
    except (OSError, ValueError):
        return None
    return told


@contextlib.contextmanager
def leveret_cluster(
    arguments: Mapping[str, str] | None = None, *, is_on_loopback: bool = False
) -> Iterator[LeveretCluster]:
    with contextlib.ExitStack() as stack:
        network = None if is_on_loopback else stack.enter_context(in_namespaces(3))
        home = stack.enter_context(own_directory("chaos-leveret-"))
        cluster = LeveretCluster(home, network, arguments)
        stack.callback(cluster.end)
        cluster.bring_up()
        yield cluster
