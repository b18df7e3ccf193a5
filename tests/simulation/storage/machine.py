"""What an engine runs on in a simulation: a clock, a thread that works when told, a catalogue."""

import heapq
import itertools

from leveret.broker.changes import QueueDeclared, VhostAdded


class Timers:
    """The loop as the engine sees it. Time passes when a step says so."""

    def __init__(self):
        self.now = 1000.0
        self._order = itertools.count()
        self._due = []

    def soon(self, action):
        self.later(0.0, action)

    def later(self, delay_s, action):
        heapq.heappush(self._due, (self.now + delay_s, next(self._order), action))

    def turn(self):
        """Run what is due now; what it adds for now is for the next turn."""
        last = next(self._order)
        while self._due and self._due[0][0] <= self.now and self._due[0][1] < last:
            heapq.heappop(self._due)[2]()

    @property
    def has_more(self):
        return bool(self._due)

    def pass_until_next(self):
        """Go on to the next thing that is to happen."""
        self.now = max(self.now, self._due[0][0])

    def wall_ms(self):
        return int(self.now * 1000) + 1_700_000_000_000


class Worker:
    """Does a job when told, and says so when told again."""

    def __init__(self):
        self._jobs = []
        self._done = []

    def submit(self, job, done):
        self._jobs.append((job, done))

    def close(self):
        while self._jobs:
            self._jobs.pop(0)[0]()
        self._done.clear()

    @property
    def is_idle(self):
        return not self._jobs and not self._done

    def work(self):
        """The next job is done, or what is done is told, whichever is older."""
        if self._done:
            self._done.pop(0)()
        elif self._jobs:
            job, done = self._jobs.pop(0)
            job()
            self._done.append(done)


class Catalogue:
    """The catalogue's file: a transaction is safe at once, in order with what the disk does."""

    def __init__(self, disk):
        self._disk = disk

    def load(self):
        """The vhost, and the queues there are."""
        queues = {}
        for change in self._changes():
            if isinstance(change, QueueDeclared):
                queues[change.number] = change
            else:
                queues.pop(change.number, None)
        return [VhostAdded("/"), *queues.values()] if queues else []

    @property
    def last_queue_number(self):
        return max((change.number for change in self._changes()), default=0)

    def _changes(self):
        return [change for changes in self._disk.notes for change in changes]

    def write(self, changes):
        self._disk.note(tuple(changes))

    def close(self):
        """It holds nothing open."""
