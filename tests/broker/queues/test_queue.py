"""A queue: what waits meets who waits."""

import weakref

import pytest

from leveret.broker.errors import AccessRefused
from leveret.broker.queues.keeping import MARKS_MAX
from leveret.broker.queues.paging import LAZY_WINDOW, WINDOW
from tests.broker.domain import Subscriber, bodies, message, messages, paging, publish_stored
from tests.broker.domain import queue as make_queue
from tests.broker.fake_storage import FakeEngine


@pytest.fixture
def jobs(agenda):
    return make_queue("jobs", agenda)


def publish(queue, *names, **traits):
    for name in names:
        queue.publish(message(name, **traits))


def subscribe(queue, **options):
    """A consumer that is ready from the start."""
    subscriber = Subscriber(queue, **options)
    queue.subscribe(subscriber)
    queue.consumers.resume(subscriber)
    queue.pump()
    return subscriber


def take(queue):
    taken = queue.get()
    return taken and (taken[0].body.decode(), taken[1])


# Publishing and delivering ---------------------------------------------------------------------


def test_a_queue_is_named_as_error_texts_name_it(jobs):
    assert str(jobs) == "queue 'jobs' in vhost '/'"


def test_a_message_waits_until_somebody_gets_it(jobs):
    publish(jobs, "a", "b")
    assert jobs.ready.count == 2
    assert [take(jobs), take(jobs), take(jobs)] == [("a", False), ("b", False), None]


def test_a_waiting_consumer_gets_a_message_at_once(jobs):
    consumer = subscribe(jobs)
    publish(jobs, "a", "b")
    assert consumer.got == ["a", "b"]
    assert jobs.ready.count == 0


def test_a_new_consumer_gets_what_waits(jobs):
    publish(jobs, "a", "b")
    assert subscribe(jobs).got == ["a", "b"]


def test_a_consumer_that_steps_aside_halfway_leaves_the_rest_waiting(jobs):
    publish(jobs, *"abcdef")
    assert subscribe(jobs, room=4).got == ["a", "b", "c", "d"]
    assert jobs.ready.count == 2
    assert subscribe(jobs).got == ["e", "f"]


def test_consumers_take_turns(jobs):
    one, other = subscribe(jobs), subscribe(jobs)
    publish(jobs, "a", "b", "c")
    assert (one.got, other.got) == (["a", "c"], ["b"])


def test_a_full_consumer_gets_more_when_it_settles(jobs):
    consumer = subscribe(jobs, room=2)
    publish(jobs, "a", "b", "c", "d")
    assert consumer.got == ["a", "b"]
    assert jobs.ready.count == 2
    consumer.settle()
    assert consumer.got == ["a", "b", "c"]


def test_a_message_never_overtakes_those_that_wait(jobs):
    consumer = subscribe(jobs, room=1)
    publish(jobs, "a", "b")
    jobs.consumers.resume(consumer)
    consumer.held.clear()
    publish(jobs, "c")
    jobs.pump()
    assert consumer.got == ["a", "b"]


def test_a_lower_priority_consumer_gets_what_the_higher_cannot_take(jobs):
    low, high = subscribe(jobs), subscribe(jobs, priority=9, room=1)
    publish(jobs, "a", "b")
    assert (high.got, low.got) == (["a"], ["b"])


# Settling --------------------------------------------------------------------------------------


def test_what_is_requeued_goes_back_to_its_place_and_is_marked(jobs):
    publish(jobs, "a", "b", "c", "d")
    taken = [jobs.get()[0] for _ in range(3)]
    jobs.requeue([taken[2], taken[0]])
    assert [take(jobs) for _ in range(3)] == [("a", True), ("c", True), ("d", False)]


def test_what_is_requeued_goes_to_a_waiting_consumer(jobs):
    first = subscribe(jobs, room=1)
    publish(jobs, "a")
    second = subscribe(jobs)
    jobs.requeue([first.held[0]])
    assert (second.got, second.redelivered) == (["a"], ["a"])


