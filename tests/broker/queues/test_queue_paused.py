"""A queue whose node can't keep what becomes of its messages for now."""

import pytest

from leveret.broker.errors import NotFound
from tests.broker.domain import Subscriber, bodies, message
from tests.broker.domain import queue as make_queue

TEXT = "home node 'hare' of durable queue 'jobs' in vhost '/' is down or inaccessible"


def subscribe(queue):
    subscriber = Subscriber(queue)
    queue.subscribe(subscriber)
    queue.consumers.resume(subscriber)
    queue.pump()
    return subscriber


@pytest.mark.parametrize("arguments", [{}, {"x-single-active-consumer": True}])
def test_nobody_is_served_until_it_goes_on(agenda, arguments):
    queue = make_queue("jobs", agenda, arguments=arguments)
    taker = subscribe(queue)
    queue.pause("hare")
    queue.publish(message("a"))
    late = subscribe(queue)
    assert taker.got == late.got == []
    assert queue.is_paused
    queue.go_on()
    assert not queue.is_paused
    assert taker.got == ["a"]


def test_who_asks_is_refused_as_by_a_home_that_is_down(agenda):
    queue = make_queue("jobs", agenda)
    queue.publish(message("a"))
    queue.pause("hare")
    for ask in (queue.get, queue.purge):
        with pytest.raises(NotFound) as refused:
            ask()
        assert str(refused.value) == TEXT
    queue.go_on()
    assert queue.purge() == 1


def test_nothing_expires_before_it_goes_on(agenda):
    queue = make_queue("jobs", agenda, arguments={"x-message-ttl": 1000})
    queue.publish(message("a"))
    queue.pause("hare")
    agenda.pass_time(2)
    queue.publish(message("b"))
    assert queue.ready.count == 2
    queue.go_on()
    assert bodies(queue.ready.at_hand()) == ["b"]
    agenda.pass_time(2)
    assert queue.ready.count == 0


def test_a_time_to_live_that_is_said_meanwhile_waits_as_well(agenda):
    queue = make_queue("jobs", agenda)
    queue.pause("hare")
    queue.publish(message("a", ttl_ms=500))
    agenda.pass_time(1)
    assert queue.ready.count == 1
    queue.go_on()
    assert queue.ready.count == 0


def test_what_was_out_comes_back_and_waits(agenda):
    queue = make_queue("jobs", agenda)
    taker = subscribe(queue)
    queue.publish(message("a"))
    queue.pause("hare")
    queue.requeue(taker.held)
    assert taker.got == ["a"]
    queue.go_on()
    assert taker.got == ["a", "a"]
