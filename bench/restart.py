"""Measured around a broker's end and its housekeeping: how soon all is back, how little it pauses.

The queues here are neither auto-delete nor exclusive: they outlive connections, and must survive.
"""

import time

from bench.brokers import RESTART_S_MAX, Broker
from bench.processes import forget_cached
from bench.workload import PERSISTENT, Figures, Scale, quietly
from leveret.dial.address import Address
from leveret.dial.connection import Connection, ServerClosedError
from leveret.perf.churn import Pace
from leveret.perf.errors import PerfError
from leveret.perf.process import resident_bytes
from leveret.perf.scenarios.backlog import drain, fill
from leveret.perf.scenarios.beside_backlog import time_trips
from leveret.perf.scenarios.latency import Kind
from leveret.perf.topology import Topology, unique_prefix
from leveret.wire import methods

MIB = 2**20
# How long a broker that accepts connections may still be counting.
COUNTING_S_MAX = 60.0
# How long the broker is given to take back what became free, and to do so without pausing.
COPYING_S = 10.0
# Of the messages in the queue that is emptied; the others go to one that is kept.
FREED = 9


def measure_recovery(broker: Broker, scale: Scale) -> Figures:
    """Fill a queue, end the broker in three ways, each time wait until every message is back."""
    queue, count = f"{unique_prefix()}.kept", scale.messages
    declare(broker.address, queue)
    fill(broker.address, PERSISTENT, (queue,), count, quietly)
    figures = {}
    figures["stop_s"] = broker.server.stop()
    figures["stopped_s"] = start_with(broker, queue, count)
    broker.server.kill()
    figures["killed_s"] = start_with(broker, queue, count)
    broker.server.kill()
    forget_cached(broker.data)
    figures["cold_s"] = start_with(broker, queue, count)
    figures["resident_mib"] = resident_bytes(broker.pid) / MIB
    # Not only counted: every one of them comes, once.
    figures["drained_per_s"] = drain(broker.address, PERSISTENT, queue, count, quietly)
    delete(broker.address, queue)
    return figures


def start_with(broker: Broker, queue: str, count: int) -> float:
    """Start the broker again; return the seconds until so many messages wait in the queue."""
    started = time.monotonic()
    broker.server.start(RESTART_S_MAX)
    serving = time.monotonic()
    while (found := waiting(broker.address, queue)) != count:
        if time.monotonic() - serving > COUNTING_S_MAX:
            raise PerfError(f"{found} of {count} messages are back")
        time.sleep(0.01)
    return time.monotonic() - started


def measure_copying(broker: Broker, scale: Scale) -> Figures:
    """Empty one of two queues whose messages lie mixed, and time a third one from then on."""
    prefix, count = unique_prefix(), scale.messages
    freed, kept = f"{prefix}.freed", f"{prefix}.kept0"
    for queue in (freed, kept):
        declare(broker.address, queue)
    timed = Pace(0.0, min(COPYING_S, scale.latency_s))
    fill(broker.address, PERSISTENT, (*[freed] * FREED, kept), count, quietly)
    full = broker.disk_bytes
    with Topology(broker.address) as topology:
        usual = time_trips(topology, "usual", timed, Kind(), quietly)
        purge = methods.QueuePurge(queue=freed)
        topology.connection.call(1, purge, methods.QueuePurgeOk)
        beside = time_trips(topology, "beside", timed, Kind(), quietly)
    after = broker.disk_bytes
    left = waiting(broker.address, kept)
    drain(broker.address, PERSISTENT, kept, left, quietly)
    for queue in (freed, kept):
        delete(broker.address, queue)
    return {
        "usual_pause_ms": usual.percentile_us(100) / 1000,
        "pause_ms": beside.percentile_us(100) / 1000,
        "disk_full_mib": full / MIB,
        "disk_after_mib": after / MIB,
    }


def declare(address: Address, queue: str) -> None:
    with Connection(address, "bench") as connection:
        made = methods.QueueDeclare(queue=queue, durable=True)
        connection.call(1, made, methods.QueueDeclareOk)


def delete(address: Address, queue: str) -> None:
    with Connection(address, "bench") as connection:
        connection.call(1, methods.QueueDelete(queue=queue), methods.QueueDeleteOk)


def waiting(address: Address, queue: str) -> int:
    """How many messages wait in the queue; -1 if it is not there."""
    with Connection(address, "bench") as connection:
        passive = methods.QueueDeclare(queue=queue, passive=True)
        try:
            return connection.call(1, passive, methods.QueueDeclareOk).message_count
        except ServerClosedError:
            return -1