def test_a_deleted_queue_takes_nothing_back(jobs):
    publish(jobs, "a")
    taken, _ = jobs.get()
    jobs.delete()
    jobs.requeue([taken])
    assert jobs.ready.count == 0


def test_purging_drops_what_waits_and_not_what_is_out(jobs):
    publish(jobs, "a", "b", "c")
    taken, _ = jobs.get()
    assert jobs.purge() == 2
    assert jobs.tally.left.purged == 2
    assert take(jobs) is None
    jobs.requeue([taken])
    assert take(jobs) == ("a", True)


# Stored messages -------------------------------------------------------------------------------


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def kept(agenda, engine):
    """A queue whose messages are stored under the number 7."""
    return make_queue("kept", agenda, number=7, paging=paging(engine))


def settle_one(queue, message):
    queue.settle(message)


def settle_some(queue, message):
    queue.settle_all([message.position])


EITHER_WAY = pytest.mark.parametrize("settle", [settle_one, settle_some])


@EITHER_WAY
def test_the_store_hears_of_deliveries_and_of_their_end(kept, engine, settle):
    stored = publish_stored(engine.messages, "a", kept)
    taken, _ = kept.get()
    kept.mark_delivered(taken)
    assert engine.messages.marks == {(7, stored.position): 1}
    settle(kept, taken)
    assert engine.messages.kept == {}


@EITHER_WAY
def test_a_queue_without_a_number_leaves_the_store_alone(kept, jobs, engine, settle):
    stored = publish_stored(engine.messages, "a", kept, jobs)
    for taken in (jobs.get()[0], stored):
        jobs.mark_delivered(taken)
        settle(jobs, taken)
    assert engine.messages.positions(7) == [stored.position]
    assert engine.messages.marks == {}


@EITHER_WAY
def test_a_message_that_comes_back_is_counted_until_it_is_settled(kept, engine, settle):
    publish_stored(engine.messages, "a", kept)
    for count in (1, 2, 3):
        taken, redelivered = kept.get()
        assert redelivered == (count > 1)
        kept.requeue([taken])
        assert kept.returns == {taken.position: count}
    taken, _ = kept.get()
    settle(kept, taken)
    assert kept.returns == {}


def test_a_message_that_is_given_back_for_ever_does_not_fill_the_disk(kept, engine):
    stored = publish_stored(engine.messages, "a", kept)
    for _ in range(MARKS_MAX + 50):
        taken, _ = kept.get()
        kept.mark_delivered(taken)
        kept.requeue([taken])
    assert engine.messages.marks == {(7, stored.position): MARKS_MAX}
    assert kept.returns == {stored.position: MARKS_MAX + 50}


def test_what_is_not_stored_here_is_not_counted(kept, jobs, engine):
    publish(kept, "transient")
    publish_stored(engine.messages, "a", kept, jobs)
    for queue in (kept, jobs):
        queue.requeue([queue.get()[0]])
    assert kept.returns == jobs.returns == {}


def test_what_is_purged_is_settled_and_what_is_out_is_not(kept, engine):
    for body in "abc":
        publish_stored(engine.messages, body, kept)
    out, back = kept.get()[0], kept.get()[0]
    kept.requeue([back])
    publish(kept, "transient")
    assert kept.purge() == 3
    assert engine.messages.positions(7) == [out.position]
    assert kept.returns == {}


def test_a_deleted_queue_is_forgotten_and_settles_what_comes_back(kept, engine):
    other = make_queue("other", number=8, paging=paging(engine))
    for body in "abc":
        publish_stored(engine.messages, body, kept, other)
    acknowledged, given_back = kept.get()[0], kept.get()[0]
    publish(kept, "transient")
    assert kept.delete() == 2
    assert engine.messages.positions(7) == [acknowledged.position, given_back.position]
    kept.settle(acknowledged)
    kept.requeue([given_back])
    assert engine.messages.positions(7) == []
    assert len(engine.messages.positions(8)) == 3


