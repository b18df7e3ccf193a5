"""Any damage to any log: it is mended, starts, and gives up no more than it says.

One number makes a log and its damage. `python -m tests.storage.test_any_damage 0 5000` tries more
of them.
"""

import sys
from random import Random

import pytest

from leveret.storage import index
from leveret.storage.salvage import examine, mend
from leveret.storage.segment import SUFFIX
from tests.storage.damage import overwrite, segments_of
from tests.storage.hand import World, message

QUEUES = (1, 2, 3)


class Life:
    """A log that some clients have left, and what it owes them."""

    def __init__(self, chance):
        self.chance = chance
        self.world = World(segment_octets=chance.choice([400, 1000, 4000]))
        self.bodies = {}
        self.waiting = {queue: set() for queue in QUEUES}
        self.world.open()
        self.world.declare(*QUEUES)
        for _ in range(chance.randrange(3, 40)):
            self.publish(chance.randrange(8))
            self.settle()
            self.world.pass_time(chance.choice([0.02, 0.02, 1, 20]))
            if chance.random() < 0.1:
                self.restart()
        self.world.pass_time(1)
        self.world.disk.sync()

    @property
    def messages(self):
        return self.world.engine.storage.messages

    def publish(self, count):
        for _ in range(count):
            position = len(self.bodies) + 1
            size = self.chance.choice([0, 5, 50, 600])
            body = self.bodies[position] = b"%d " % position + self.chance.randbytes(size)
            queues = tuple(sorted(self.chance.sample(QUEUES, self.chance.choice([1, 1, 2]))))
            made = message(position, body, priority=self.chance.choice([0, 0, 3]))
            self.messages.append(made, queues)
            for queue in queues:
                self.waiting[queue].add(position)

    def settle(self):
        for queue, waiting in self.waiting.items():
            if self.chance.random() < 0.4:
                for position in self.chance.sample(sorted(waiting), len(waiting) // 2):
                    self.messages.settle(queue, position)
                    waiting.discard(position)
            if waiting and self.chance.random() < 0.3:
                self.messages.delivered(queue, self.chance.choice(sorted(waiting)))

    def restart(self):
        self.world.engine.close()
        self.world.open().tidy_up()

    def damage(self):
        """The files that were spoiled, and whether one may have lost its end without a trace."""
        disk = self.world.disk
        names = [name for name in disk.names() if name.endswith((SUFFIX, index.SUFFIX))]
        spoiled = set()
        is_traceless = False
        for name in self.chance.choices(names, k=min(len(names), self.chance.randrange(1, 4))):
            size = len(disk.octets_of(name))
            offset = self.chance.randrange(size + 1)
            octets = min(size - offset, self.chance.choice([1, 10, 100, 600]))
            kind = self.chance.choice(["flip", "flip", "garbage", "zeros", "cut"])
            if kind == "flip" and octets:
                disk.flip(name, offset * 8 + self.chance.randrange(8))
            elif kind == "garbage":
                overwrite(disk, name, offset, self.chance.randbytes(octets))
            elif kind == "zeros":
                overwrite(disk, name, offset, bytes(octets))
            elif kind == "cut":
                disk.open(name).truncate(offset)
            spoiled.add(name)
            is_traceless |= kind in ("zeros", "cut")
        return spoiled, is_traceless

    def found(self):
        """What a start finds: for each queue which positions; every body is what it was."""
        self.world.open()
        found = {}
        for queue in QUEUES:
            lines = self.messages.recovered(queue).positions.values()
            assert all(list(line) == sorted(line) for line in lines)
            found[queue] = {position for line in lines for position in line}
        positions = sorted(set().union(*found.values()))
        assert self.world.read(*positions) == [self.bodies[each] for each in positions]
        return found


def assert_mended(seed):
    life = Life(Random(seed))
    disk = life.world.disk
    spoiled, is_traceless = life.damage()
    # What damage has made of the end of the log may look like what a crash leaves: it is cut.
    is_traceless |= max(segments_of(disk), default="") in spoiled
    damaged = {name: disk.octets_of(name) for name in disk.names()}
    examined = examine(disk)
    mended = mend(disk, examined)
    assert all(each.is_sound for each in examine(disk))
    for each in mended:
        assert all(disk.octets_of(kept) == damaged[kept[: kept.index(".damaged")]]
                   for kept in each.kept_as)  # fmt: skip
    found = life.found()
    missing = {each for queue in QUEUES for each in life.waiting[queue] - found[queue]}
    if not any(name.endswith(SUFFIX) for name in spoiled):
        assert not missing
    elif not is_traceless and all(each.is_lost_known for each in examined):
        assert len(missing) <= sum(each.lost for each in examined)


@pytest.mark.parametrize("seed", range(50))
def test_any_damage_to_any_log_is_mended(seed):
    assert_mended(seed)


if __name__ == "__main__":
    for number in range(*map(int, sys.argv[1:])):
        try:
            assert_mended(number)
        except Exception as error:
            raise SystemExit(f"seed {number}") from error
