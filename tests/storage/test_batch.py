"""What gathers for one write: messages, what is said of them, and what needs no writing at all."""

from array import array

import pytest

from leveret.storage import record
from leveret.storage.batch import Batch
from tests.storage.octets import SALT, stored

JOBS, LOGS, MAILS = 1, 2, 3


def batch(*positions, queues=(JOBS,)):
    """With messages at these positions."""
    made = Batch(7)
    made.wall_ms = 1_700
    for position in positions:
        made.add(position, stored(position, queues=queues), queues)
    return made


def written(made):
    """The batch as its records tell it: the head, messages, and what is said of them."""
    pieces = made.pieces(SALT)
    octets = b"".join(pieces)
    offset, messages, told = record.BATCH_OCTETS, [], []
    while offset < len(octets):
        if record.kind_of(octets, offset) == record.MESSAGE:
            assert not told
            messages.append(record.decode_message_head(octets, offset).position)
        else:
            control = record.decode_control(octets, offset)
            told.append((control.kind, control.queue, list(control.positions)))
        offset += record.measure(octets, offset)
    head = record.decode_batch(octets, 0)
    assert record.measure(octets, 0, SALT) == record.BATCH_OCTETS
    assert (head.number, head.wall_ms) == (made.number, made.wall_ms)
    assert (head.count, head.octets) == (len(pieces) - 1, len(octets))
    return messages, told


def test_a_new_batch_is_empty():
    made = Batch(7)
    assert made.is_empty
    assert not made.has_records
    assert written(made) == ([], [])


def test_messages_stand_in_front_of_what_is_said_of_messages():
    made = batch(5, 6)
    made.settle(JOBS, 2)
    made.deliver(JOBS, 6)
    made.settle(LOGS, 3)
    assert written(made) == (
        [5, 6],
        [
            (record.SETTLED, JOBS, [2]),
            (record.SETTLED, LOGS, [3]),
            (record.DELIVERED, JOBS, [6]),
        ],
    )


def test_what_is_said_is_written_in_the_order_of_positions():
    made = Batch(7)
    for position in (9, 2, 5):
        made.settle(JOBS, position)
        made.deliver(LOGS, position)
    made.deliver(LOGS, 5)
    made.settle_all(JOBS, [4, 3])
    assert written(made)[1] == [
        (record.SETTLED, JOBS, [2, 3, 4, 5, 9]),
        (record.DELIVERED, LOGS, [2, 5, 5, 9]),
    ]


# Never written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settle",
    [
        lambda made: made.settle(JOBS, 6),
        lambda made: made.settle_all(JOBS, [6]),
        lambda made: made.forget([6]),
    ],
)
def test_what_is_settled_before_it_is_written_is_never_written(settle):
    made = batch(5, 6, 7)
    made.priorities[6] = 4
    octets = made.octets
    settle(made)
    assert written(made) == ([5, 7], [])
    assert made.octets == octets - len(stored(6))
    assert not made.priorities
    assert not made.forgotten


def test_a_batch_of_which_nothing_is_left_is_empty():
    made = batch(5)
    made.settle(JOBS, 5)
    assert made.is_empty
    assert made.octets == 0


def test_a_message_of_several_queues_is_written_until_the_last_has_settled_it():
    made = batch(5, queues=(JOBS, LOGS, MAILS))
    made.settle(LOGS, 5)
    made.settle_all(JOBS, [5])
    assert written(made) == ([5], [(record.SETTLED, LOGS, [5]), (record.SETTLED, JOBS, [5])])
    made.settle(MAILS, 5)
    assert written(made)[0] == []


def test_a_message_is_not_written_when_one_queue_settled_it_and_the_other_is_gone():
    made = batch(5, 6, queues=(JOBS, LOGS))
    made.settle(JOBS, 5)
    made.forget([5, 6])
    assert written(made) == ([6], [(record.SETTLED, JOBS, [5])])
    assert made.forgotten == [array("Q", [6])]


def test_of_messages_that_are_not_written_nothing_is_said():
    made = batch(5, 6, 7)
    for position in (3, 5, 6, 7):
        made.deliver(JOBS, position)
    made.settle_all(JOBS, [2, 5, 7])
    made.close()
    assert written(made) == (
        [6],
        [(record.SETTLED, JOBS, [2]), (record.DELIVERED, JOBS, [3, 6])],
    )


def test_a_batch_whose_messages_came_and_went_has_nothing_to_say():
    made = batch(5, 6, queues=(JOBS, LOGS))
    for queue in (JOBS, LOGS):
        made.deliver(queue, 6)
        made.deliver(queue, 5)
        made.settle_all(queue, [5, 6])
    assert not made.is_empty
    made.close()
    assert made.is_empty


def test_a_batch_of_which_nothing_was_dropped_says_all():
    made = batch(5)
    made.deliver(JOBS, 5)
    made.close()
    assert written(made) == ([5], [(record.DELIVERED, JOBS, [5])])


# Many ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("positions", [range(1, 5000), array("Q", [3, 1, 2]), [1]])
def test_many_are_settled_at_once(positions):
    made = Batch(7)
    made.settle_all(JOBS, positions)
    made.settle_all(JOBS, [])
    assert written(made) == ([], [(record.SETTLED, JOBS, sorted(positions))])


def test_many_older_ones_are_settled_beside_new_messages():
    made = batch(100, 101)
    made.settle_all(JOBS, range(1, 100))
    assert written(made) == ([100, 101], [(record.SETTLED, JOBS, list(range(1, 100)))])


def test_of_many_those_that_are_not_written_yet_are_never_written():
    made = batch(100, 101)
    made.settle_all(JOBS, range(90, 101))
    assert written(made) == ([101], [(record.SETTLED, JOBS, list(range(90, 100)))])


def test_forgotten_ones_are_kept_in_order_and_written_nowhere():
    made = Batch(7)
    made.forget([9, 4, 6])
    made.forget([])
    assert made.forgotten == [array("Q", [4, 6, 9])]
    assert not made.has_records
    assert not made.is_empty


def test_a_change_alone_leaves_the_log_nothing_to_write():
    made = Batch(7)
    made.changes.append("a change")
    assert not made.has_records
    assert not made.is_empty