@pytest.mark.parametrize("ttl_ms", [0, 100])
def test_what_expires_is_settled(kept, engine, agenda, ttl_ms):
    publish_stored(engine.messages, "a", kept, ttl_ms=ttl_ms)
    publish(kept, "transient", ttl_ms=ttl_ms)
    agenda.pass_time(0.1)
    assert kept.ready.count == 0
    assert engine.messages.kept == {}


# Not in memory ---------------------------------------------------------------------------------


@pytest.fixture
def lazy(agenda, engine):
    """A queue that keeps few bodies at hand."""
    return make_queue(
        "lazy", agenda, number=7, paging=paging(engine), arguments={"x-queue-mode": "lazy"}
    )


def fill(queue, engine, count, first=0, **described):
    """So many messages; their bodies."""
    names = [f"{number}" for number in range(first, first + count)]
    for name in names:
        publish_stored(engine.messages, name, queue, **described)
    return names


def restarted(engine, agenda, **arguments):
    """The queue as a later broker has it, on what this one's engine has."""
    later = engine.restarted(agenda)
    again = make_queue("again", agenda, number=7, paging=paging(later), **arguments)
    again.recover(later.messages.recovered(7))
    return again


def test_a_consumer_gets_what_has_to_be_read_when_it_has_been(lazy, engine, agenda):
    names = fill(lazy, engine, LAZY_WINDOW + 10)
    consumer = subscribe(lazy)
    assert consumer.got == names[:LAZY_WINDOW]
    assert lazy.ready.count == 10
    names += fill(lazy, engine, 5, first=1000)
    agenda.run()
    agenda.run()
    assert consumer.got == names
    assert consumer.redelivered == []


def test_the_window_of_other_queues_is_wide(kept, engine):
    names = fill(kept, engine, 500)
    assert subscribe(kept).got == names
    assert engine.messages.reads == []
    assert WINDOW > 10_000


def test_nothing_can_be_got_that_has_to_be_read_first(lazy, engine, agenda):
    names = fill(lazy, engine, LAZY_WINDOW + 1)
    assert [take(lazy)[0] for _ in range(LAZY_WINDOW)] == names[:-1]
    assert take(lazy) is None
    assert lazy.is_loading
    got = []
    lazy.when_loaded(lambda: got.append(take(lazy)))
    assert got == []
    agenda.run()
    assert got == [(names[-1], False)]
    assert not lazy.is_loading


def test_who_waits_for_a_message_gets_it_before_a_consumer_does(kept, engine, agenda):
    fill(kept, engine, 1)
    again = restarted(engine, agenda)
    got = []
    again.when_loaded(lambda: got.append(take(again)))
    consumer = subscribe(again)
    agenda.run()
    assert (got, consumer.got) == ([("0", False)], [])


@pytest.mark.parametrize("end", ["purge", "delete"])
def test_who_waits_for_a_message_hears_that_there_is_none_any_more(kept, engine, agenda, end):
    fill(kept, engine, 3)
    again = restarted(engine, agenda)
    called = []
    again.when_loaded(lambda: called.append(again.ready.count))
    assert getattr(again, end)() == 3
    assert called == []
    agenda.run()
    assert called == [0]
    agenda.run()
    assert (called, again.ready.count, again.is_loading) == ([0], 0, False)


def test_who_asks_too_late_need_not_wait(kept, engine, agenda):
    fill(kept, engine, 1)
    called = []
    kept.when_loaded(lambda: called.append(True))
    assert called == []
    agenda.run()
    assert called == [True]


def test_a_message_that_was_damaged_is_waited_for_in_vain(kept, engine, agenda):
    fill(kept, engine, 1)
    engine.messages.damaged = set(engine.messages.kept)
    again = restarted(engine, agenda)
    got = []
    again.when_loaded(lambda: got.append(take(again)))
    agenda.run()
    assert got == [None]
    assert not again.is_loading


def test_after_a_start_what_waited_is_there_in_order(kept, engine, agenda):
    names = fill(kept, engine, 30)
    settled = kept.get()[0]
    kept.settle(settled)
    for _ in range(2):
        kept.mark_delivered(kept.get()[0])
    again = restarted(engine, agenda)
    assert again.ready.count == 29
    consumer = subscribe(again)
    for _ in range(5):
        agenda.run()
    assert consumer.got == names[1:]
    assert consumer.redelivered == names[1:3]
    assert set(again.returns.values()) == {1}


