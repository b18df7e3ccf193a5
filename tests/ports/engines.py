"""The engines that the suite of the ports is run against, each driven by hand in the same way.

storage: its ports. `run` lets it write and read whatever it has to; `restarted` is another engine
on what this one has made durable; `declare` makes queues known, as only known ones are recovered;
`damage` makes the message with this body unreadable.
"""

from leveret.broker.changes import QueueDeclared
from leveret.broker.queues.queue import QueueOptions
from tests.broker.domain import HandAgenda
from tests.broker.fake_storage import FakeEngine
from tests.cluster.mirrors.leading import Leading
from tests.storage.hand import World


def declared(number):
    return QueueDeclared(number, "/", f"q{number}", QueueOptions(durable=True))


class InMemory:
    """The fake, of which everything is durable as soon as it was told."""

    def __init__(self, engine=None):
        self._engine = engine or FakeEngine(HandAgenda())
        self.storage = self._engine.storage

    def declare(self, *numbers):
        for number in numbers:
            self.storage.catalogue.commit(declared(number))

    def run(self):
        self._engine.durability.sync()
        self._engine.agenda.run()

    def restarted(self):
        return InMemory(self._engine.restarted())

    def close(self):
        """Nothing is open."""

    def damage(self, body):
        messages = self._engine.messages
        messages.damaged.update(each for each, kept in messages.kept.items() if kept.body == body)


class OnDisk:
    """The message log, on a disk in memory."""

    def __init__(self, world=None):
        self._world = world or World()
        self.storage = self._world.open().storage

    def declare(self, *numbers):
        self._world.declare(*numbers)

    def run(self):
        self._world.pass_time(1)

    def restarted(self):
        self.run()
        return OnDisk(self._world)

    def close(self):
        """Nothing is open."""

    def damage(self, body):
        disk = self._world.disk
        for name in disk.names():
            octets = disk.octets_of(name)
            if body in octets:
                disk.flip(name, octets.index(body) * 8)


ENGINES = [InMemory, OnDisk, Leading]
