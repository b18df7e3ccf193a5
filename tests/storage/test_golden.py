"""Format version 1 of the message log, as files that were written once and stay as they are.

golden/log-1 has a segment with every kind of record, one that was joined of three and rewritten
twice, and the index of each. They are read by whatever version of Leveret comes, and version 1
writes them again octet for octet.

`python -m tests.storage.test_golden` makes them where there are none; it replaces none.
"""

import sys
from binascii import crc32
from pathlib import Path

import pytest

from leveret.broker.changes import QueueDeclared
from leveret.broker.message import Message, Traits
from leveret.storage import index, record
from leveret.storage.record import BatchHead
from leveret.storage.recovery import open_segments
from leveret.storage.salvage import examine
from leveret.storage.scan import scan
from leveret.storage.segment import Segment, SegmentHead, decode_head, file_name
from leveret.wire.properties import Properties
from tests.broker.domain import content
from tests.storage.faulty_disk import FaultyDisk
from tests.storage.hand import DURABLE, World

GOLDEN = Path(__file__).parent / "golden" / "log-1"

FIRST = SegmentHead(id=1, last=1, generation=0, salt=0x89ABCDEF)
JOINED = SegmentHead(id=2, last=4, generation=2, salt=0x01234567)

WALL_MS = 1_795_000_000_000
MANY_QUEUES = tuple(range(1, 301))
# What a message may ask of the broker.
ASKING = Properties(
    content_type="text/plain", delivery_mode=2, priority=7, expiration="60000", headers={"a": 1}
)


def message(position, body, *, properties=None, exchange=b"", key=b"jobs", channel=1):
    properties = properties or Properties(delivery_mode=2)
    expiration = properties.expiration
    traits = Traits(
        ttl_ms=None if expiration is None else int(expiration),
        priority=properties.priority or 0,
        is_persistent=True,
    )
    address = bytes([len(exchange)]) + exchange + bytes([len(key)]) + key
    return Message(address, content(body, properties, channel, 4096), channel, position, traits)


def stored(made, *queues):
    return record.encode_message(made, record.pack_queues(queues), WALL_MS + made.position)


def batch(number, *records, salt):
    octets = record.BATCH_OCTETS + sum(map(len, records))
    head = BatchHead(number, WALL_MS + 1000 * number, len(records), octets)
    return b"".join([record.encode_batch(head, salt), *records])


def first_segment():
    """Two group commits, with messages of every sort and both things that are said of them."""
    return b"".join(
        [
            FIRST.encode(),
            batch(
                1,
                stored(message(1, b"plain"), 1),
                stored(message(2, b"asking", properties=ASKING, exchange=b"x", channel=7), 1, 2),
                stored(message(3, b""), 2),
                stored(message(2**40, b"large " * 1000, key=b"\xff\x00"), 3),
                stored(message(2**40 + 1, b"for many"), *MANY_QUEUES),
                salt=FIRST.salt,
            ),
            batch(
                2,
                record.encode_control(record.SETTLED, 1, [1]),
                record.encode_control(record.SETTLED, 2, [2, 3]),
                record.encode_control(record.DELIVERED, 1, [2, 2]),
                salt=FIRST.salt,
            ),
        ]
    )


def joined_segment():
    """As rewriting leaves one: what was wanted, then what must still be said."""
    return b"".join(
        [
            JOINED.encode(),
            stored(message(2**40 + 2, b"kept"), 1),
            stored(message(2**40 + 5, b"kept too"), 1),
            record.encode_control(record.SETTLED, 3, [2**40]),
            record.encode_control(record.DELIVERED, 1, [2**40 + 5]),
        ]
    )


def index_of(octets):
    head = decode_head(octets)
    segment = Segment(head, FaultyDisk().create("unused"))
    segment.entries = scan(octets, head.salt, is_tail=False).entries
    segment.size = len(octets)
    return index.encode(segment)


def written():
    """The files, as this version writes them."""
    first, joined = first_segment(), joined_segment()
    return {
        file_name(1): first,
        index.file_name(1): index_of(first),
        file_name(2): joined,
        index.file_name(2): index_of(joined),
    }


def golden():
    """The files, as they were written when the format was made."""
    return {path.name: path.read_bytes() for path in GOLDEN.iterdir()}


def world(*left_out):
    """A world on a copy of them, with three queues and some more."""
    made = World()
    for name, octets in golden().items():
        if not name.endswith(left_out):  # A tuple, mostly an empty one.
            made.disk.create(name).append([octets])
    numbers = (1, 2, 3, 300)
    made.catalogue.changes = [QueueDeclared(each, "/", f"q{each}", DURABLE) for each in numbers]
    return made


# Written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(written()))
def test_the_same_is_written_as_ever(name):
    assert written()[name] == golden()[name]


def test_no_file_is_missing_and_none_is_new():
    assert sorted(golden()) == sorted(written())


def test_every_field_of_a_segment_head_is_where_it_was():
    octets = golden()[file_name(2)]
    assert octets[:8] == b"LVRTLOG\0"
    assert octets[8:10] == b"\1\0"
    assert octets[10:16] == bytes(6)
    assert octets[16:24] == (2).to_bytes(8, "little")
    assert octets[24:32] == (4).to_bytes(8, "little")
    assert octets[32:36] == (2).to_bytes(4, "little")
    assert octets[36:40] == (0x01234567).to_bytes(4, "little")
    assert octets[40:60] == bytes(20)
    assert octets[60:64] == crc32(octets[:60]).to_bytes(4, "little")


# Read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", [(), (".index",)], ids=["by index", "end to end"])
def test_what_waits_in_them_is_found(left_out):
    made = world(*left_out)
    engine = made.open()
    found = {number: engine.storage.messages.recovered(number) for number in (1, 2, 3, 300)}
    large, many, kept, kept_too = 2**40, 2**40 + 1, 2**40 + 2, 2**40 + 5
    assert {
        number: {priority: list(line) for priority, line in each.positions.items()}
        for number, each in found.items()
    } == {1: {0: [many, kept, kept_too], 7: [2]}, 2: {0: [many]}, 3: {0: [many]}, 300: {0: [many]}}
    assert found[1].deliveries == {2: 2, kept_too: 1}
    assert engine.storage.first_position == kept_too + 1
    assert engine.storage.first_queue_number == 301
    assert made.read(2, many, kept, kept_too) == [b"asking", b"for many", b"kept", b"kept too"]
    assert made.read(1, 3, large) == []


def test_a_message_comes_back_with_everything_that_came_with_it():
    octets = golden()[file_name(1)]
    offset = open_segments(world().disk).segments[0].entries.offsets[1]
    found, published_ms = record.decode_message(octets, offset)
    assert published_ms == WALL_MS + 2
    assert (found.exchange, found.routing_key, found.channel) == ("x", "jobs", 7)
    assert found.traits == Traits(ttl_ms=60_000, priority=7, is_persistent=True)
    assert found.content == content(b"asking", ASKING, 7, 4096)


def test_nothing_is_wrong_with_them():
    assert [each.reason for each in examine(world().disk)] == ["", ""]


def make_golden():
    if GOLDEN.exists():
        return f"{GOLDEN} is there: golden files are not written twice"
    GOLDEN.mkdir()
    for name, octets in written().items():
        (GOLDEN / name).write_bytes(octets)
    return None


if __name__ == "__main__":
    sys.exit(make_golden())