def test_after_a_start_no_more_is_read_than_the_first(kept, engine, agenda):
    fill(kept, engine, 30)
    later = engine.restarted(agenda)
    again = make_queue("again", agenda, number=7, paging=paging(later))
    again.recover(later.messages.recovered(7))
    agenda.run()
    assert [len(positions) for positions in later.messages.reads] == [1]


def test_after_a_start_messages_expire_though_nobody_asks(kept, engine, agenda):
    fill(kept, engine, 3, ttl_ms=100)
    fill(kept, engine, 1, ttl_ms=5000)
    again = restarted(engine, agenda)
    agenda.run()
    agenda.pass_time(0.1)
    agenda.pass_time(0.1)
    assert again.ready.count == 1
    agenda.pass_time(5)
    assert again.ready.count == 0


def test_after_a_start_the_queues_own_limit_counts(kept, engine, agenda):
    for body in "ab":
        publish_stored(engine.messages, body, kept).published_at = agenda.hand.now
    again = restarted(engine, agenda, arguments={"x-message-ttl": 100})
    for _ in range(3):
        agenda.pass_time(0.1)
    assert again.ready.count == 0


def test_a_priority_queue_is_recovered_by_priority(kept, engine, agenda):
    for body, priority in [("low", 1), ("high", 9), ("none", 0)]:
        publish_stored(engine.messages, body, kept, priority=priority)
    again = restarted(engine, agenda, arguments={"x-max-priority": 5})
    consumer = subscribe(again)
    for _ in range(3):
        agenda.run()
    assert consumer.got == ["high", "low", "none"]


# Consumers come and go -------------------------------------------------------------------------


def test_an_exclusive_consumer_shares_with_nobody(jobs):
    consumer = subscribe(jobs, exclusive=True)
    with pytest.raises(AccessRefused, match="queue 'jobs' in vhost '/' in exclusive use"):
        subscribe(jobs)
    jobs.unsubscribe(consumer)
    subscribe(jobs)
    with pytest.raises(AccessRefused, match="queue 'jobs' in vhost '/' in exclusive use"):
        subscribe(jobs, exclusive=True)
    assert len(jobs.consumers) == 1


def test_an_auto_delete_queue_goes_with_its_last_consumer(agenda):
    retired = []
    jobs = make_queue("jobs", agenda, retired.append, auto_delete=True)
    one, other = subscribe(jobs), subscribe(jobs)
    jobs.unsubscribe(one)
    assert retired == []
    jobs.unsubscribe(other)
    assert retired == [jobs]


def test_another_queue_stays_without_consumers(agenda):
    retired = []
    jobs = make_queue("jobs", agenda, retired.append)
    jobs.unsubscribe(subscribe(jobs))
    assert retired == []
    publish(jobs, "a")
    assert jobs.ready.count == 1


def test_a_single_active_consumer_has_a_successor(agenda):
    queue = make_queue("jobs", agenda, arguments={"x-single-active-consumer": True})
    one, two = subscribe(queue, room=2), subscribe(queue)
    publish(queue, "a", "b", "c")
    assert (one.got, two.got) == (["a", "b"], [])
    with pytest.raises(AccessRefused, match="queue 'jobs' in vhost '/' in exclusive use"):
        subscribe(queue, exclusive=True)
    queue.unsubscribe(one)
    assert two.got == []
    queue.requeue(one.held)
    agenda.run()
    assert (two.got, two.redelivered) == (["a", "b", "c"], ["a", "b"])


def test_a_successor_gets_what_waits_in_the_next_turn(agenda):
    queue = make_queue("jobs", agenda, arguments={"x-single-active-consumer": True})
    one, two = subscribe(queue, room=1), subscribe(queue)
    publish(queue, "a", "b")
    queue.unsubscribe(one)
    agenda.run()
    assert (one.got, two.got) == (["a"], ["b"])


