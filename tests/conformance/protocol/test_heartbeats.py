"""Heartbeats in both directions, by the clock: an interval of one second is the shortest."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conformance.protocol import wire
from tests.conformance.raw import Client, Closed

HEARTBEAT = wire.encode_frame(wire.HEARTBEAT, 0, b"")


def heard_from(broker, *, seconds: float, said: bytes) -> tuple[list[str], float]:
    """What a broker says within so long to a client that says this each half second, and how
    long the connection lived."""
    client = Client(broker.host, broker.port)
    client.handshake(heartbeat=1)
    began = time.monotonic()
    try:
        while time.monotonic() - began < seconds:
            client.send(said)
            client.receive(0.5)
    except Closed:
        pass
    client.hang_up()
    return client.transcript, time.monotonic() - began


@pytest.mark.slow
def test_a_silent_client_is_dropped_and_a_talking_one_is_kept(rabbitmq, leveret):
    with ThreadPoolExecutor(4) as executor:
        silent = [
            executor.submit(heard_from, broker, seconds=4, said=b"")
            for broker in (rabbitmq, leveret)
        ]
        talking = [
            executor.submit(heard_from, broker, seconds=4, said=HEARTBEAT)
            for broker in (rabbitmq, leveret)
        ]
    for each in silent:
        heard, lived_s = each.result()
        assert heard[-1] == "end of stream"
        assert 1.5 <= lived_s <= 3.5
    for each in talking:
        heard, lived_s = each.result()
        assert lived_s >= 4
        assert set(heard) == {"0 heartbeat"}
        assert len(heard) >= 3
