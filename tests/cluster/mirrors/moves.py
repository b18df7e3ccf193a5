"""A queue that moves while a test publishes, delivers and settles: two engines."""

from itertools import count

from leveret.broker.message import Message
from leveret.cluster.mirrors.moving import Moving
from leveret.cluster.mirrors.own_place import OwnPlace
from tests.broker.domain import HandAgenda, message
from tests.broker.fake_storage import FakeEngine

NUMBER = 7


class Move:
    """From one node's engine into another engine of the same node.

    waiting: bodies that the queue has not settled, by its positions; marks: their deliveries.
    """

    def __init__(self, *bodies):
        self.agenda = HandAgenda()
        self.positions = count(1)
        self.sources = FakeEngine(self.agenda)
        self.targets = FakeEngine(self.agenda)
        self.source = self._place(self.sources)
        self.target = self._place(self.targets)
        self.waiting, self.marks = {}, {}
        self.place, self.believed = self.source, self.sources
        self.doubled = []
        for body in bodies:
            self.publish(body)

    def _place(self, engine):
        numbers = self.positions
        return OwnPlace(engine.messages, engine.durability, NUMBER, lambda: next(numbers))

    def begin(self):
        self.place = Moving(
            self.source,
            self.target,
            list(self.waiting),
            self.marks,
            self.agenda.soon,
            lambda: self.doubled.append(len(self.waiting)),
        )
        self.place.begin()

    def publish(self, body):
        position = next(self.positions)
        made = message(body, is_persistent=True)
        kept = Message(made.address, made.content, made.channel, position, made.traits)
        # The engine that has the queue is told beside its place, once for all queues.
        self.believed.messages.append(kept, (NUMBER,))
        self.place.append(kept)
        self.waiting[position] = body
        return position

    def settle(self, *positions):
        for position in positions:
            del self.waiting[position]
            self.marks.pop(position, None)
        self.place.settle_all(positions)

    def deliver(self, position):
        self.marks[position] = self.marks.get(position, 0) + 1
        self.place.delivered(position)

    def finish(self):
        while not self.place.is_doubled:
            self.agenda.run()

    def end(self):
        """The target is believed from now on."""
        self.place, self.believed = self.target, self.targets

    def expected(self):
        """Bodies in order, and how often each was delivered."""
        return [(body, self.marks.get(at, 0)) for at, body in sorted(self.waiting.items())]

    def found(self, engine):
        """The same, as an engine would recover it."""
        recovered = engine.messages.recovered(NUMBER)
        return [
            (engine.messages.kept[at].body.decode(), recovered.deliveries.get(at, 0))
            for at in recovered.positions.get(0, [])
        ]
