"""A queue's rules at work: who gives way, who dies of what, and what a policy changes."""

import pytest

from leveret.broker.policies import Applied
from leveret.wire.properties import Properties
from tests.broker.domain import (
    HandAgenda,
    Subscriber,
    bodies,
    message,
    paging,
    publish_stored,
    queue,
)
from tests.broker.fake_storage import FakeEngine


class Morgue:
    """What died, of what."""

    def __init__(self):
        self.taken = []

    def __call__(self, of_queue, dead, reason):
        self.taken.append((dead.body.decode(), reason))
        of_queue.let_go(dead)


@pytest.fixture
def agenda():
    return HandAgenda()


@pytest.fixture
def morgue():
    return Morgue()


@pytest.fixture
def ruled(agenda, morgue):
    """A queue with these rules and a dead-letter exchange."""

    def make(**arguments):
        named = {f"x-{name.replace('_', '-')}": value for name, value in arguments.items()}
        return queue(
            agenda=agenda, bury=morgue, arguments={"x-dead-letter-exchange": "dlx", **named}
        )

    return make


def publish(to, *named):
    for body in named:
        to.publish(message(body))


def waiting(of):
    found = []
    while (taken := of.get()) is not None:
        found.append(taken[0].body.decode())
    return found


# How much may wait -----------------------------------------------------------------------------


def test_the_oldest_give_way(ruled, morgue):
    jobs = ruled(max_length=2)
    publish(jobs, "a", "b", "c", "d")
    assert morgue.taken == [("a", "maxlen"), ("b", "maxlen")]
    assert waiting(jobs) == ["c", "d"]


def test_octets_count_too(ruled, morgue):
    jobs = ruled(max_length_bytes=5)
    publish(jobs, "123", "45", "6789", "too much")
    assert [body for body, _ in morgue.taken] == ["123", "45", "6789", "too much"]
    publish(jobs, "12345")
    assert waiting(jobs) == ["12345"]
    assert jobs.limit.octets == 0


def test_what_a_consumer_takes_is_no_excess(ruled, morgue):
    jobs = ruled(max_length=0)
    consumer = Subscriber(jobs)
    jobs.subscribe(consumer)
    jobs.consumers.resume(consumer)
    publish(jobs, "a")
    assert consumer.got == ["a"]
    assert not morgue.taken


def test_what_comes_back_counts_again(ruled, morgue):
    jobs = ruled(max_length=1)
    publish(jobs, "a")
    taken, _ = jobs.get()
    publish(jobs, "b")
    jobs.requeue([taken])
    assert morgue.taken == [("a", "maxlen")]
    assert waiting(jobs) == ["b"]


def test_a_purge_makes_room(ruled):
    jobs = ruled(max_length_bytes=3, overflow="reject-publish")
    publish(jobs, "123")
    assert jobs.refuses(message("4"))
    jobs.purge()
    assert not jobs.refuses(message("4"))


def test_a_queue_that_refuses_keeps_what_it_has(ruled, morgue):
    jobs = ruled(max_length=1, overflow="reject-publish")
    assert jobs.may_refuse
    publish(jobs, "a")
    assert jobs.refuses(message("b"))
    assert not morgue.taken
    assert waiting(jobs) == ["a"]


def test_what_is_refused_may_go_to_the_dead(ruled, morgue):
    jobs = ruled(max_length=0, overflow="reject-publish-dlx")
    assert jobs.refuses(message("a"))
    assert morgue.taken == [("a", "maxlen")]


# Dying -----------------------------------------------------------------------------------------


def test_what_is_rejected_dies(ruled, morgue):
    jobs = ruled()
    publish(jobs, "a")
    jobs.reject([jobs.get()[0]])
    assert morgue.taken == [("a", "rejected")]


def test_what_expires_dies(ruled, morgue, agenda):
    jobs = ruled(message_ttl=1000, max_length_bytes=10)
    publish(jobs, "a")
    agenda.pass_time(1)
    assert morgue.taken == [("a", "expired")]
    assert jobs.limit.octets == 0
    at_once = ruled(message_ttl=0)
    publish(at_once, "b")
    assert morgue.taken[1:] == [("b", "expired")]


def test_without_a_dead_letter_exchange_the_dead_are_gone(agenda, morgue):
    jobs = queue(agenda=agenda, bury=morgue, arguments={"x-max-length": 1})
    publish(jobs, "a", "b")
    jobs.reject([jobs.get()[0]])
    assert not morgue.taken


# Counting --------------------------------------------------------------------------------------


def counts_of(jobs, times):
    """Take and give back; what the header said each time."""
    counts = []
    for _ in range(times):
        taken, _ = jobs.get()
        counts.append(taken.headers["x-delivery-count"])
        jobs.requeue([taken])
    return counts


