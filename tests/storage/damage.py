"""Logs to damage: a world with messages in it, and ways to spoil its files."""

from leveret.broker.changes import UserSet, VhostAdded
from leveret.storage import record
from leveret.storage.catalogue import CatalogueFile
from leveret.storage.disk import RealDisk
from leveret.storage.opening import CATALOGUE, MESSAGES
from leveret.storage.scan import sound_records
from leveret.storage.segment import SUFFIX, decode_head
from tests.storage.hand import World, message


def published(batches, *, segment_octets=1 << 20, queues=(1,), **where):
    """A world with so many group commits of so many messages each, all of them for `queues`."""
    world = World(segment_octets=segment_octets, **where)
    engine = world.open()
    world.declare(*queues)
    world.run()
    position = 0
    for count in batches:
        for _ in range(count):
            position += 1
            engine.storage.messages.append(message(position, body(position)), queues)
        world.pass_time(0.02)
    world.pass_time(1)
    return world


def data_directory(path, batches, **options):
    """The same as real files, left by a node that has ended."""
    disk, catalogue = RealDisk(path / MESSAGES), CatalogueFile(path / CATALOGUE)
    catalogue.write([VhostAdded("/"), UserSet("guest", b"", frozenset())])
    world = published(batches, disk=disk, catalogue=catalogue, **options)
    world.engine.close()


def contents(path):
    """Every file below, with its octets and when it was changed."""
    return {
        each.relative_to(path): (each.stat().st_mtime_ns, each.read_bytes())
        for each in path.rglob("*")
        if each.is_file()
    }


def body(position):
    return b"message %d" % position


def segments_of(disk):
    return [name for name in disk.names() if name.endswith(SUFFIX)]


def offsets_of(disk, name, kind=record.MESSAGE):
    """Where records of a kind begin."""
    octets = disk.octets_of(name)
    salt = decode_head(octets).salt
    return [each for each in sound_records(octets, salt) if record.kind_of(octets, each) == kind]


def overwrite(disk, name, offset, octets):
    """Other octets there, unnoticed."""
    old = disk.octets_of(name)[offset : offset + len(octets)]
    for place, (was, becomes) in enumerate(zip(old, octets, strict=True)):
        for bit in range(8):
            if (was ^ becomes) >> bit & 1:
                disk.flip(name, (offset + place) * 8 + bit)


def recovered(world, queue=1):
    """What waits after a start, as positions, and as bodies."""
    engine = world.open()
    found = engine.storage.messages.recovered(queue)
    positions = [each for line in found.positions.values() for each in line]
    return positions, world.read(*positions)
