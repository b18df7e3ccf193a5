"""What waits in a log."""

from leveret.cluster.mirrors.records import (
    DELIVERED,
    MESSAGE,
    MOVED,
    SETTLED,
    pack_moved,
    pack_sequences,
    pieces_of,
)
from leveret.cluster.mirrors.recovery import Recovery
from leveret.cluster.ports import FENCE, Record
from tests.storage.hand import message


def read(*said):
    """Records from sequence 1 on: keys of messages, or kinds and octets."""
    recovery = Recovery()
    for sequence, each in enumerate(said, 1):
        if isinstance(each, int):
            octets = pieces_of(message(7, b"body", priority=each % 2), 0, each)[0]
            recovery.add(Record(sequence, MESSAGE, octets))
        else:
            recovery.add(Record(sequence, *each))
    return recovery


def found(*said):
    waiting, again = read(*said).found()
    return [(each.key, each.sequence, each.deliveries) for each in waiting], again


def settled(*sequences):
    return SETTLED, pack_sequences(sequences)


def delivered(*sequences):
    return DELIVERED, pack_sequences(sequences)


def moved(*triples):
    return MOVED, pack_moved(triples)


def test_what_was_not_settled_waits_with_its_deliveries():
    said = (10, 11, (FENCE, b""), 12, settled(2), delivered(1, 1, 2), delivered(4))
    assert found(*said) == ([(10, 1, 2), (12, 4, 1)], [])


def test_the_order_is_that_of_the_keys():
    assert [key for key, *_ in found(12, 10, 11)[0]] == [10, 11, 12]


def test_what_was_written_anew_waits_as_often_delivered_as_is_said():
    said = (10, 11, delivered(1), 10, moved((1, 4, 3)))
    assert found(*said) == ([(10, 4, 3), (11, 2, 0)], [])
    assert found(*said, settled(4)) == ([(11, 2, 0)], [])


def test_of_what_was_written_anew_and_settled_before_that_was_said_nothing_is_left():
    assert found(10, 10, settled(2), moved((1, 2, 0))) == ([], [])


def test_what_was_written_anew_without_a_word_is_named():
    assert found(10, delivered(1), 11, 10) == ([(10, 1, 1), (11, 3, 0)], [4])


def test_the_greatest_key_is_known_whatever_became_of_it():
    recovery = read(10, 15, settled(2), 12)
    assert recovery.highest == 15
    assert [each.priority for each in recovery.found()[0]] == [0, 0]
