"""An index says of a segment what reading all of it would say, or nothing at all."""

from array import array

import pytest

from leveret.storage import index
from leveret.storage.scan import scan
from leveret.storage.segment import MANY, Segment, SegmentHead
from tests.storage import octets
from tests.storage.faulty_disk import FaultyDisk

HEAD = SegmentHead(id=7, last=9, generation=3, salt=octets.SALT)
MANY_QUEUES = tuple(range(1, MANY + 20))

FILES = {
    "nothing": octets.segment(),
    "messages": octets.segment(octets.batch(*map(octets.stored, range(1, 50)))),
    "only what was said of others": octets.segment(
        octets.batch(octets.settled(1, 5, 6), octets.delivered(2, 7))
    ),
    "everything": octets.segment(
        octets.batch(octets.stored(2**40, priority=255), octets.stored(2**40 + 7, queues=(1, 2))),
        octets.batch(octets.settled(1, 2**40)),
        octets.batch(octets.stored(2**63, queues=MANY_QUEUES), octets.delivered(2, 2**40 + 7)),
        octets.batch(octets.stored(2**63 + 1, priority=1), octets.stored(2**63 + 2)),
    ),
}


def segment_of(name):
    """As a scan finds it."""
    found = scan(FILES[name], octets.SALT, is_tail=False)
    made = Segment(HEAD, FaultyDisk().create("file"))
    made.entries, made.size = found.entries, found.size
    return made


@pytest.mark.parametrize("name", FILES)
def test_an_index_says_what_a_scan_says(name):
    made = segment_of(name)
    assert index.decode(index.encode(made), HEAD) == (made.entries, made.size)


def test_what_is_settled_is_not_the_business_of_an_index():
    made = segment_of("everything")
    before = index.encode(made)
    made.settle(array("Q", [2**40, 2**40 + 7, 2**63 + 1]))
    assert index.encode(made) == before


@pytest.mark.parametrize("name", ["nothing", "only what was said of others"])
def test_each_wrong_bit_makes_it_none(name):
    right = bytearray(index.encode(segment_of(name)))
    for bit in range(8 * len(right)):
        right[bit // 8] ^= 1 << bit % 8
        assert index.decode(bytes(right), HEAD) is None
        right[bit // 8] ^= 1 << bit % 8


def test_each_missing_octet_makes_it_none():
    right = index.encode(segment_of("everything"))
    assert all(index.decode(right[:size], HEAD) is None for size in range(len(right)))
    assert index.decode(bytes(len(right)), HEAD) is None


@pytest.mark.parametrize(
    "head",
    [
        SegmentHead(id=8, last=9, generation=3),
        SegmentHead(id=7, last=9, generation=2),
    ],
)
def test_the_index_of_another_segment_is_none(head):
    assert index.decode(index.encode(segment_of("messages")), head) is None


def test_an_index_of_another_version_is_none(monkeypatch):
    monkeypatch.setattr(index, "VERSION", 2)
    later = index.encode(segment_of("messages"))
    monkeypatch.undo()
    assert index.decode(later, HEAD) is None


def test_an_index_stands_beside_its_segment():
    assert index.file_name(255) == "00000000000000ff.index"
