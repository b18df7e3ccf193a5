"""An engine on a disk in memory, with a clock and threads that do nothing unless told."""

import itertools

from leveret.broker.changes import QueueDeclared
from leveret.storage.engine import Engine, Files, Surroundings
from tests.simulation.storage.machine import Catalogue, Timers, Worker
from tests.simulation.storage.model import Found, Wrong
from tests.simulation.storage.steps import pick
from tests.storage.faulty_disk import FaultyDisk

# A few messages fill a segment, so that there is something to remove and to rewrite.
SEGMENT_OCTETS = 1024
# An engine that is left alone comes to rest in fewer turns.
TURNS_MAX = 2000


class Simulated:
    """A started engine and the world it lives in."""

    def __init__(self, disk: FaultyDisk) -> None:
        self.timers = Timers()
        self.catalogue = Catalogue(disk)
        self._workers: list[Worker] = []
        salts = itertools.count(len(disk.names()) * 1000 + 1)
        around = Surroundings(
            timers=self.timers,
            clock=lambda: self.timers.now,
            wall_ms=self.timers.wall_ms,
            new_salt=lambda: next(salts),
            new_worker=self._new_worker,
        )
        files = Files(disk, FaultyDisk(), self.catalogue)
        self.engine = Engine(files, around, segment_octets=SEGMENT_OCTETS)
        self.storage = self.engine.storage
        self.engine.tidy_up()

    def _new_worker(self, _name: str) -> Worker:
        worker = Worker()
        self._workers.append(worker)
        return worker

    def work(self, die: float) -> None:
        """One of the threads gets on with it."""
        busy = [worker for worker in self._workers if not worker.is_idle]
        if busy:
            pick(busy, die).work()

    def settle_down(self) -> None:
        """Everything that is to be done by itself is done."""
        for _ in range(TURNS_MAX):
            self.timers.turn()
            self.work(0.0)
            if all(worker.is_idle for worker in self._workers):
                if not self.timers.has_more:
                    return
                self.timers.pass_until_next()
        raise Wrong("the engine does not come to rest")

    def close(self) -> None:
        self.engine.close()

    def found(self) -> Found:
        """What it has after a start; nothing may have been said to it."""
        found = Found(
            first_position=self.storage.first_position,
            first_queue_number=self.storage.first_queue_number,
        )
        for number in sorted(self.queues):
            recovered = self.storage.messages.recovered(number)
            found.queues.add(number)
            found.positions[number] = {
                priority: list(positions) for priority, positions in recovered.positions.items()
            }
            found.deliveries[number] = dict(recovered.deliveries)
        self._read(found)
        return found

    @property
    def queues(self) -> dict[int, QueueDeclared]:
        """By number, as the catalogue has them."""
        changes = self.catalogue.load()
        return {each.number: each for each in changes if isinstance(each, QueueDeclared)}

    def _read(self, found: Found) -> None:
        wanted = {
            position
            for lines in found.positions.values()
            for line in lines.values()
            for position in line
        }
        if not wanted:
            return
        got = []
        self.storage.messages.read(sorted(wanted), got.append)
        self.settle_down()
        if len(got) != 1:
            raise Wrong(f"{len(got)} answers to one reading")
        for message in got[0]:
            if not message.is_stored or not message.traits.is_persistent:
                raise Wrong(f"message {message.position} is not persistent any more")
            content = message.address, message.content, message.traits.priority
            found.contents[message.position] = content


def start(disk: FaultyDisk) -> Simulated:
    """An engine on what is on the disk. Raises StartRefused."""
    return Simulated(disk)
