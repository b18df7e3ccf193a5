"""A log without engine: group commits, written and entered by hand."""

import errno
from itertools import count

import pytest

from leveret.storage.batch import Batch
from leveret.storage.log import Log
from tests.storage.faulty_disk import FaultyDisk
from tests.storage.octets import stored

JOBS, LOGS = 1, 2


class HandLog:
    """A log, and group commits written to it by hand."""

    def __init__(self, segment_octets=1 << 20):
        self.disk = FaultyDisk()
        self.log = Log(self.disk, count(100).__next__, segment_octets=segment_octets)

    def say(self, *positions, queues=(JOBS,), settled=(), delivered=(), queue=JOBS):
        """A group commit: messages, and what a queue says of others."""
        batch = Batch(1)
        for position in positions:
            batch.add(position, stored(position, queues=queues), queues)
        for position in settled:
            batch.settle(queue, position)
        for position in delivered:
            batch.deliver(queue, position)
        self.write(batch)

    def write(self, batch):
        write = self.log.prepare(batch)
        write.run()
        self.log.enter(write)

    def fail_to_write(self, *positions, kind="write", **more):
        """The same, and the disk does not; the batch."""
        batch = Batch(1)
        for position in positions:
            batch.add(position, stored(position), (JOBS,))
        write = self.log.prepare(batch)
        self.disk.fail(kind, errno.EIO, **more)
        with pytest.raises(OSError, match="Input/output error"):
            write.run()
        self.log.write_failed()
        return batch

    @property
    def alive(self):
        """What somebody wants, by segment."""
        return {
            segment.head.id: list(segment.entries.waiting(0, len(segment.entries.positions)))
            for segment in self.log.segments
        }

    def segment(self, segment_id):
        return next(each for each in self.log.segments if each.head.id == segment_id)

    def concerns(self, segment_id):
        return self.segment(segment_id).concerns
