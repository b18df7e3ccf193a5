"""Segments written by hand, record by record."""

from leveret.storage import record
from leveret.storage.segment import SegmentHead
from tests.storage.hand import message

SALT = 0xBADC0DE


def stored(position, *, queues=(1,), priority=0, body=b"body"):
    """A message's record."""
    packed = record.pack_queues(queues)
    return record.encode_message(message(position, body, priority=priority), packed, 1_700)


def settled(queue, *positions):
    return record.encode_control(record.SETTLED, queue, positions)


def delivered(queue, *positions):
    return record.encode_control(record.DELIVERED, queue, positions)


def batch(*records, number=1, salt=SALT):
    """A group commit of these."""
    octets = record.BATCH_OCTETS + sum(map(len, records))
    head = record.BatchHead(number, wall_ms=1_700, count=len(records), octets=octets)
    return record.encode_batch(head, salt) + b"".join(records)


def segment(*batches, segment_id=1, last=None, generation=0, salt=SALT):
    """A whole file."""
    return SegmentHead(segment_id, last or segment_id, generation, salt).encode() + b"".join(
        batches
    )
