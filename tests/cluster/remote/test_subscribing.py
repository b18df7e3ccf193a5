"""A home is asked to serve a consumer, and says yes, no, or nothing."""

import pytest

from leveret.broker.errors import AccessRefused
from leveret.broker.queues.distant import Question
from leveret.cluster.remote import frames
from leveret.cluster.remote.consumers import RemoteConsumers
from leveret.cluster.remote.subscribing import Subscribing
from leveret.wire.values import encode_table
from tests.cluster.remote.test_consumers import Client

ARGUMENTS = {"x-priority": 3}


class Queue:
    vhost_name = "/"
    name = "q"

    def __init__(self):
        self.soon = []
        self.consumers = RemoteConsumers(self.soon.append, self.soon.append, self.soon.append)


class Asking:
    """A consumer and what is asked for it."""

    def __init__(self, question=None):
        self.queue = Queue()
        self.client = Client(5)
        self.client.arguments = ARGUMENTS
        self.client.priority = 3
        self.subscription = self.queue.consumers.add(self.client, 5, question)
        self.queue.consumers.renew(self.subscription, 7)
        self.subscribing = Subscribing(self.queue, self.subscription, 7)


def test_it_says_all_that_a_queue_wants_to_know():
    asked = Asking().subscribing.frame(9)
    expected = frames.Subscribe(9, "/", "q", 7, False, False, 3, 5, False, encode_table(ARGUMENTS))
    assert asked == expected


def test_a_reader_of_a_stream_goes_on_where_he_was():
    asking = Asking(Question())
    assert asking.subscribing.frame(9).reached is None
    asking.subscribing.hear(frames.Begun(9, 40))
    assert asking.subscription.is_subscribed
    assert asking.subscription.is_reader
    assert asking.subscribing.frame(10).reached == 40


def test_its_session_hears_that_it_is_done():
    question = Question()
    asking = Asking(question)
    asking.subscribing.hear(frames.Nothing(9))
    assert question.is_answered
    assert asking.subscription.is_subscribed


def test_its_session_hears_that_it_is_refused():
    question = Question()
    asking = Asking(question)
    asking.subscribing.hear(frames.Declined(9, 403, "in exclusive use"))
    with pytest.raises(AccessRefused):
        question.collect()
    assert not asking.client.is_told_of_the_end


def test_a_later_home_that_refuses_ends_it():
    asking = Asking()
    asking.subscribing.hear(frames.Declined(9, 403, "in exclusive use"))
    assert asking.client.is_told_of_the_end
    assert len(asking.queue.consumers) == 0


def test_the_answer_of_an_earlier_home_counts_no_more():
    asking = Asking()
    asking.queue.consumers.renew(asking.subscription, 8)
    asking.subscribing.hear(frames.Nothing(9))
    assert not asking.subscription.is_subscribed
    asking.subscribing.hear(frames.Declined(9, 403, "no"))
    assert not asking.client.is_told_of_the_end
