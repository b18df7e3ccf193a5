"""Whose turn it is: strict round robin among the highest priority that can take more; or one
active consumer's alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.broker.queues.consumers import NOBODY, Activity, Consumers, SingleActiveConsumer
from tests.broker.domain import Subscriber


@pytest.fixture
def consumers():
    return Consumers()


def subscribed(consumers, *names, priority=0, exclusive=False):
    made = [Subscriber(name=name, priority=priority, exclusive=exclusive) for name in names]
    for each in made:
        consumers.add(each)
        consumers.resume(each)
    return made


def turns(consumers, count):
    """Who is served when `count` messages come."""
    served = []
    for _ in range(count):
        served.append(consumers.first[0].name)
        consumers.first.rotate(-1)
    return "".join(served)


def test_nobody_is_first_where_nobody_waits(consumers):
    assert not consumers.first
    assert consumers.first is NOBODY
    assert len(consumers) == 0


def test_a_new_consumer_stands_in_no_line_until_it_resumes(consumers):
    consumer = Subscriber(name="a")
    consumers.add(consumer)
    assert len(consumers) == 1
    assert not consumers.first
    consumers.resume(consumer)
    assert turns(consumers, 1) == "a"


def test_consumers_take_turns(consumers):
    subscribed(consumers, "a", "b", "c")
    assert turns(consumers, 7) == "abcabca"


def test_a_newcomer_waits_for_its_turn(consumers):
    subscribed(consumers, "a", "b")
    assert turns(consumers, 1) == "a"
    subscribed(consumers, "c")
    assert turns(consumers, 3) == "bac"


def test_a_higher_priority_is_served_alone(consumers):
    subscribed(consumers, "a", "b")
    subscribed(consumers, "x", "y", priority=5)
    subscribed(consumers, "z", priority=-1)
    assert turns(consumers, 4) == "xyxy"


def test_a_lower_priority_is_served_while_the_higher_is_full(consumers):
    subscribed(consumers, "a", "b")
    (x,) = subscribed(consumers, "x", priority=5)
    consumers.park(x)
    assert turns(consumers, 2) == "ab"
    consumers.resume(x)
    assert turns(consumers, 2) == "xx"


def test_a_full_consumer_loses_its_turn_and_comes_back_at_the_end(consumers):
    a, _b, _c = subscribed(consumers, "a", "b", "c")
    consumers.park(a)
    assert turns(consumers, 3) == "bcb"
    consumers.resume(a)
    assert turns(consumers, 3) == "cba"


def test_a_consumer_that_was_just_served_may_park(consumers):
    a, b = subscribed(consumers, "a", "b")
    assert turns(consumers, 1) == "a"
    consumers.park(a)
    assert turns(consumers, 2) == "bb"
    consumers.park(b)
    assert not consumers.first


def test_parking_twice_is_no_harm(consumers):
    a, b = subscribed(consumers, "a", "b")
    consumers.park(a)
    consumers.park(a)
    assert turns(consumers, 1) == "b"
    consumers.park(b)
    consumers.park(b)
    assert consumers.first is NOBODY


def test_a_parked_consumer_is_still_a_consumer(consumers):
    (a,) = subscribed(consumers, "a")
    consumers.park(a)
    assert len(consumers) == 1
    assert list(consumers) == [a]


def test_a_removed_consumer_gets_no_turn(consumers):
    a, _b = subscribed(consumers, "a", "b")
    consumers.remove(a)
    assert len(consumers) == 1
    assert turns(consumers, 2) == "bb"


def test_a_parked_consumer_can_be_removed(consumers):
    (a,) = subscribed(consumers, "a")
    consumers.park(a)
    consumers.remove(a)
    assert len(consumers) == 0


def test_consumers_may_leave_while_they_are_looked_at(consumers):
    subscribed(consumers, "a", "b")
    for each in consumers:
        consumers.remove(each)
    assert len(consumers) == 0


def test_an_exclusive_consumer_and_others_refuse_each_other(consumers):
    shy, sociable = Subscriber(exclusive=True), Subscriber()
    assert not consumers.refuses(shy)
    assert not consumers.refuses(sociable)
    (a,) = subscribed(consumers, "a")
    assert consumers.refuses(shy)
    assert not consumers.refuses(sociable)
    consumers.remove(a)
    subscribed(consumers, "x", exclusive=True)
    assert consumers.refuses(shy)
    assert consumers.refuses(sociable)


def test_every_consumer_is_up(consumers):
    a, b = subscribed(consumers, "a", "b")
    consumers.park(b)
    assert {consumers.activity(each) for each in (a, b)} == {Activity.UP}
    assert Activity.UP.is_active


def test_subscribing_twice_is_our_own_mistake(consumers):
    (a,) = subscribed(consumers, "a")
    with pytest.raises(AssertionError):
        consumers.add(a)


@given(st.lists(st.tuples(st.sampled_from(["serve", "park", "resume"]), st.integers(0, 4))))
def test_among_equals_nobody_is_served_twice_while_another_waits(actions):
    consumers = Consumers()
    everybody = subscribed(consumers, *"abcde")
    parked, since = set(), dict.fromkeys(everybody, 0)
    for turn, (action, number) in enumerate(actions, 1):
        each = everybody[number]
        if action == "serve" and consumers.first:
            served = consumers.first[0]
            consumers.first.rotate(-1)
            assert served not in parked
            # Longest in line since it was last served, or came back.
            assert since[served] == min(since[one] for one in everybody if one not in parked)
            since[served] = turn
        elif action == "park" and each not in parked:
            consumers.park(each)
            parked.add(each)
        elif action == "resume" and each in parked:
            consumers.resume(each)
            parked.discard(each)
            since[each] = turn


# Single active consumer ------------------------------------------------------------------------


@pytest.fixture
def single():
    return SingleActiveConsumer()


def active(single):
    """The one that is active by its activity; no other may be."""
    (found,) = [each for each in single if single.activity(each) is Activity.SINGLE_ACTIVE]
    assert all(single.activity(each) is Activity.WAITING for each in single if each is not found)
    return found.name


def test_the_first_to_come_is_served_alone(single):
    subscribed(single, "a", "b", "c")
    assert turns(single, 3) == "aaa"
    assert (len(single), active(single)) == (3, "a")
    assert Activity.SINGLE_ACTIVE.is_active
    assert not Activity.WAITING.is_active


def test_the_next_in_order_of_subscription_takes_over(single):
    a, b, _c = subscribed(single, "a", "b", "c")
    single.remove(a)
    assert (turns(single, 2), active(single)) == ("bb", "b")
    single.remove(b)
    assert turns(single, 2) == "cc"
    assert len(single) == 1


def test_one_that_waits_may_leave_unnoticed(single):
    _a, b, _c = subscribed(single, "a", "b", "c")
    single.remove(b)
    assert turns(single, 2) == "aa"


def test_nobody_is_served_while_the_active_one_is_full(single):
    a, _b = subscribed(single, "a", "b")
    single.park(a)
    single.park(a)
    assert single.first is NOBODY
    assert active(single) == "a"
    single.resume(a)
    assert turns(single, 2) == "aa"


def test_one_that_waits_may_be_full_and_have_room_again(single):
    a, b = subscribed(single, "a", "b")
    single.park(b)
    single.remove(a)
    assert single.first is NOBODY
    assert active(single) == "b"
    single.resume(b)
    assert turns(single, 1) == "b"


def test_a_newcomer_of_higher_priority_waits_and_goes_before_the_others(single):
    a, _b = subscribed(single, "a", "b")
    high, _second = subscribed(single, "h", "i", priority=5)
    subscribed(single, "l", priority=-5)
    assert turns(single, 1) == "a"
    single.remove(a)
    assert turns(single, 1) == "h"
    single.remove(high)
    assert turns(single, 1) == "i"


def test_the_last_one_leaves_nobody(single):
    (a,) = subscribed(single, "a")
    single.remove(a)
    assert single.first is NOBODY
    assert len(single) == 0
    subscribed(single, "b")
    assert turns(single, 1) == "b"


def test_no_consumer_may_be_exclusive_where_one_is_active(single):
    assert single.refuses(Subscriber(exclusive=True))
    subscribed(single, "a")
    assert single.refuses(Subscriber(exclusive=True))
    assert not single.refuses(Subscriber())


def test_subscribing_twice_to_a_single_active_queue_is_our_own_mistake(single):
    (a,) = subscribed(single, "a")
    with pytest.raises(AssertionError):
        single.add(a)
