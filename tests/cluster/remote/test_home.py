"""Another node as a home: what it owes, and what becomes of that when it is lost."""

import pytest

from leveret.broker.errors import NotFound, PreconditionFailed
from leveret.broker.queues.queue import QueueOptions
from leveret.cluster.remote import frames
from leveret.cluster.remote.home import Home
from leveret.cluster.remote.placing import place
from tests.broker.domain import message
from tests.session.harness import World


@pytest.fixture
def world():
    return World()


class Way:
    """To nobody: what was said."""

    is_behind = False

    def __init__(self):
        self.said = []

    def ask(self, frame):
        self.said.append(frame)


@pytest.fixture
def way():
    return Way()


@pytest.fixture
def said(way):
    return way.said


@pytest.fixture
def home(world, way):
    made = Home(world.broker, "hare", way)
    made.changed(is_up=True)
    return made


@pytest.fixture
def queue(world, home):
    return place(world.vhost, "q", QueueOptions(durable=True), home)


def test_acks_are_said_together_at_the_end_of_the_turn(world, home, said):
    home.settle([1])
    home.settle([2, 3])
    assert said == []
    world.pass_time()
    assert said == [frames.Settle((1, 2, 3))]


def test_but_before_whatever_is_said_next(home, said):
    home.settle([1])
    home.ask(frames.Unsubscribe(4))
    assert said == [frames.Settle((1,)), frames.Unsubscribe(4)]


def test_a_delivery_for_a_consumer_that_is_gone_goes_back(home, said):
    carried = frames.carry(message("a"))
    home.hear(frames.Delivered(9, False, [5, 6], [carried, carried]))
    assert said == [frames.HandBack((5, 6))]


def test_a_refusal_keeps_its_code_and_text(home, queue, said):
    question = queue.ask_purge()
    home.hear(frames.Declined(said[0].question, 406, "no"))
    with pytest.raises(PreconditionFailed, match="no"):
        question.collect()


def test_when_it_is_lost_everything_it_owes_is_refused(home, queue):
    questions = [
        queue.ask_counts(),
        queue.ask_get(),
        queue.ask_purge(),
        queue.ask_deletion(if_unused=False, if_empty=False),
    ]
    heard = []
    queue.publish(message("a"))
    queue.when_taken(heard.append)
    home.changed(is_up=False)
    assert heard == [False]
    for question in questions:
        with pytest.raises(NotFound, match="is down or inaccessible"):
            question.collect()


def test_what_is_published_while_it_is_down_is_refused_later(world, home, queue):
    home.changed(is_up=False)
    heard = []
    queue.publish(message("a"))
    queue.when_taken(heard.append)
    assert heard == []
    world.pass_time()
    assert heard == [False]


def test_acks_of_an_earlier_connection_are_not_said_to_the_next(world, home, queue, said):
    taken = queue.take(frames.carry(message("a")), 5)
    kept = queue.take(frames.carry(message("b")), 6)
    queue.settle(taken)
    home.changed(is_up=False)
    home.changed(is_up=True)
    queue.settle(kept)
    world.pass_time()
    assert said == []
