"""Hot path (bench publishers_100): many publishers in one process, each waiting for its confirms.

Rule: each connection has a window of its own, and sends a message only when there is room in it;
with a window of one, every publisher confirms each of its messages singly.
A process for each of a hundred publishers would measure the system's scheduler. Here one process
turns to whoever has been confirmed; producer.py is what sends as much as a connection takes.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from typing import TYPE_CHECKING

from leveret.dial.connection import BLOCKED_S_MAX, Connection, refuse
from leveret.perf.confirms import ConfirmScanner
from leveret.perf.counters import Counters, Phase
from leveret.perf.errors import PerfError
from leveret.perf.histogram import Histogram
from leveret.perf.producer import CONFIRM_S_MAX
from leveret.perf.publishing import STAMP, Envelope, body_offset, encode_publish
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.perf.job import Job


class Lane:
    """One connection: what it has sent, and what of that is confirmed."""

    __slots__ = ("confirms", "connection", "sent", "sent_ns")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.confirms = ConfirmScanner(refuse)
        self.sent = 0
        self.sent_ns: deque[int] = deque()  # When each was sent that is not confirmed.

    def prepare(self) -> None:
        self.connection.call(1, methods.ConfirmSelect(), methods.ConfirmSelectOk)

    def take(self, latency: Histogram) -> None:
        """Read confirms; add how long what they confirm has waited."""
        received = self.connection.receive_confirms(wait=False)
        if not received:
            return
        before = self.confirms.low
        self.confirms.feed(received)
        now_ns = time.monotonic_ns()
        for _ in range(self.confirms.low - before):
            latency.add(now_ns - self.sent_ns.popleft())


class Publishers:
    """Publishes on all of its connections until the phase or the number of messages ends it."""

    def __init__(self, job: Job, connections: list[Connection], counters: Counters) -> None:
        assert job.confirm, "who does not wait for confirms is a Producer"
        self.job = job
        self.counters = counters
        self.slot = counters.slot(job.worker)
        self.lanes = [Lane(connection) for connection in connections]
        self.sent = 0
        self.latency = Histogram()
        frame_max = min(connection.frame_max for connection in connections)
        self._messages = [
            bytearray(encode_publish(1, envelope, bytes(job.size), frame_max))
            for envelope in [
                Envelope(job.exchange, key, job.persistent, mandatory=True)
                for key in job.routing_keys
            ]
        ]
        self._body_offsets = [body_offset(message) for message in self._messages]
        self._stamped = job.size >= STAMP.size

    def prepare(self) -> None:
        for lane in self.lanes:
            lane.prepare()

    def run(self) -> None:
        """Publish from the start of the run to its end, then wait for the last confirms."""
        with selectors.DefaultSelector() as selector:
            for lane in self.lanes:
                selector.register(lane.connection.socket, selectors.EVENT_READ, lane)
                self._fill(lane)
            while not self._is_over():
                self._turn(selector, go_on=True)
            deadline = time.monotonic() + CONFIRM_S_MAX
            while self.confirmed < self.sent:
                self._turn(selector, go_on=False)
                if time.monotonic() > deadline:
                    open_count = self.sent - self.confirmed
                    raise PerfError(f"{open_count} messages were never confirmed")

    @property
    def confirmed(self) -> int:
        return sum(lane.confirms.confirmed for lane in self.lanes)

    def result(self) -> dict[str, int]:
        return {
            "messages": self.sent,
            "confirmed": self.confirmed,
            "nacked": sum(lane.confirms.nacked for lane in self.lanes),
            "returned": sum(lane.confirms.returned for lane in self.lanes),
        }

    def _is_over(self) -> bool:
        limit = self.job.messages
        return self.counters.phase >= Phase.DRAINING or bool(limit and self.sent >= limit)

    def _turn(self, selector: selectors.BaseSelector, *, go_on: bool) -> None:
        """Hear whoever has something to say; whoever then has room goes on."""
        for key, _ in selector.select(BLOCKED_S_MAX):
            lane: Lane = key.data
            lane.take(self.latency)
            if go_on:
                self._fill(lane)

    def _fill(self, lane: Lane) -> None:
        window, limit = self.job.confirm, self.job.messages
        while lane.sent - lane.confirms.confirmed < window and not (limit and self.sent >= limit):
            index = self.sent % len(self._messages)
            message = self._messages[index]
            now_ns = time.monotonic_ns()
            if self._stamped:
                STAMP.pack_into(message, self._body_offsets[index], now_ns)
            lane.sent_ns.append(now_ns)
            lane.connection.send(message)
            lane.sent += 1
            self.sent += 1
            self.counters.numbers[self.slot] = self.sent
