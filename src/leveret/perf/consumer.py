"""Hot path (bench auto_ack_16): one consumer, counting deliveries in large received chunks."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

from leveret.dial.connection import CHUNK_BYTES, Connection, refuse
from leveret.perf.counters import Counters, Phase
from leveret.perf.deliveries import DeliveryScanner
from leveret.perf.errors import PerfError
from leveret.perf.histogram import Histogram
from leveret.perf.publishing import SEQUENCE, SEQUENCE_OFFSET, STAMP
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.perf.job import Job

_ACK = struct.Struct(">BHIIQBB")
_BASIC_ACK = 0x003C0050
# A frame of the largest size that is negotiated must fit beside what is left of a chunk.
BUFFER_BYTES = 2 * CHUNK_BYTES


class Consumer:
    """Consumes until the run is over."""

    def __init__(self, job: Job, connection: Connection, counters: Counters) -> None:
        self.job = job
        self.connection = connection
        self.counters = counters
        self.slot = counters.slot(job.worker)
        self.scanner = DeliveryScanner(refuse, self._check if job.check_sequence else None)
        self.latency = Histogram()
        self.acked = 0  # Delivery tag up to which all is acknowledged.
        # When the first and the newest messages came, and how many those first ones were. What
        # the broker may send before the first acknowledgement lies ready: it tells of no rate.
        self.first_ns = self.newest_ns = 0
        self.first_messages = 0
        self._stamped = job.size >= STAMP.size
        self._next: dict[int, int] = {}

    def prepare(self) -> None:
        """Consume from every queue; consumer tags of one length keep deliveries of one length."""
        job, connection = self.job, self.connection
        if job.prefetch:
            qos = methods.BasicQos(prefetch_count=job.prefetch)
            connection.call(1, qos, methods.BasicQosOk)
        consumes = [
            methods.BasicConsume(queue=queue, consumer_tag=f"c{index:06d}", no_ack=job.auto_ack)
            for index, queue in enumerate(job.queues)
        ]
        connection.call_all(1, consumes, methods.BasicConsumeOk)

    def run(self) -> None:
        buffer = bytearray(BUFFER_BYTES)
        view = memoryview(buffer)
        early = self.connection.take_received()
        buffer[: len(early)] = early
        held = self._scan(buffer, view, len(early))
        numbers, receive = self.counters.numbers, self.connection.receive_into
        while numbers[0] < Phase.OVER:
            size = receive(view[held : held + CHUNK_BYTES])
            if size:
                held = self._scan(buffer, view, held + size)
            else:
                self._settle(batch=1)
        self._settle(batch=1)

    def result(self) -> dict[str, int]:
        return {
            "messages": self.scanner.count,
            "first_messages": self.first_messages,
            "first_ns": self.first_ns,
            "newest_ns": self.newest_ns,
        }

    def _scan(self, buffer: bytearray, view: memoryview, end: int) -> int:
        """Count and acknowledge; return how much of the buffer is held for the next chunk."""
        scanner = self.scanner
        done = scanner.scan(buffer, end)
        slot, numbers = self.slot, self.counters.numbers
        now_ns = time.monotonic_ns()
        if scanner.count != numbers[slot]:
            if not self.first_ns and scanner.count >= self.job.prefetch:
                self.first_ns, self.first_messages = now_ns, scanner.count
            self.newest_ns = now_ns
            numbers[slot] = scanner.count
        if self._stamped and scanner.body_at >= 0:
            sent_ns = STAMP.unpack_from(buffer, scanner.body_at)[0]
            latency_ns = now_ns - sent_ns
            self.latency.add(latency_ns)
            numbers[slot + 2] = latency_ns // 1000
        if scanner.tag - self.acked >= self.job.ack_batch:
            self._settle(self.job.ack_batch)
        view[: end - done] = view[done:end]
        return end - done

    def _settle(self, batch: int) -> None:
        """Acknowledge every whole batch of deliveries, each with one basic.ack."""
        newest = self.scanner.tag
        if self.job.auto_ack or newest - self.acked < batch:
            return
        # With nothing more to come, one acknowledgement settles what is left of a batch.
        step = batch if batch > 1 or self.job.ack_batch == 1 else newest - self.acked
        tags = range(self.acked + step, newest + 1, step)
        multiple = int(step > 1)
        acks = [_ACK.pack(1, 1, 13, _BASIC_ACK, tag, multiple, 0xCE) for tag in tags]
        self.connection.send(b"".join(acks))
        self.acked = tags[-1]
        self.counters.numbers[self.slot + 1] = self.acked

    def _check(self, data: bytearray, body: int) -> None:
        """Every producer's messages come in the order in which they were sent, none twice."""
        producer, sequence = SEQUENCE.unpack_from(data, body + SEQUENCE_OFFSET)
        # Between this consumer's messages lie those that other consumers get.
        due = self._next.get(producer, 0)
        if sequence < due:
            raise PerfError(
                f"message {sequence} of producer {producer} came when {due} or later was due"
            )
        self._next[producer] = sequence + 1
