"""kill -9 while messages die from queue to queue: each confirmed one is in one of them afterwards.

jobs --(full)--> aged --(its time is over)--> morgue
"""

import contextlib
import os
import threading
import time
from random import Random

import pika
import pytest

from tests.crash.node import Node

KILLS = int(os.environ.get("KILLS", "10")) // 2 or 1
SEED = int(os.environ.get("SEED", "0"))
LIVES_S = (0.2, 0.4, 0.8)
QUEUES = {
    "jobs": {
        "x-max-length": 5,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "aged",
    },
    "aged": {
        "x-message-ttl": 30,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "morgue",
    },
    "morgue": {},
}
PERSISTENT = pika.BasicProperties(delivery_mode=2)


def connect(node):
    return pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", node.port))


def declare(node):
    with connect(node) as connection:
        channel = connection.channel()
        for name, arguments in QUEUES.items():
            channel.queue_declare(name, durable=True, arguments=arguments)


def publish(node, numbers, confirmed):
    """Publish and note what is confirmed, until the node is gone."""
    with contextlib.suppress(pika.exceptions.AMQPError):
        channel = connect(node).channel()
        channel.confirm_delivery()
        while True:
            number = next(numbers)
            channel.basic_publish("", "jobs", str(number).encode(), PERSISTENT)
            confirmed.add(number)


def drain(node):
    """What is in the queues, how often; the dead may still be on their way."""
    found = []
    with connect(node) as connection:
        channel = connection.channel()
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            for name in QUEUES:
                while (got := channel.basic_get(name, auto_ack=True))[0] is not None:
                    found.append(int(got[2]))
                    deadline = time.monotonic() + 1
    return found


@pytest.mark.slow
@pytest.mark.timeout(60 + KILLS * 10)
def test_a_message_that_dies_is_in_its_old_queue_or_in_its_new_one(tmp_path):
    chance = Random(SEED)
    numbers, confirmed = iter(range(10**9)), set()
    with Node(tmp_path) as node:
        declare(node)
        for _ in range(KILLS):
            publisher = threading.Thread(target=publish, args=(node, numbers, confirmed))
            publisher.start()
            time.sleep(chance.choice(LIVES_S))
            node.kill()
            publisher.join()
            node.start()
        found = drain(node)
    assert len(confirmed) > KILLS, "nothing was in flight"
    assert not confirmed - set(found), f"seed {SEED}: lost {sorted(confirmed - set(found))[:10]}"
    # A letter and its message go in one group commit: neither both nor none.
    assert len(found) == len(set(found)), f"seed {SEED}: some are there twice"
