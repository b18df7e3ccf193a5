"""A publisher at full speed, and a node with the memory of a small container: the memory stays
bounded without an alarm, and the other connections are served.
"""

import statistics
import threading
import time

import pytest

from tests.conformance.protocol import wire
from tests.conformance.raw import CAPABILITIES, Client
from tests.crash.node import Node

FLOOD_S = 3.0
ALLOWED = 128_000_000
PAGE_BYTES = 4096
ROUND_TRIP_S_MAX = 0.5
FLOOD_OCTETS_MIN = 5_000_000


@pytest.fixture
def node(tmp_path):
    config = tmp_path / "small.conf"
    config.write_text(f"vm_memory_high_watermark.absolute = {ALLOWED}\n")
    with Node(tmp_path / "data", "--config", str(config)) as node:
        yield node


@pytest.fixture
def connect(node):
    """A client with a channel, as often as it is asked for."""
    clients = []

    def another():
        client = Client("127.0.0.1", node.port)
        clients.append(client)
        client.handshake(CAPABILITIES)
        client.open_channel()
        return client

    yield another
    for client in clients:
        client.hang_up()


def call(client, method, **values):
    client.send_method(1, method, values)
    client.receive_until(f"{method}-ok", channel=1)


def resident(node):
    with open(f"/proc/{node._process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * PAGE_BYTES


class Flood(threading.Thread):
    """Publishes as fast as it is read, for a while."""

    def __init__(self, client, body_octets, **properties):
        super().__init__(daemon=True)
        method = wire.encode_method("basic.publish", {"exchange": "", "routing_key": "flood"})
        header = wire.encode_header(properties, body_octets)
        message = (
            wire.encode_frame(wire.METHOD, 1, method)
            + wire.encode_frame(wire.HEADER, 1, header)
            + wire.encode_frame(wire.BODY, 1, b"x" * body_octets)
        )
        self.octets = 0
        self._chunk = message * max(1, 65536 // len(message))
        self._client = client

    def run(self):
        self._client.sock.settimeout(30)
        end = time.monotonic() + FLOOD_S
        while time.monotonic() < end:
            self._client.sock.sendall(self._chunk)
            self.octets += len(self._chunk)


@pytest.mark.slow
@pytest.mark.parametrize("consumer", ["nobody", "a slow one"])
@pytest.mark.parametrize(
    ("body_octets", "properties"),
    [(1000, {}), (16, {}), (1000, {"delivery_mode": 2})],
    ids=["1 kB", "16 B", "1 kB persistent"],
)
def test_memory_stays_bounded_under_a_flood(node, connect, body_octets, properties, consumer):
    publisher, other = connect(), connect()
    call(publisher, "queue.declare", queue="flood", durable=1)
    call(other, "queue.declare", queue="other")
    if consumer == "a slow one":
        slow = connect()
        call(slow, "basic.qos", prefetch_count=10)
        call(slow, "basic.consume", queue="flood", consumer_tag="slow")
    flood = Flood(publisher, body_octets, **properties)
    flood.start()
    used, round_trips_s = [], []
    while flood.is_alive():
        start = time.monotonic()
        call(other, "queue.declare", queue="other", passive=1)
        round_trips_s.append(time.monotonic() - start)
        used.append(resident(node))
        time.sleep(0.02)
    flood.join()
    assert max(used) < ALLOWED
    assert statistics.median(round_trips_s) < ROUND_TRIP_S_MAX
    # It was a flood: with what a message costs besides its octets, more than may stay in memory.
    assert flood.octets > FLOOD_OCTETS_MIN
    assert not any("connection.blocked" in line for line in publisher.transcript)
