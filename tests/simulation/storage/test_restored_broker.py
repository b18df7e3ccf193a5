"""A whole broker, restored after crashes of simulated lives: its queues hand out what is there.

What an engine finds is checked against the model elsewhere; here it is what the queues make of it:
which message first, which flagged as redelivered, and nothing left once all is settled.
"""

import logging
from random import Random

import pytest

from leveret.broker.broker import Broker
from tests.simulation.storage.engine import start
from tests.simulation.storage.life import Life
from tests.simulation.storage.model import Model
from tests.simulation.storage.run import STEPS
from tests.simulation.storage.steps import pick, steps_of
from tests.storage.faulty_disk import FaultyDisk, crashes

SEEDS = 60
# One crash of so many: a broker takes longer to make than an engine.
EVERY = 9


class OrderlyLife(Life):
    """Delivers as queues do: of each line the first that was not, or again one that was."""

    def _mark(self, dice):
        queue = self._queue(dice[0])
        waiting = self.model.waiting(queue) if queue else []
        heads, marked = {}, []
        for position in waiting:
            letter = self.model.letters[position]
            if letter.shares[queue].marks:
                marked.append(position)
            else:
                line = 0 if queue % 2 else min(letter.priority, 5)
                heads.setdefault(line, position)
        ready = [*heads.values(), *marked]
        if ready:
            self._deliver(queue, pick(ready, dice[1] ** 3))


def crashes_of(seed):
    """Some of the crashes of one long life."""
    life = OrderlyLife(FaultyDisk(), Model(), [])
    for step in steps_of(seed, STEPS):
        life.take(step)
    every = crashes(life.disk.operations, Random(seed), scatterings=1)
    return [crash for count, crash in enumerate(every) if count % EVERY == seed % EVERY]


def expected(found, number, has_priorities):
    """Position and flag, in order: as they were published, the highest priority first."""
    lines = found.positions[number]
    if has_priorities:
        rows = {min(priority, 5): [] for priority in lines}
        for priority, positions in lines.items():
            rows[min(priority, 5)] += positions
    else:
        rows = {0: [position for positions in lines.values() for position in positions]}
    delivered = found.deliveries[number]
    order = []
    for _priority, positions in sorted(rows.items(), reverse=True):
        order += [(each, each in delivered) for each in sorted(positions)]
    return order


def drained(queue, broker, engine):
    """Take everything, and settle it."""
    taken = []
    while True:
        one = queue.get()
        if one is not None:
            taken.append(one)
            queue.settle(one[0])
        elif queue.is_loading:
            engine.settle_down()
            broker.agenda.run()
        else:
            return taken


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_restored_broker_hands_out_what_is_left_in_order(seed, caplog):
    caplog.set_level(logging.CRITICAL)
    for crash in crashes_of(seed):
        found = start(crash.disk.after_crash()).found()
        engine = start(crash.disk.after_crash())
        broker = Broker(lambda: 0.0, bytes, storage=engine.storage)
        assert broker.restore() == bool(found.queues)
        for number, change in engine.queues.items():
            queue = broker.vhosts["/"].queues[change.name]
            order = expected(found, number, bool(change.options.arguments))
            assert queue.ready.count == len(order)
            taken = drained(queue, broker, engine)
            assert [(message.position, flag) for message, flag in taken] == order, crash.what
            for message, _flag in taken:
                twin = found.contents[message.position]
                assert (message.address, message.content) == twin[:2]
        engine.settle_down()
        assert_nothing_left(engine)


def assert_nothing_left(engine):
    disk = engine.catalogue._disk
    engine.close()
    assert len([name for name in disk.names() if name.endswith(".segment")]) <= 2
    assert not start(disk.after_crash()).found().contents
