"""What a queue has taken is known by its number, and nothing else is."""

import pytest

from leveret.cluster.remote.repeats import Repeats


class Queue:
    is_deleted = False


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def repeats():
    return Repeats()


def known(repeats, queue, *numbers):
    return [number for number in numbers if repeats.has(queue, number)]


def test_of_what_was_not_taken_nothing_is_known(repeats, queue):
    assert not known(repeats, queue, 0, 1, 7)
    repeats.took(queue, 7)
    assert not known(repeats, queue, 1, 6, 8)
    assert not known(repeats, Queue(), 7)


def test_what_was_taken_is_known(repeats, queue):
    for number in (7, 9, 12):
        repeats.took(queue, number)
    assert known(repeats, queue, 7, 9, 12) == [7, 9, 12]


def test_what_may_have_been_refused_is_not(repeats, queue):
    repeats.took(queue, 7)
    repeats.refused(queue, 8)
    repeats.took(queue, 9)
    assert known(repeats, queue, 7, 8, 9) == [9]


def test_an_older_one_that_is_taken_again_changes_nothing(repeats, queue):
    repeats.took(queue, 7)
    repeats.took(queue, 8)
    repeats.took(queue, 5)
    assert known(repeats, queue, 5, 7, 8) == [7, 8]


def test_what_is_gone_is_forgotten(repeats, queue):
    gone = Queue()
    for each in (queue, gone):
        repeats.took(each, 7)
    gone.is_deleted = True
    repeats.sweep()
    assert repeats.has(queue, 7)
    assert not repeats.has(gone, 7)
