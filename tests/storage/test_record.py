"""Records come back as they were written; whatever was done to them is noticed."""

import sys
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.message import Message, Traits, pack_address
from leveret.storage import record
from leveret.storage.record import BatchHead, Control, MessageHead
from leveret.wire.properties import Properties
from tests.broker.domain import content
from tests.storage.hand import message

SALT = 0xC0FFEE


def stored(made, queues=(1,), published_ms=1_700_000_000_123):
    return record.encode_message(made, record.pack_queues(queues), published_ms)


def fields_of(made):
    return made.address, made.content, made.channel, made.position, made.traits


# Messages ------------------------------------------------------------------------------------


def test_a_message_comes_back_as_it_was():
    made = message(7, b"body", priority=3, expiration="60000")
    found, published_ms = record.decode_message(stored(made), 0)
    assert fields_of(found) == fields_of(made)
    assert published_ms == 1_700_000_000_123


SHORT = st.binary(max_size=255)
MESSAGES = st.builds(
    lambda exchange, key, body, channel, position: Message(
        pack_address(exchange, key),
        content(body, Properties(delivery_mode=2), channel),
        channel,
        position,
        Traits(is_persistent=True),
    ),
    exchange=SHORT,
    key=SHORT,
    body=SHORT,
    channel=st.integers(1, 65535),
    position=st.integers(0, 2**64 - 1),
)
QUEUES = st.lists(st.integers(1, 2**32 - 1), min_size=1, max_size=300).map(tuple)


@given(MESSAGES, QUEUES, st.binary(max_size=9))
def test_any_message_comes_back(made, queues, gap):
    octets = stored(made, queues)
    found, _published_ms = record.decode_message(gap + octets + gap, len(gap))
    assert fields_of(found) == fields_of(made)
    head = record.decode_message_head(gap + octets, len(gap))
    assert head == MessageHead(made.position, 0, queues)
    assert record.measure(gap + octets + gap, len(gap)) == len(octets)


def test_a_head_is_read_without_the_content():
    octets = stored(message(9, b"body", priority=255), (1, 2, 2**32 - 1))
    assert record.decode_message_head(octets, 0) == MessageHead(9, 255, (1, 2, 2**32 - 1))
    assert record.kind_of(octets, 0) == record.MESSAGE


def test_the_priority_of_a_message_without_traits_is_none_at_all():
    made = Message(b"\0\0", content(b"x"), 1, 5, None)
    assert record.decode_message_head(stored(made), 0).priority == 0
    assert record.decode_message(stored(made), 0)[0].traits == Traits()


@pytest.mark.parametrize(
    ("properties", "traits"),
    [
        (Properties(delivery_mode=2), Traits(is_persistent=True)),
        (Properties(delivery_mode=1), Traits()),
        (Properties(expiration="0"), Traits(ttl_ms=0)),
        (Properties(expiration="86400000", priority=9), Traits(ttl_ms=86_400_000, priority=9)),
        (Properties(headers={"x": 1}, message_id="m"), Traits()),
    ],
)
def test_traits_are_read_from_the_properties(properties, traits):
    made = Message(b"\0\0", content(b"", properties), 1, 1, traits)
    assert record.decode_message(stored(made), 0)[0].traits == traits


# Group commits and what is said of messages --------------------------------------------------


def test_a_batch_head_comes_back_as_it_was():
    head = BatchHead(number=2**63, wall_ms=1_700_000_000_000, count=2**32 - 1, octets=2**40)
    octets = record.encode_batch(head, SALT)
    assert record.decode_batch(b"--" + octets, 2) == head
    assert octets.startswith(record.BATCH_MARK)
    assert len(octets) == record.BATCH_OCTETS


def test_a_batch_head_is_none_with_another_salt():
    octets = record.encode_batch(BatchHead(1, 2, 3, 4), SALT)
    assert record.measure(octets, 0, SALT) == len(octets)
    assert record.measure(octets, 0, SALT + 1) == 0
    assert record.measure(octets, 0) == 0


@pytest.mark.parametrize("kind", [record.SETTLED, record.DELIVERED])
@pytest.mark.parametrize("positions", [[], [1], [5, 5, 2**64 - 1], range(10_000)])
def test_what_is_said_of_messages_comes_back_as_it_was(kind, positions):
    octets = record.encode_control(kind, 2**32 - 1, positions)
    told = record.decode_control(b"-" + octets + b"-", 1)
    assert told == Control(kind, 2**32 - 1, array("Q", positions))
    # The salt is the batch heads' alone.
    assert record.measure(octets, 0, SALT) == record.measure(octets, 0) == len(octets)


def test_numbers_are_little_endian_wherever_they_are_written(monkeypatch):
    assert record.to_octets(array("I", [1, 2**31])) == b"\1\0\0\0\0\0\0\x80"
    assert record.from_octets(b"\1\0\0\0", "I") == array("I", [1])
    monkeypatch.setattr(record, "_IS_BIG_ENDIAN", sys.byteorder == "little")
    numbers = array("Q", [1, 2**63])
    assert record.to_octets(numbers) == bytes.fromhex("00000000000000018000000000000000")
    assert numbers == array("Q", [1, 2**63])
    assert record.from_octets(record.to_octets(numbers)) == numbers


# Damage --------------------------------------------------------------------------------------

RECORDS = {
    "message": stored(message(7, b"body" * 50, priority=3)),
    "batch": record.encode_batch(BatchHead(1, 2, 3, 4), SALT),
    "settled": record.encode_control(record.SETTLED, 7, [1, 2, 3]),
}


@pytest.mark.parametrize("name", RECORDS)
def test_each_wrong_bit_is_noticed(name):
    octets = bytearray(RECORDS[name])
    for bit in range(8 * len(octets)):
        octets[bit // 8] ^= 1 << bit % 8
        assert record.measure(bytes(octets), 0, SALT) == 0, bit
        octets[bit // 8] ^= 1 << bit % 8
    assert record.measure(bytes(octets), 0, SALT) == len(octets)


@pytest.mark.parametrize("name", RECORDS)
def test_each_missing_octet_is_noticed(name):
    octets = RECORDS[name]
    for size in range(len(octets)):
        assert record.measure(octets[:size], 0, SALT) == 0


def test_zeros_are_no_record():
    assert record.measure(bytes(4096), 0) == 0


def test_a_length_may_be_asked_that_nobody_vouches_for():
    octets = bytearray(RECORDS["message"])
    octets[-1] ^= 1
    assert record.measure(octets, 0) == 0
    assert record.claimed_length(octets, 0) == len(octets)


def test_records_can_be_read_where_they_lie_in_memory():
    octets = memoryview(RECORDS["batch"] + RECORDS["settled"])
    assert record.measure(octets, record.BATCH_OCTETS) == len(RECORDS["settled"])
    assert record.decode_batch(octets, 0) == BatchHead(1, 2, 3, 4)
    assert list(record.decode_control(octets, record.BATCH_OCTETS).positions) == [1, 2, 3]
