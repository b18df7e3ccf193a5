"""The load on one broker, where nothing happens: all promises are kept."""

import time

import pika
import pytest

from tests.cluster.chaos.checker import check
from tests.cluster.chaos.driving import drain_all
from tests.cluster.chaos.history import (
    Confirmed,
    Delivered,
    Drained,
    FenceConfirmed,
    FenceDelivered,
    History,
    Message,
)
from tests.cluster.chaos.load import FENCE, QUEUE, Load, told


def test_what_is_published_can_be_told_again():
    message = Message("ann-7", 12)
    assert told(message.octets(), "eve", is_redelivered=True) == Delivered(message, "eve", True)
    assert told(FENCE + b" 3", "eve", is_redelivered=False) == FenceDelivered(3)


@pytest.mark.slow
def test_a_quiet_broker_keeps_its_promises(broker):
    with pika.BlockingConnection(pika.ConnectionParameters(broker.host, broker.port)) as connection:
        connection.channel().queue_declare(QUEUE, durable=True)
    history = History()
    addresses = [(broker.host, broker.port)]
    load = Load(addresses, history, seed=1)
    load.start()
    time.sleep(3)
    load.stop_publishing()
    time.sleep(0.5)
    load.stop()
    drain_all(addresses, history)
    assert not check(history.events)
    kinds = {type(event) for event in history.events}
    assert {Confirmed, Delivered, FenceConfirmed, FenceDelivered, Drained} <= kinds