def test_a_deleted_queue_tells_its_consumers_in_the_next_turn(jobs, agenda):
    one, other = subscribe(jobs), subscribe(jobs)
    assert jobs.delete() == 0
    assert not one.is_told_of_the_end
    agenda.run()
    assert one.is_told_of_the_end
    assert other.is_told_of_the_end
    assert len(jobs.consumers) == 0
    jobs.unsubscribe(one)


def test_deleting_tells_how_many_messages_went(jobs):
    publish(jobs, "a", "b")
    assert jobs.delete() == 2
    assert jobs.is_deleted


@pytest.mark.parametrize(
    "arguments", [{}, {"x-max-priority": 5}, {"x-message-ttl": 9, "x-expires": 9}], ids=str
)
def test_a_deleted_queue_is_freed_at_once(agenda, engine, arguments):
    """Queues come and go by the thousand; none waits for the garbage collector."""
    shared = paging(engine)
    jobs = make_queue("jobs", agenda, number=7, paging=shared, arguments=arguments)
    publish(jobs, "a", "b", "c")
    jobs.delete()
    gone = weakref.ref(jobs)
    del jobs
    assert gone() is None


# Time ------------------------------------------------------------------------------------------


def test_a_message_expires_where_it_waits(agenda):
    jobs = make_queue("jobs", agenda, arguments={"x-message-ttl": 100})
    publish(jobs, "a")
    agenda.pass_time(0.1)
    assert jobs.ready.count == 0


def test_a_message_with_an_expiration_brings_the_clock_along(jobs, agenda):
    publish(jobs, "forever")
    assert take(jobs) == ("forever", False)
    publish(jobs, "a", ttl_ms=100)
    publish(jobs, "b")
    agenda.pass_time(0.1)
    assert [take(jobs), take(jobs)] == [("b", False), None]


def test_an_expired_message_is_not_delivered(jobs, agenda):
    publish(jobs, "a", ttl_ms=100)
    publish(jobs, "b", ttl_ms=5000)
    agenda.hand.now += 1
    assert subscribe(jobs).got == ["b"]


def test_a_message_that_expired_behind_a_longer_lived_head_is_not_delivered(jobs, agenda):
    publish(jobs, "long", ttl_ms=5000)
    publish(jobs, "short", ttl_ms=100)
    publish(jobs, "last", ttl_ms=5000)
    agenda.pass_time(1)
    assert subscribe(jobs).got == ["long", "last"]
    publish(jobs, "next")
    assert jobs.ready.count == 0


def test_nothing_is_left_when_all_that_waits_has_expired(jobs, agenda):
    consumer = subscribe(jobs, room=1)
    publish(jobs, "held", "long")
    publish(jobs, "short", ttl_ms=100)
    agenda.pass_time(1)
    consumer.settle()
    consumer.settle()
    assert consumer.got == ["held", "long"]
    assert jobs.ready.count == 0


@pytest.mark.parametrize("how", ["get", "consume"])
def test_a_head_that_appears_is_watched_at_once(jobs, agenda, how):
    publish(jobs, "forever")
    publish(jobs, "short", ttl_ms=100)
    if how == "get":
        jobs.get()
    else:
        subscribe(jobs, room=1)
    agenda.pass_time(0.1)
    assert jobs.ready.count == 0


def test_an_expired_message_cannot_be_got(jobs, agenda):
    publish(jobs, "a", ttl_ms=100)
    agenda.hand.now += 1
    assert take(jobs) is None


@pytest.mark.parametrize("ttl_ms", [0, 100])
def test_a_waiting_consumer_gets_a_message_however_short_its_life(jobs, ttl_ms):
    consumer = subscribe(jobs)
    publish(jobs, "a", ttl_ms=ttl_ms)
    assert consumer.got == ["a"]
    assert consumer.redelivered == []


def test_a_message_with_no_time_at_all_does_not_wait(jobs):
    publish(jobs, "a", ttl_ms=0)
    publish(jobs, "b", ttl_ms=1)
    assert jobs.ready.count == 1