def test_a_message_may_come_back_so_often(ruled, morgue):
    jobs = ruled(delivery_limit=2)
    publish(jobs, "a")
    assert counts_of(jobs, 3) == [0, 1, 2]
    assert morgue.taken == [("a", "delivery_limit")]
    assert not jobs.returns


def test_a_consumer_sees_the_count_as_well(ruled):
    jobs = ruled(delivery_limit=5)
    consumer = Subscriber(jobs)
    jobs.subscribe(consumer)
    jobs.consumers.resume(consumer)
    publish(jobs, "a")
    assert consumer.held[0].headers == {}
    jobs.requeue([consumer.held[0]])
    assert consumer.held[1].headers["x-delivery-count"] == 1


def test_a_quorum_queue_counts_without_a_limit(agenda):
    jobs = queue(agenda=agenda, durable=True, arguments={"x-queue-type": "quorum"})
    publish(jobs, "a")
    assert counts_of(jobs, 4) == [0, 1, 2, 3]


def test_what_a_client_says_of_a_count_is_overruled(ruled):
    jobs = ruled(delivery_limit=5)
    jobs.publish(message("a", properties=Properties(headers={"x-delivery-count": 9})))
    assert jobs.get()[0].headers["x-delivery-count"] == 0


def test_a_quorum_queue_keeps_what_need_not_survive_elsewhere(agenda):
    engine = FakeEngine(agenda)
    jobs = queue(
        agenda=agenda,
        number=7,
        paging=paging(engine),
        durable=True,
        arguments={"x-queue-type": "quorum"},
    )
    sent = message("a", key="k")
    jobs.publish(sent)
    (kept,) = engine.messages.kept.values()
    assert not sent.is_stored
    assert (kept.body, kept.address, kept.is_stored) == (b"a", sent.address, True)
    publish_stored(engine.messages, "b", jobs)
    assert waiting(jobs) == ["a", "b"]
    assert len(engine.messages.kept) == 2


def test_an_ordinary_queue_adds_no_header(ruled):
    jobs = ruled()
    publish(jobs, "a")
    assert jobs.get()[0].headers == {}


# Policies --------------------------------------------------------------------------------------


def follow(jobs, **definition):
    named = {name.replace("_", "-"): value for name, value in definition.items()}
    jobs.follow(Applied("p", None, named))


def test_a_limit_holds_for_what_waits_already(ruled, morgue):
    jobs = ruled()
    publish(jobs, "a", "b", "c")
    follow(jobs, max_length=1)
    assert bodies([message(body) for body, _ in morgue.taken]) == ["a", "b"]
    follow(jobs)
    publish(jobs, "d")
    assert waiting(jobs) == ["c", "d"]
    assert jobs.policy.policy == "p"


def test_a_time_to_live_runs_from_the_policy_on_for_what_waits_already(ruled, morgue, agenda):
    jobs = ruled()
    publish(jobs, "a")
    agenda.pass_time(10)
    follow(jobs, message_ttl=1000)
    publish(jobs, "b")
    agenda.pass_time(0.5)
    assert not morgue.taken
    agenda.pass_time(0.5)
    assert [body for body, _ in morgue.taken] == ["a", "b"]


def test_a_longer_time_to_live_and_none(ruled, morgue, agenda):
    jobs = ruled()
    follow(jobs, message_ttl=1000)
    publish(jobs, "a")
    follow(jobs, message_ttl=5000)
    agenda.pass_time(2)
    assert not morgue.taken
    follow(jobs)
    agenda.pass_time(10)
    assert waiting(jobs) == ["a"]


def test_an_expiry_comes_and_goes(agenda, morgue):
    retired = []
    jobs = queue(agenda=agenda, retire=retired.append, bury=morgue)
    follow(jobs, expires=1000)
    follow(jobs)
    agenda.pass_time(5)
    assert not retired
    follow(jobs, expires=1000)
    agenda.pass_time(1)
    assert retired == [jobs]


def test_a_queue_in_use_does_not_expire(agenda):
    retired = []
    jobs = queue(agenda=agenda, retire=retired.append)
    consumer = Subscriber(jobs)
    jobs.subscribe(consumer)
    follow(jobs, expires=1000)
    agenda.pass_time(5)
    assert not retired
    jobs.unsubscribe(consumer)
    agenda.pass_time(1)
    assert retired == [jobs]


def test_whether_it_refuses_may_change(ruled):
    jobs = ruled(max_length=0)
    assert not jobs.refuses(message("a"))
    follow(jobs, overflow="reject-publish")
    assert jobs.refuses(message("a"))
