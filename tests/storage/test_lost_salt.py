"""The salt of a segment whose head is lost."""

import random
from binascii import crc32

import pytest

from leveret.storage.lost_salt import crc32_start, find_salt
from leveret.storage.record import BATCH_MARK, BATCH_OCTETS
from leveret.storage.segment import HEAD_OCTETS, decode_head, file_name
from tests.storage.damage import published

LOST_HEAD = bytes(HEAD_OCTETS)


@pytest.fixture
def segment():
    """A segment with three group commits, and its salt."""
    octets = published([3, 3, 3]).disk.octets_of(file_name(1))
    return octets[HEAD_OCTETS:], decode_head(octets).salt


@pytest.mark.parametrize("size", [0, 1, 36, 300])
def test_a_crc_runs_backwards(size):
    chance = random.Random(size)
    octets, start = chance.randbytes(size), chance.getrandbits(32)
    assert crc32_start(octets, crc32(octets, start)) == start


def test_the_first_group_commit_tells(segment):
    records, salt = segment
    assert find_salt(LOST_HEAD + records) == salt


def test_the_others_tell_when_the_first_is_lost_too(segment):
    records, salt = segment
    assert find_salt(LOST_HEAD + bytes(BATCH_OCTETS) + records[BATCH_OCTETS:]) == salt


def test_what_only_begins_like_a_group_commit_does_not_count(segment):
    records, salt = segment
    lookalike = BATCH_MARK + bytes(60)
    assert find_salt(LOST_HEAD + lookalike + records + BATCH_MARK) == salt


def test_nothing_tells():
    assert find_salt(LOST_HEAD + b"x" * 100) == 0
