"""What stands out of a queue's questions."""

import pytest

from leveret.broker.errors import AccessRefused, NotFound
from leveret.broker.queues.distant import Counts, Waiting
from leveret.cluster.remote import frames
from leveret.cluster.remote.asking import Once, Questions, refusal_of
from tests.broker.domain import message


class Queue:
    vhost_name = "/"
    name = "q"

    def __init__(self):
        self.ready = Waiting()
        self.returned = []

    def take(self, carried, _delivery):
        return frames.unpack(carried, 1)

    def hand_back(self, messages):
        self.returned += messages


@pytest.fixture
def queue():
    return Queue()


@pytest.fixture
def questions(queue):
    return Questions(queue)


def test_an_answer_is_collected_and_stands_out_no_more(queue, questions):
    standing = questions.counts()
    assert standing.frame(7) == frames.Ask(7, "/", "q")
    assert questions.waiting() == [standing]
    standing.hear(frames.Counted(7, 3, 1))
    assert standing.question.collect() == Counts(3, 1)
    assert queue.ready.count == 3
    assert questions.waiting() == []


def test_a_refusal_is_the_homes():
    standing = Questions(Queue()).purge()
    standing.hear(frames.Declined(1, 403, "no"))
    with pytest.raises(AccessRefused, match="no"):
        standing.question.collect()
    assert isinstance(refusal_of(frames.Declined(1, 999, "what")), NotFound)


def test_a_message_for_nobody_goes_back(queue, questions):
    standing = questions.get()
    standing.question.abandon()
    standing.hear(frames.Found(1, 5, False, 0, frames.carry(message("a"))))
    assert [each.body for each in queue.returned] == [b"a"]


def test_what_nobody_waits_for_is_not_asked_again(questions):
    kept, left = questions.counts(), questions.get()
    left.question.abandon()
    assert questions.waiting() == [kept]


def test_nobody_answers(questions):
    standing = questions.get()
    questions.refuse(NotFound("gone"))
    with pytest.raises(NotFound, match="gone"):
        standing.question.collect()
    assert questions.waiting() == []


def test_who_asked_for_the_end_has_what_he_wanted(questions):
    deletion, purge = questions.deletion(if_unused=True, if_empty=False), questions.purge()
    assert deletion.frame(4) == frames.Delete(4, "/", "q", True, False)
    assert questions.deleted(NotFound("gone")) == [deletion]
    with pytest.raises(NotFound):
        purge.question.collect()
    deletion.hear(frames.Counted(4, 7, 0))
    assert deletion.question.collect() == 7


@pytest.mark.parametrize(
    "end", [lambda each: each.lost(), lambda each: each.hear(frames.Declined(4, 404, "no queue"))]
)
def test_nobody_may_be_left_to_count(questions, end):
    deletion = questions.deletion(if_unused=False, if_empty=False)
    deletion.lost()
    assert not deletion.question.is_answered
    questions.deleted(NotFound("gone"))
    end(deletion)
    assert deletion.question.collect() == 0


def test_once_is_heard_or_lost():
    heard = []
    once = Once(lambda number: frames.Part(number, "/", "q"), heard.append, heard.clear)
    assert once.frame(2) == frames.Part(2, "/", "q")
    once.hear(frames.Nothing(2))
    assert heard == [frames.Nothing(2)]
    once.lost()
    assert heard == []