def test_a_message_whose_traits_say_nothing_of_time_waits_forever(jobs, agenda):
    publish(jobs, "a", priority=5)
    agenda.pass_time(10_000)
    assert jobs.ready.count == 1
    assert jobs.expiry is None


def test_what_comes_to_the_front_with_its_time_over_goes_at_once(agenda):
    """The oldest is pushed out, and the next has waited behind it for too long."""
    queue = make_queue("jobs", agenda, arguments={"x-max-length": 3})
    publish(queue, "a")
    publish(queue, "b", ttl_ms=100)
    publish(queue, "c")
    agenda.pass_time(0.2)
    publish(queue, "d")
    assert queue.ready.count == 2
    assert [take(queue), take(queue)] == [("c", False), ("d", False)]


def test_what_came_back_behind_a_longer_lived_head_is_seen_to_be_over(agenda):
    queue = make_queue("jobs", agenda, arguments={"x-message-ttl": 5000})
    consumer = subscribe(queue)
    publish(queue, "a")
    publish(queue, "b", ttl_ms=100)
    queue.unsubscribe(consumer)
    queue.requeue(consumer.held)
    agenda.pass_time(0.2)
    assert take(queue) == ("a", True)
    assert queue.ready.count == 0


def test_a_queue_that_keeps_nothing_counts_by_itself_what_others_have_stored(kept, agenda):
    fleeting = make_queue("fleeting", agenda, arguments={"x-delivery-limit": 5})
    stored = publish_stored(kept._store, "a", kept, fleeting)
    assert stored.is_stored
    for count in range(3):
        message, _redelivered = fleeting.get()
        assert message.headers["x-delivery-count"] == count
        fleeting.requeue([message])


def test_a_message_pushed_to_the_front_is_watched(agenda):
    queue = make_queue("jobs", agenda, arguments={"x-max-length": 2})
    publish(queue, "a")
    publish(queue, "b", ttl_ms=100)
    publish(queue, "c")
    agenda.pass_time(0.1)
    assert queue.ready.count == 1


def test_a_requeued_message_that_is_over_is_gone(agenda):
    jobs = make_queue("jobs", agenda, arguments={"x-message-ttl": 100})
    publish(jobs, "a")
    taken, _ = jobs.get()
    agenda.pass_time(0.2)
    jobs.requeue([taken])
    assert jobs.ready.count == 0


def test_a_deleted_queue_leaves_no_timer(agenda):
    jobs = make_queue("jobs", agenda, arguments={"x-message-ttl": 100, "x-expires": 100})
    publish(jobs, "a")
    jobs.delete()
    assert agenda.next_deadline() is None


def test_an_unused_queue_retires(agenda):
    retired = []
    jobs = make_queue("jobs", agenda, retired.append, arguments={"x-expires": 1000})
    for _ in range(3):
        agenda.pass_time(0.9)
        jobs.get()
    consumer = subscribe(jobs)
    agenda.pass_time(100)
    jobs.touch()
    jobs.unsubscribe(consumer)
    agenda.pass_time(0.9)
    assert retired == []
    agenda.pass_time(0.1)
    assert retired == [jobs]


# Priorities ------------------------------------------------------------------------------------


def test_a_priority_queue_hands_out_the_highest_first(agenda):
    jobs = make_queue("jobs", agenda, arguments={"x-max-priority": 10})
    for body, priority in [("low", 1), ("high", 9), ("none", None)]:
        jobs.publish(message(body, priority=priority))
    assert subscribe(jobs).got == ["high", "low", "none"]


def test_a_priority_means_nothing_to_another_queue(jobs):
    for body, priority in [("low", 1), ("high", 9)]:
        jobs.publish(message(body, priority=priority))
    assert subscribe(jobs).got == ["low", "high"]


def test_messages_shared_by_two_queues_are_settled_apart(agenda):
    one, other = make_queue("one", agenda), make_queue("other", agenda)
    for each in messages("a", "b"):
        one.publish(each)
        other.publish(each)
    one.get()
    assert bodies(other.ready.heads()) == ["a"]
    assert one.ready.count == 1
    assert other.ready.count == 2
