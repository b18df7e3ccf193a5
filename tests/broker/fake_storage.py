"""An engine in memory: what a test holds instead of a disk.

It keeps what the ports say, answers reads in a later turn of the agenda, becomes durable when a
test says so (`sync`), and starts again with what was durable (`restarted`). tests/ports checks it
with the suite that the real engines pass.
"""

from leveret.broker.ports import Recovered, Storage


class FakeMessages:
    """Messages by position, and which queues have not settled them.

    damaged: positions that can't be read.
    reads: what was asked for, one list for each time.
    """

    def __init__(self, agenda):
        self.kept = {}
        self.marks = {}
        self.damaged = set()
        self.reads = []
        self._agenda = agenda
        self._waiting = {}
        self._appended_at = {}

    def append(self, message, queues):
        assert message.position not in self.kept, "appended twice"
        assert queues, "kept for nobody"
        self.kept[message.position] = message
        self._appended_at[message.position] = self._agenda.clock()
        self._waiting[message.position] = set(queues)

    def adopt(self, message, queues):
        self.append(message, queues)
        self._appended_at[message.position] = message.published_at or self._agenda.clock()

    def settle(self, queue, position):
        waiting = self._waiting[position]
        waiting.remove(queue)
        self.marks.pop((queue, position), None)
        if not waiting:
            del self._waiting[position], self.kept[position]

    def settle_all(self, queue, positions):
        for position in positions:
            self.settle(queue, position)

    def delivered(self, queue, position):
        assert queue in self._waiting[position], "delivered what was settled"
        self.marks[queue, position] = self.marks.get((queue, position), 0) + 1

    def forget(self, queue, positions):
        self.settle_all(queue, positions)

    def read(self, positions, take, queue=0):  # noqa: ARG002  # the port's
        positions = list(positions)
        self.reads.append(positions)
        self._agenda.soon(lambda: take(self._found(positions)))

    def _found(self, positions):
        for position in self.damaged.intersection(positions) & self.kept.keys():
            for queue in list(self._waiting[position]):
                self.settle(queue, position)
        found = [self.kept[position] for position in positions if position in self.kept]
        for message in found:
            message.is_stored = True
            message.published_at = self._appended_at[message.position]
        return found

    def recovered(self, queue):
        found = Recovered()
        for position in self.positions(queue):
            traits = self.kept[position].traits
            found.positions.setdefault(traits.priority if traits else 0, []).append(position)
            if (queue, position) in self.marks:
                found.deliveries[position] = self.marks[queue, position]
        return found

    def positions(self, queue):
        """What the queue has not settled, in order."""
        return sorted(position for position, queues in self._waiting.items() if queue in queues)

    def restarted(self, agenda):
        """What a later engine finds."""
        later = FakeMessages(agenda)
        later.kept.update(self.kept)
        later._appended_at.update(self._appended_at)
        later.marks.update(self.marks)
        later.damaged.update(self.damaged)
        later._waiting.update((each, set(queues)) for each, queues in self._waiting.items())
        return later


class FakeDurability:
    """A batch that is durable when a test says so.

    actions: what is to be done when batches are durable, by their numbers.
    """

    def __init__(self):
        self.batch = 1
        self.demands = 0
        self.is_behind = False
        self.actions = []

    def demand(self):
        self.demands += 1

    def when_durable(self, action):
        self.actions.append((self.batch, action))

    def sync(self):
        """All that was said so far is safe now."""
        self.begin_sync()
        self.end_sync()

    def begin_sync(self):
        """The batch is on its way; what is said from now on belongs to the next."""
        self.batch += 1

    def end_sync(self):
        """The batches that were on their way are durable."""
        due = [action for batch, action in self.actions if batch < self.batch]
        self.actions = [entry for entry in self.actions if entry[0] >= self.batch]
        for action in due:
            action()


class FakeCatalogue:
    """Changes in the order in which they were committed."""

    def __init__(self, durability, changes=()):
        self.changes = list(changes)
        self._durability = durability

    def load(self):
        return list(self.changes)

    def commit(self, change):
        self.changes.append(change)
        self._durability.demand()


class FakeEngine:
    """The ports together, as a broker gets them (`storage`)."""

    def __init__(self, agenda, messages=None, changes=(), first_position=1, first_queue_number=1):
        self.agenda = agenda
        self.messages = messages or FakeMessages(agenda)
        self.spill = FakeMessages(agenda)
        self.durability = FakeDurability()
        self.spilling = FakeDurability()
        self.catalogue = FakeCatalogue(self.durability, changes)
        self.storage = Storage(
            messages=self.messages,
            catalogue=self.catalogue,
            durability=self.durability,
            spill=self.spill,
            spilling=self.spilling,
            keeps_messages=True,
            first_position=first_position,
            first_queue_number=first_queue_number,
        )

    def restarted(self, agenda=None, first_position=1_000_000, first_queue_number=1_000):
        """Another engine on what this one has, everything durable."""
        agenda = agenda or self.agenda
        changes = self.catalogue.changes
        messages = self.messages.restarted(agenda)
        return FakeEngine(agenda, messages, changes, first_position, first_queue_number)
