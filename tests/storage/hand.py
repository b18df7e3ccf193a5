"""An engine whose threads and clock are moved by hand.

world = World()            a disk, a catalogue, a clock
engine = world.open()      an engine on them
world.run()                everything that can be done now is done, threads and all
world.pass_time(0.02)      and what falls due meanwhile
"""

import heapq
from collections import deque
from itertools import count

from leveret.broker.changes import QueueDeclared, QueueDeleted
from leveret.broker.message import Message, Traits
from leveret.broker.queues.queue import QueueOptions
from leveret.storage.engine import Engine, Files, Surroundings
from leveret.storage.log import SEGMENT_OCTETS
from leveret.wire.properties import Properties
from tests.broker.domain import content
from tests.storage.faulty_disk import FaultyDisk

DURABLE = QueueOptions(durable=True)


class HandWorker:
    """Does a job when told to, and says so at once."""

    def __init__(self):
        self.jobs = deque()
        self.is_closed = False

    def submit(self, job, done):
        if not self.is_closed:
            self.jobs.append((job, done))

    def step(self):
        job, done = self.jobs.popleft()
        job()
        done()

    def close(self):
        self.is_closed = True
        while self.jobs:
            self.jobs.popleft()[0]()


class HandTimers:
    def __init__(self):
        self.now = 1000.0
        self._due = []
        self._order = count()

    def soon(self, action):
        self.later(0, action)

    def later(self, delay_s, action):
        heapq.heappush(self._due, (self.now + delay_s, next(self._order), action))

    def next(self):
        return self._due[0][0] if self._due else None

    def step(self):
        heapq.heappop(self._due)[2]()


class Catalogue:
    """A catalogue file without a file. It keeps what was written through a crash.

    disk: told of every write, so that a crash can be told before it or after it.
    """

    def __init__(self, disk=None):
        self.changes = []
        self.last_queue_number = 0
        self.error = None
        self._disk = disk

    def load(self):
        gone = {each.number for each in self.changes if isinstance(each, QueueDeleted)}
        return [
            each
            for each in self.changes
            if isinstance(each, QueueDeclared) and each.number not in gone
        ]

    def write(self, changes):
        if self.error is not None:
            raise self.error
        self.changes += changes
        for each in changes:
            if isinstance(each, QueueDeclared):
                self.last_queue_number = max(self.last_queue_number, each.number)
        if self._disk is not None:
            self._disk.note(list(changes))

    def close(self):
        pass


class World:
    def __init__(self, disk=None, catalogue=None, segment_octets=SEGMENT_OCTETS):
        self.disk = disk or FaultyDisk()
        self.spill = FaultyDisk()
        self.catalogue = catalogue or Catalogue(self.disk)
        self.segment_octets = segment_octets
        self.timers = HandTimers()
        self.workers = []
        self._numbers = count(1)

    def open(self, **options):
        """An engine on what is there; the one before is taken to have died."""
        self.timers = HandTimers()
        self.workers = []
        around = Surroundings(
            timers=self.timers,
            clock=lambda: self.timers.now,
            wall_ms=lambda: int(self.timers.now * 1000) + 1_700_000_000_000,
            new_salt=lambda: next(self._numbers) * 7919,
            new_worker=self._new_worker,
        )
        files = Files(self.disk, self.spill, self.catalogue)
        self.engine = Engine(files, around, segment_octets=self.segment_octets, **options)
        return self.engine

    def _new_worker(self, _name):
        worker = HandWorker()
        self.workers.append(worker)
        return worker

    def declare(self, *numbers):
        """Queues, by their numbers; durable once `run` has run."""
        for number in numbers:
            change = QueueDeclared(number, "/", f"q{number}", DURABLE)
            self.engine.storage.catalogue.commit(change)

    def run(self):
        """Everything that can be done without waiting."""
        self.pass_time(0)

    def pass_time(self, seconds):
        end = self.timers.now + seconds
        while self._step(end):
            pass
        self.timers.now = end

    def _step(self, end):
        busy = next((worker for worker in self.workers if worker.jobs), None)
        if busy is not None:
            busy.step()
            return True
        due = self.timers.next()
        if due is None or due > end:
            return False
        self.timers.now = max(self.timers.now, due)
        self.timers.step()
        return True

    def read(self, *positions):
        """The bodies of messages, read back."""
        got = []
        self.engine.storage.messages.read(list(positions), got.extend)
        self.run()
        return [message.body for message in got]


def message(position, body=b"", *, priority=0, delivery_mode=2, expiration=None):
    """A persistent message at a position."""
    properties = Properties(
        delivery_mode=delivery_mode, priority=priority or None, expiration=expiration
    )
    traits = Traits(
        ttl_ms=None if expiration is None else int(expiration),
        priority=priority,
        is_persistent=delivery_mode == 2,
    )
    return Message(b"\x00\x01q", content(body, properties), 1, position, traits)
