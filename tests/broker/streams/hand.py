"""A stream by hand: on an engine that is durable when told so, or on none."""

from leveret.broker.keeper import Keeper
from leveret.broker.memory import MEMORY
from leveret.broker.message import Message, Traits
from leveret.broker.queues.paging import Paging
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.streams.log import StreamHome
from leveret.broker.streams.stream import Stream
from tests.broker.domain import HandAgenda, message
from tests.broker.fake_storage import FakeEngine

PERSISTENT = Traits(is_persistent=True)


class Reading:
    """A consumer of a stream: keeps what it gets, full after `room` until `settle` makes room."""

    def __init__(self, stream, room=1000, **arguments):
        self.stream = stream
        self.room = room
        self.arguments = {name.replace("_", "-"): value for name, value in arguments.items()}
        self.reached = None
        self.held = []
        self.got = []
        self.offsets = []
        self.is_told_of_the_end = False
        self.rule_changes = 0
        stream.subscribe(self)
        self.resume()

    def resume(self):
        self.stream.consumers.resume(self)
        self.stream.pump()

    def deliver(self, delivered, redelivered):
        assert not redelivered
        assert not delivered.is_stored, "its acknowledgement would settle it"
        assert self.room > 0, "delivered to a full consumer"
        self.held.append(delivered)
        self.got.append(delivered.body.decode())
        self.offsets.append(delivered.headers["x-stream-offset"])
        self.room -= 1
        if not self.room:
            self.stream.consumers.park(self)

    def settle(self, count=1):
        del self.held[:count]
        was_full, self.room = not self.room, self.room + count
        if was_full:
            self.resume()

    def leave(self):
        self.stream.unsubscribe(self)

    def rules_changed(self):
        self.rule_changes += 1

    def queue_gone(self):
        self.is_told_of_the_end = True


class Streamed:
    """A stream and what is around it. engine: None for a broker that keeps nothing."""

    def __init__(self, *, keeps=True, engine=None, changes=(), **arguments):
        self.agenda = engine.agenda if engine else HandAgenda()
        self.engine = engine or (FakeEngine(self.agenda) if keeps else None)
        storage = self.engine.storage if self.engine else MEMORY
        self.positions = iter(range(storage.first_position, 10**9))
        store = storage.messages if self.engine else None
        self.paging = Paging(store, None, self.positions.__next__)
        self.keeper = Keeper(storage)
        home = StreamHome("/", self.agenda, self.paging, self.keeper)
        self.arguments = arguments
        table = {name.replace("_", "-"): value for name, value in arguments.items()}
        options = QueueOptions(durable=True, arguments=table)
        self.stream = Stream(home, "s", options, 7 if self.engine else 0)
        for change in changes:
            self.stream.restore(change)

    @property
    def index(self):
        return self.stream.log.index

    def publish(self, *bodies, is_persistent=True, **described):
        """As a channel does: what is persistent is stored before the stream has it."""
        for body in bodies:
            made = message(body, is_persistent=is_persistent, **described)
            made.position = next(self.positions)
            if self.engine and is_persistent:
                self.engine.messages.append(made, (7,))
                made.is_stored = True
            self.stream.publish(made)

    def sync(self):
        """What was published is safe, and what was asked for is read."""
        if self.engine:
            self.engine.durability.sync()
        self.run()

    def run(self):
        while self.agenda.next_deadline() is not None:
            self.agenda.run()

    def write(self, *bodies, **described):
        self.publish(*bodies, **described)
        self.sync()

    def read(self, offset="first", **arguments):
        """What somebody gets who reads from there now: offsets and bodies."""
        reading = Reading(self.stream, x_stream_offset=offset, **arguments)
        self.run()
        reading.leave()
        return list(zip(reading.offsets, reading.got, strict=True))

    def restarted(self):
        """The same stream after a start."""
        later = Streamed(
            engine=self.engine.restarted(),
            changes=self.engine.catalogue.changes,
            **self.arguments,
        )
        later.stream.recover(later.engine.messages.recovered(7))
        later.run()
        return later


def plain(body="", position=1):
    """A message that is nobody's."""
    made = message(body)
    return Message(made.address, made.content, 1, position, None)
