"""Hot path (bench auto_ack_16): one producer, sending slices of a ring of encoded messages.

Rule: `sent` counts messages whose last byte the kernel has taken; the confirm window counts
messages whose first byte it may have taken.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from leveret.dial.connection import Connection, refuse
from leveret.perf.confirms import ConfirmScanner
from leveret.perf.counters import Counters, Phase
from leveret.perf.errors import PerfError
from leveret.perf.publishing import Envelope, PublishRing
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.perf.job import Job

# How often a producer without confirms looks whether the server had something to say.
SENDS_BETWEEN_LOOKS = 32
# How long the last confirms are waited for.
CONFIRM_S_MAX = 60.0


class Producer:
    """Publishes until the phase or the job's number of messages ends it."""

    def __init__(self, job: Job, connection: Connection, counters: Counters) -> None:
        self.job = job
        self.connection = connection
        self.counters = counters
        self.slot = counters.slot(job.worker)
        self.confirms = ConfirmScanner(refuse)
        # Without confirms a lost message shows at the consumers; with them also as a return.
        envelopes = [
            Envelope(job.exchange, key, job.persistent, mandatory=bool(job.confirm))
            for key in job.routing_keys
        ]
        self.ring = PublishRing(1, envelopes, job.size, connection.frame_max)
        self.sent_bytes = 0
        self.sent = 0
        self._looked = 0

    def prepare(self) -> None:
        if self.job.confirm:
            self.connection.call(1, methods.ConfirmSelect(), methods.ConfirmSelectOk)

    def run(self) -> None:
        """Publish from the start of the run to its end, then wait for the last confirms."""
        numbers, limit = self.counters.numbers, self.job.messages
        started = time.monotonic()
        while numbers[0] < Phase.DRAINING and not (limit and self.sent >= limit):
            allowed = self._allowed(time.monotonic() - started)
            if allowed > 0:
                self._publish(allowed)
            self._look(wait=allowed <= 0 and not self.job.rate)
        self._finish_message()
        if self.job.confirm:
            self._wait_for_confirms()
        else:
            # A channel answers in order: with this answer the broker has taken every message.
            # (With connection.close alone RabbitMQ drops what it has read but not routed.)
            self.connection.call(1, methods.BasicQos(), methods.BasicQosOk)

    def result(self) -> dict[str, int]:
        return {
            "messages": self.sent,
            "confirmed": self.confirms.confirmed,
            "nacked": self.confirms.nacked,
            "returned": self.confirms.returned,
        }

    def _allowed(self, elapsed_s: float) -> int:
        """How many messages may be sent now."""
        job, sent = self.job, self.sent
        allowed = self.ring.count
        if job.confirm:
            room = job.confirm - (sent - self.confirms.confirmed)
            # A quarter of the window at a time: a system call for each confirm would cost more.
            allowed = min(allowed, room if room * 4 >= job.confirm else 0)
        if job.rate:
            due = int(elapsed_s * job.rate) - sent
            if due <= 0:
                time.sleep(min(1 / job.rate, 0.01))
            allowed = min(allowed, due)
        if job.messages:
            allowed = min(allowed, job.messages - sent)
        return allowed

    def _publish(self, allowed: int) -> None:
        ring, stride = self.ring, self.ring.stride
        offset = self.sent_bytes % ring.bytes
        if offset == 0:
            ring.stamp(time.monotonic_ns())
            if self.job.check_sequence:
                ring.number(self.job.worker, self.sent)
        elif (self.job.confirm or self.job.rate) and offset % stride == 0:
            ring.stamp(time.monotonic_ns())
        # A message cut by the previous call is completed by this one.
        end = min((offset // stride + allowed) * stride, ring.bytes)
        self._count(self.connection.send_some(ring.view[offset:end]))

    def _wait_for_confirms(self) -> None:
        deadline = time.monotonic() + CONFIRM_S_MAX
        while self.confirms.confirmed < self.sent:
            self._look(wait=True)
            if time.monotonic() > deadline:
                open_count = self.sent - self.confirms.confirmed
                raise PerfError(f"{open_count} messages were never confirmed")

    def _finish_message(self) -> None:
        """Send the rest of a message that was cut."""
        ring = self.ring
        rest = -self.sent_bytes % ring.stride
        if rest:
            offset = self.sent_bytes % ring.bytes
            self.connection.send(ring.view[offset : offset + rest])
            self._count(rest)

    def _count(self, sent_bytes: int) -> None:
        self.sent_bytes += sent_bytes
        self.sent = self.sent_bytes // self.ring.stride
        self.counters.numbers[self.slot] = self.sent

    def _look(self, *, wait: bool) -> None:
        """Take in confirms, or whatever the server says."""
        self._looked += 1
        if not wait and not self.job.confirm and self._looked % SENDS_BETWEEN_LOOKS:
            return
        received = self.connection.receive_confirms(wait=wait)
        if received:
            self.confirms.feed(received)
            self.counters.numbers[self.slot + 1] = self.confirms.confirmed
