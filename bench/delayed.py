"""What delayed messages cost that wait by the million: memory, and the latency of a queue beside.

    python -m bench.delayed [--messages 1000000] [--size 1024] [--due 50000] [--transient]

One Leveret on a disk. Round trips through a short queue are timed alone, beside the messages that
wait, while some of them fall due in one second, and after a kill, while their delays are read.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from bench.brokers import RESTART_S_MAX, Broker, started_leveret
from bench.workload import quietly
from leveret.dial.address import Address
from leveret.dial.connection import Connection
from leveret.perf.churn import Pace
from leveret.perf.process import resident_bytes
from leveret.perf.scenarios.beside_backlog import time_trips
from leveret.perf.scenarios.latency import SMALL
from leveret.perf.topology import Topology
from leveret.wire import codec, frames, methods
from leveret.wire.properties import Properties, encode_header

MIB = 2**20
EXCHANGE, QUEUE = "bench.later", "bench.due"
# Far enough away that none falls due while others are timed; in any order.
FAR_MS = (3_600_000, 7_200_000)
# Those that fall due together: long enough to publish them.
SOON_MS = 10_000
# Messages between two questions whether the broker has taken them.
BATCH = 500
# Round trips are timed for so long; after a second that is not counted.
PACE = Pace(1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Load:
    messages: int
    size: int
    due: int
    persistent: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--due", type=int, default=50_000)
    parser.add_argument("--transient", action="store_true")
    asked = parser.parse_args()
    load = Load(asked.messages, asked.size, asked.due, not asked.transient)
    with started_leveret() as broker:
        for label, figure in measure(broker, load):
            print(f"{label:<44} {figure}", flush=True)


def measure(broker: Broker, load: Load) -> Iterator[tuple[str, str]]:
    chance = Random(0)
    yield "resident, idle", mib(broker)
    yield "round trip alone", trips(broker.address)
    declare(broker.address, durable=load.persistent)
    started = time.monotonic()
    far = (chance.randrange(*FAR_MS) for _ in range(load.messages))
    publish(broker.address, load, far)
    rate = load.messages / (time.monotonic() - started)
    yield f"{load.messages} of {load.size} octets taken, per s", f"{rate:.0f}"
    yield "resident, all pending", mib(broker)
    yield "round trip beside them", trips(broker.address)
    publish(broker.address, load, (SOON_MS for _ in range(load.due)))
    wait_until_due(broker.address)
    yield f"round trip while {load.due} fall due", trips(broker.address)
    yield "resident after that", mib(broker)
    yield f"of {load.due} due, in their queue", str(due_count(broker.address))
    if load.persistent:
        yield from measure_start(broker)


def measure_start(broker: Broker) -> Iterator[tuple[str, str]]:
    broker.server.kill()
    started = time.monotonic()
    broker.server.start(RESTART_S_MAX)
    yield "killed: serves again after", f"{time.monotonic() - started:.2f} s"
    yield "round trip while delays are read", trips(broker.address)
    yield "resident after that", mib(broker)


def mib(broker: Broker) -> str:
    return f"{resident_bytes(broker.pid) / MIB:.0f} MiB"


def trips(address: Address) -> str:
    with Topology(address) as topology:
        histogram = time_trips(topology, "trip", PACE, SMALL, quietly)
    figures = histogram.figures("trip")
    quantiles = [f"{name} {figures[f'trip_{name}_us']:.0f} us" for name in ("p50", "p99", "max")]
    return ", ".join(quantiles)


def declare(address: Address, *, durable: bool) -> None:
    with Connection(address, "bench control") as connection:
        exchange = methods.ExchangeDeclare(
            exchange=EXCHANGE,
            exchange_type="x-delayed-message",
            durable=durable,
            arguments={"x-delayed-type": "fanout"},
        )
        connection.call(1, exchange, methods.ExchangeDeclareOk)
        queue = methods.QueueDeclare(queue=QUEUE, durable=durable)
        connection.call(1, queue, methods.QueueDeclareOk)
        bind = methods.QueueBind(queue=QUEUE, exchange=EXCHANGE)
        connection.call(1, bind, methods.QueueBindOk)


def publish(address: Address, load: Load, delays_ms: Iterator[int]) -> None:
    """All of them; at the end the broker has taken the last."""
    method = codec.encode(methods.BasicPublish(exchange=EXCHANGE))
    front = frames.encode_frame(frames.METHOD, 1, method)
    with Connection(address, "bench publisher") as connection:
        body = frames.encode_body(1, bytes(load.size), connection.frame_max)
        while batch := list(islice(delays_ms, BATCH)):
            headers = (header(delay_ms, load) for delay_ms in batch)
            connection.send(b"".join(front + each + body for each in headers))
            ready_count(connection)


def header(delay_ms: int, load: Load) -> bytes:
    mode = 2 if load.persistent else 1
    properties = Properties(headers={"x-delay": delay_ms}, delivery_mode=mode)
    return frames.encode_frame(frames.HEADER, 1, encode_header(properties, load.size))


def ready_count(connection: Connection) -> int:
    """Messages in the queue they go to when they are due."""
    passive = methods.QueueDeclare(queue=QUEUE, passive=True)
    return connection.call(1, passive, methods.QueueDeclareOk).message_count


def due_count(address: Address) -> int:
    with Connection(address, "bench control") as connection:
        return ready_count(connection)


def wait_until_due(address: Address) -> None:
    with Connection(address, "bench control") as connection:
        while not ready_count(connection):
            time.sleep(0.001)


if __name__ == "__main__":
    main()
