"""Time to live, of messages and of unused queues, on a clock that tests move."""

import pytest

from leveret.broker.queues.expiry import MessageExpiry, QueueExpiry
from leveret.broker.queues.priority import PriorityReady
from leveret.broker.queues.ready import Ready
from tests.broker.domain import backing, bodies, message


class Waiting:
    """Messages that wait, and the clock over them."""

    def __init__(self, agenda, ttl_ms=None, ready=None):
        self.ready = Ready(backing()) if ready is None else ready
        self.dropped = []
        self.expiry = MessageExpiry(agenda, self.ready, ttl_ms, self.dropped.extend)

    def add(self, body, ttl_ms=None, priority=None):
        added = message(body, ttl_ms=ttl_ms, priority=priority)
        self.expiry.begin(added)
        self.ready.push(added)
        self.expiry.look()
        return added


def test_a_message_leaves_when_the_queues_time_is_over(agenda):
    waiting = Waiting(agenda, ttl_ms=500)
    waiting.add("a")
    agenda.pass_time(0.499)
    assert waiting.ready.count == 1
    agenda.pass_time(0.001)
    assert waiting.ready.count == 0
    assert agenda.next_deadline() is None


def test_a_message_may_bring_its_own_time(agenda):
    waiting = Waiting(agenda)
    waiting.add("a", ttl_ms=200)
    agenda.pass_time(0.2)
    assert waiting.ready.count == 0


@pytest.mark.parametrize(("own", "of_queue"), [(200, 500), (500, 200)])
def test_the_shorter_time_counts(agenda, own, of_queue):
    waiting = Waiting(agenda, ttl_ms=of_queue)
    waiting.add("a", ttl_ms=own)
    agenda.pass_time(0.199)
    assert waiting.ready.count == 1
    agenda.pass_time(0.001)
    assert waiting.ready.count == 0


def test_messages_leave_one_by_one_as_their_times_end(agenda):
    waiting = Waiting(agenda, ttl_ms=1000)
    for body in "abc":
        waiting.add(body)
        agenda.pass_time(0.3)
    left = []
    for _ in range(4):
        left.append(waiting.ready.count)
        agenda.pass_time(0.3)
    assert left == [3, 2, 1, 0]


def test_a_message_that_is_over_waits_behind_a_head_that_is_not(agenda):
    waiting = Waiting(agenda)
    waiting.add("long", ttl_ms=1000)
    waiting.add("short", ttl_ms=100)
    agenda.pass_time(0.5)
    assert waiting.ready.count == 2
    agenda.pass_time(0.5)
    assert waiting.ready.count == 0


def test_a_message_without_a_time_never_leaves_by_itself(agenda):
    waiting = Waiting(agenda)
    waiting.add("forever")
    waiting.add("short", ttl_ms=100)
    agenda.pass_time(1000)
    assert waiting.ready.count == 2
    assert agenda.next_deadline() is None


def test_what_is_over_can_be_dropped_without_waiting_for_the_timer(agenda):
    waiting = Waiting(agenda, ttl_ms=100)
    waiting.add("a")
    waiting.add("b", ttl_ms=5000)
    agenda.hand.now += 0.1
    waiting.expiry.drop_expired()
    assert bodies(waiting.dropped) == ["a", "b"]
    waiting.expiry.drop_expired()
    assert len(waiting.dropped) == 2


def test_a_head_that_comes_back_is_watched_again(agenda):
    waiting = Waiting(agenda, ttl_ms=1000)
    waiting.add("a")
    taken, _ = waiting.ready.take()
    waiting.add("b", ttl_ms=5000)
    agenda.pass_time(0.9)
    waiting.ready.put_back(taken)
    waiting.expiry.look()
    agenda.pass_time(0.1)
    assert bodies(waiting.ready.heads()) == []


def test_an_earlier_head_moves_the_timer_forward(agenda):
    waiting = Waiting(agenda)
    late = waiting.add("late", ttl_ms=5000)
    waiting.ready.take()
    waiting.add("soon", ttl_ms=100)
    assert agenda.next_deadline() == agenda.clock() + 0.1
    agenda.pass_time(0.1)
    assert waiting.ready.count == 0
    waiting.ready.put_back(late)
    waiting.expiry.look()
    agenda.pass_time(4.9)
    assert waiting.ready.count == 0


def test_every_priority_has_a_head_that_may_expire(agenda):
    waiting = Waiting(agenda, ready=PriorityReady(5, backing()))
    waiting.add("high", ttl_ms=1000, priority=5)
    waiting.add("low", ttl_ms=100, priority=1)
    agenda.pass_time(0.1)
    assert bodies(waiting.ready.heads()) == ["high"]


def test_a_time_to_live_of_0_is_over_at_once(agenda):
    of_queue, of_message = Waiting(agenda, ttl_ms=0), Waiting(agenda)
    assert of_queue.expiry.is_over_at_once(message("a"))
    assert of_message.expiry.is_over_at_once(message("a", ttl_ms=0))
    assert not of_message.expiry.is_over_at_once(message("a"))
    assert not of_message.expiry.is_over_at_once(message("a", ttl_ms=1))


def test_a_stopped_clock_drops_nothing(agenda):
    waiting = Waiting(agenda, ttl_ms=100)
    waiting.add("a")
    waiting.expiry.stop()
    waiting.expiry.stop()
    agenda.pass_time(1)
    assert waiting.ready.count == 1


# Unused queues ---------------------------------------------------------------------------------


@pytest.fixture
def expired():
    return []


@pytest.fixture
def unused(agenda, expired):
    return QueueExpiry(agenda, 1000, lambda: expired.append(agenda.clock()))


@pytest.mark.usefixtures("unused")
def test_a_queue_expires_when_nobody_used_it(agenda, expired):
    agenda.pass_time(0.9)
    assert expired == []
    agenda.pass_time(0.1)
    assert expired == [1001.0]
    agenda.pass_time(10)
    assert len(expired) == 1


def test_use_puts_the_end_off(agenda, expired, unused):
    for _ in range(5):
        agenda.pass_time(0.8)
        unused.touch()
    assert expired == []
    agenda.pass_time(1)
    assert expired == [1005.0]


def test_a_queue_with_a_consumer_does_not_expire(agenda, expired, unused):
    unused.stop()
    unused.stop()
    agenda.pass_time(10)
    assert expired == []
    unused.touch()
    agenda.pass_time(1)
    assert len(expired) == 1


def test_use_costs_no_timer_each_time(agenda, unused):
    for _ in range(1000):
        unused.touch()
    assert len(agenda._timers) == 1
