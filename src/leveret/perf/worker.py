"""The process of one producer or one consumer: `python -m leveret.perf.worker`, a job on stdin.

It answers with one line of JSON when it is ready, and one at its end: a result, or an error.
The crew (crew.py) starts it; the end of stdin means that the crew is gone, and ends it too.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from leveret.dial.connection import Connection, DialError
from leveret.perf.consumer import Consumer
from leveret.perf.counters import Counters, Phase
from leveret.perf.deliveries import BrokenStreamError
from leveret.perf.errors import PerfError
from leveret.perf.job import Job, job_from_json
from leveret.perf.producer import Producer
from leveret.perf.publishers import Publishers


def main() -> int:
    # An interrupt at the terminal reaches every process; the crew ends the run in good order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job = job_from_json(sys.stdin.readline())
    threading.Thread(target=end_with_the_crew, daemon=True).start()
    gc.freeze()
    gc.disable()  # Nothing here makes cycles, and a collection would show in the latencies.
    try:
        with Counters(Path(job.counters), job.workers) as counters:
            say(work(job, counters))
    except (DialError, PerfError, BrokenStreamError) as error:
        say({"error": str(error)})
        return 1
    return 0


def work(job: Job, counters: Counters) -> dict[str, object]:
    name = f"leveret perf {job.role} {job.worker}"
    with contextlib.ExitStack() as stack:
        connections = [
            stack.enter_context(Connection(job.address, name)) for _ in range(job.connections)
        ]
        worker: Producer | Publishers | Consumer
        if job.role == "consumer":
            worker = Consumer(job, connections[0], counters)
        elif job.connections > 1:
            worker = Publishers(job, connections, counters)
        else:
            worker = Producer(job, connections[0], counters)
        worker.prepare()
        say({"ready": job.worker})
        if job.role == "producer":
            while counters.phase == Phase.READY:
                time.sleep(0.001)
        busy_before_ns = time.process_time_ns()
        worker.run()
        result: dict[str, object] = dict(worker.result())
        result["busy_us"] = (time.process_time_ns() - busy_before_ns) // 1000
        if isinstance(worker, Consumer | Publishers):
            result["latency"] = worker.latency.counts
        return result


def say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def end_with_the_crew() -> None:
    """Block until stdin ends; a thread that waits in a system call costs the others nothing."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
