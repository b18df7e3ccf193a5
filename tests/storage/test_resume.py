"""Records behind one whose length is damaged."""

import pytest

from leveret.storage import record
from leveret.storage.record import BatchHead
from leveret.storage.resume import resumed
from leveret.storage.segment import HEAD_OCTETS
from tests.storage.hand import message

SALT = 77
ONE = record.pack_queues((1,))


def stored(position, body=b"a body"):
    return record.encode_message(message(position, body), ONE, 1_700_000_000_000)


def settled(*positions):
    return record.encode_control(record.SETTLED, 1, positions)


def batch(*records):
    octets = record.BATCH_OCTETS + sum(map(len, records))
    return [record.encode_batch(BatchHead(1, 0, len(records), octets), SALT), *records]


class Log:
    """Pieces behind a head; some of them are damaged at their beginning."""

    def __init__(self, *pieces, damaged=()):
        self.offsets = []
        self.octets = bytearray(HEAD_OCTETS)
        for number, piece in enumerate(pieces):
            self.offsets.append(len(self.octets))
            self.octets += piece if number not in damaged else b"\xff\xff" + piece[2:]

    def resumed(self, *found):
        """What is found beyond these pieces, by their numbers."""
        offsets = [self.offsets[number] for number in found]
        more = resumed(bytes(self.octets), offsets)
        return [self.offsets.index(offset) for offset in more]


def test_records_that_lead_to_the_end_of_the_commit():
    log = Log(*batch(stored(1), stored(2), stored(3), settled(1)), *batch(stored(4)), damaged=[2])
    assert log.resumed(0, 1, 5, 6) == [3, 4]


def test_a_commit_that_is_whole_has_no_more():
    log = Log(*batch(stored(1), stored(2)), *batch(stored(3)))
    assert log.resumed(0, 1, 2, 3, 4) == []


def test_what_ends_elsewhere_is_not_believed():
    log = Log(*batch(stored(1), stored(2), stored(3), stored(4)), damaged=[1, 4])
    assert log.resumed(0) == []


def test_a_batch_head_whose_length_is_damaged_hides_nothing():
    log = Log(*batch(stored(1), stored(2)), *batch(stored(3), stored(4)), damaged=[0, 3])
    assert log.resumed() == [1, 2]
    log = Log(*batch(stored(1), stored(2)), *batch(stored(3), stored(4)), damaged=[3])
    assert log.resumed(0, 1, 2) == [4, 5]


def test_what_is_no_batch_head_hides_what_it_hides():
    log = Log(stored(1), stored(2), damaged=[0])
    assert log.resumed(1) == []


def test_a_commit_that_is_not_all_there_is_left_alone():
    log = Log(*batch(stored(1), stored(2), stored(3)), damaged=[1])
    del log.octets[-1]
    assert log.resumed(0) == []


@pytest.mark.parametrize("is_forged", [True, False])
def test_records_within_a_body_are_not_believed(is_forged):
    forged = stored(2) if is_forged else b"a body"
    log = Log(*batch(stored(1), stored(2, forged + b"\xce"), stored(3)), damaged=[2])
    assert log.resumed(0, 1) == [3]


def test_a_body_that_leads_on_to_the_end_would_be_one_too_many():
    inner = stored(9)
    outer = stored(2, inner)
    # The frame that holds the body ends with one more octet, which the forger takes in.
    start = outer.index(inner)
    taken_in = bytearray(inner + outer[start + len(inner) :])
    taken_in[:4] = len(taken_in).to_bytes(4, "little")
    taken_in[4:8] = record.crc32(taken_in[8:]).to_bytes(4, "little")
    outer = stored(2, bytes(taken_in[:-1]))
    assert record.measure(outer, start) == len(outer) - start
    log = Log(*batch(stored(1), outer, stored(3)), damaged=[2])
    assert log.resumed(0, 1) == [3]


def test_several_damaged_ones_cost_what_lies_between():
    log = Log(*batch(*map(stored, range(1, 7))), damaged=[2, 5])
    assert log.resumed(0, 1) == [6]


def test_everything_behind_may_be_lost():
    log = Log(*batch(stored(1), stored(2)), damaged=[2])
    assert log.resumed(0, 1) == []
