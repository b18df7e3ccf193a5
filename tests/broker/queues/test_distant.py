"""Questions to a home, and what is said of a queue that is elsewhere."""

import pytest

from leveret.broker.errors import NotFound, Unsupported
from leveret.broker.queues.distant import DistantQueue, Question
from leveret.broker.queues.queue import QueueOptions


class Elsewhere(DistantQueue):
    """A queue elsewhere that is only looked at."""

    is_up = False


# Nothing of what needs the home is asked here.
Elsewhere.__abstractmethods__ = frozenset()


class TestQuestion:
    def test_who_waits_is_called_when_it_is_answered(self):
        question, heard = Question(), []
        question.when_answered(lambda: heard.append(question.collect()))
        assert heard == []
        question.answer(5)
        assert heard == [5]

    def test_who_comes_late_is_called_at_once(self):
        question, heard = Question(), []
        question.answer(None)
        question.when_answered(lambda: heard.append(question.collect()))
        assert heard == [None]

    def test_a_refusal_is_raised(self):
        told = []
        question = Question(refused=lambda: told.append("none"))
        question.refuse(NotFound("gone"))
        assert told == ["none"]
        with pytest.raises(NotFound, match="gone"):
            question.collect()

    @pytest.mark.parametrize("is_answered_first", [True, False])
    def test_an_answer_that_nobody_collects_is_undone(self, is_answered_first):
        undone = []
        question = Question(undone.append)
        for step in ("answer", "abandon") if is_answered_first else ("abandon", "answer"):
            assert undone == []
            question.answer("message") if step == "answer" else question.abandon()
        assert undone == ["message"]

    def test_one_that_was_collected_is_not(self):
        undone = []
        question = Question(undone.append)
        question.answer("message")
        assert question.collect() == "message"
        question.abandon()
        assert undone == []


@pytest.mark.parametrize(
    ("durable", "text"),
    [
        (True, "home node 'hare' of durable queue 'q' in vhost '/' is down or inaccessible"),
        (False, "no queue 'q' in vhost '/'"),
    ],
)
def test_a_queue_whose_home_is_down_is_not_found(durable, text):
    queue = Elsewhere("/", "q", QueueOptions(durable=durable), "hare")
    with pytest.raises(NotFound) as refused:
        queue.check_home()
    assert str(refused.value) == text


def test_who_cannot_wait_for_the_home_is_refused():
    queue = Elsewhere("/", "q", QueueOptions(), "hare")
    for act in (queue.get, queue.purge, lambda: queue.check_deletion(if_unused=1, if_empty=0)):
        with pytest.raises(Unsupported, match="ask its home node 'hare'"):
            act()
    queue.check_deletion(if_unused=False, if_empty=False)


def test_an_exclusive_one_belongs_to_nobody_here():
    assert Elsewhere("/", "q", QueueOptions(exclusive=True), "hare").owner is not None
    assert Elsewhere("/", "q", QueueOptions(), "hare").owner is None
