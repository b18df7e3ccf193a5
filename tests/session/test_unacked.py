"""What is out for acknowledgement, by delivery tag."""

import pytest

from leveret.broker.errors import PreconditionFailed
from leveret.broker.tallies import Deliveries
from leveret.session.unacked import out_of, requeue, settle, take
from tests.broker.domain import message


class Holder:
    """Got deliveries from a queue and counts those that are out no more."""

    def __init__(self, queue=None):
        self.queue = queue
        self.deliveries = Deliveries()
        self.settled_counts = []

    def settled(self, count):
        self.settled_counts.append(count)


class Line:
    """A queue that keeps what comes back, and knows what stored messages it is done with."""

    def __init__(self):
        self.returned = []
        self.settled = []

    def settle_all(self, positions):
        self.settled.append(positions)

    def requeue(self, messages):
        self.returned.append(list(messages))


@pytest.fixture
def out():
    return {tag: ("holder", f"message {tag}") for tag in (1, 2, 4, 5)}


def test_one_tag_means_one_delivery(out):
    assert list(take(out, 2, multiple=False)) == [2]
    assert list(out) == [1, 4, 5]


def test_multiple_means_all_up_to_the_tag(out):
    assert list(take(out, 2, multiple=True)) == [1, 2]
    assert list(out) == [4, 5]
    assert list(take(out, 5, multiple=True)) == [4, 5]
    assert out == {}


def test_multiple_with_tag_0_means_all(out):
    assert list(take(out, 0, multiple=True)) == [1, 2, 4, 5]
    assert out == {}
    assert take(out, 0, multiple=True) == {}


@pytest.mark.parametrize("multiple", [True, False])
@pytest.mark.parametrize("tag", [3, 6])
def test_a_tag_that_is_not_out_is_refused_and_nothing_is_taken(out, tag, multiple):
    with pytest.raises(PreconditionFailed, match=f"unknown delivery tag {tag}"):
        take(out, tag, multiple=multiple)
    assert list(out) == [1, 2, 4, 5]


def test_a_tag_that_went_back_by_itself_means_nothing(out):
    assert take(out, 3, multiple=False, returned_tag=3) == {}
    assert list(take(out, 3, multiple=True, returned_tag=3)) == [1, 2]
    for tag in (0, 6):
        with pytest.raises(PreconditionFailed, match=f"unknown delivery tag {tag}"):
            take(out, tag, multiple=False, returned_tag=3)


def test_tag_0_alone_is_no_tag(out):
    with pytest.raises(PreconditionFailed, match="unknown delivery tag 0"):
        take(out, 0, multiple=False)


def test_each_holder_hears_how_many_are_settled():
    one, other = Holder(), Holder()
    settle({1: (one, message()), 2: (other, message()), 3: (one, message())})
    assert (one.settled_counts, other.settled_counts) == ([2], [1])


def test_each_queue_hears_which_stored_messages_are_settled():
    queue = Line()
    transient, stored = message(), message()
    stored.is_stored = True
    settle({1: (Holder(queue), transient), 2: (Holder(queue), stored)})
    assert queue.settled == [[stored.position]]
    requeue({3: (Holder(queue), stored)})
    assert queue.settled == [[stored.position]]


def test_each_queue_gets_its_messages_back_at_once():
    jobs, mails = Line(), Line()
    one, other, third = Holder(jobs), Holder(mails), Holder(jobs)
    requeue({1: (one, "a"), 2: (other, "b"), 3: (third, "c")})
    assert (jobs.returned, mails.returned) == ([["a", "c"]], [["b"]])
    assert one.settled_counts == other.settled_counts == third.settled_counts == [1]


def test_what_is_out_of_one_queue_is_found_in_all_parts():
    one, other = Holder("one"), Holder("other")
    parts = [{1: (one, "a"), 2: (other, "b")}, {}, {3: (one, "c")}]
    assert list(out_of("one", parts)) == ["a", "c"]
