"""What every engine does with messages."""

import pytest

from tests.storage.hand import message

JOBS, LOGS = 1, 2


@pytest.fixture(autouse=True)
def queues(engine):
    engine.declare(JOBS, LOGS)
    engine.run()


def keep(engine, *described, queues=(JOBS,)):
    """Messages by position and body: (1, b"a")."""
    for position, body in described:
        engine.storage.messages.append(message(position, body), queues)


def read(engine, *positions, store=None):
    """The bodies of what comes back."""
    got = []
    (store or engine.storage.messages).read(list(positions), got.extend)
    engine.run()
    return [each.body for each in got]


def recovered(engine, queue=JOBS):
    found = engine.storage.messages.recovered(queue)
    return {priority: list(line) for priority, line in found.positions.items() if len(line)}


def deliveries(engine, queue=JOBS):
    return dict(engine.storage.messages.recovered(queue).deliveries)


# Reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_durable", [True, False], ids=["durable", "just said"])
def test_a_message_is_read_as_it_was(engine, is_durable):
    kept = message(7, b"body" * 100, priority=3, expiration="5000")
    engine.storage.messages.append(kept, (JOBS,))
    if is_durable:
        engine.run()
    got = []
    engine.storage.messages.read([7], got.extend)
    engine.run()
    (back,) = got
    assert (back.address, back.content, back.channel) == (kept.address, kept.content, kept.channel)
    assert (back.position, back.traits) == (7, kept.traits)


def test_what_is_read_comes_later(engine):
    keep(engine, (1, b"a"))
    got = []
    engine.storage.messages.read([1], got.append)
    assert got == []
    engine.run()
    assert len(got) == 1


def test_what_is_read_comes_in_the_order_in_which_it_was_asked_for(engine):
    keep(engine, (1, b"a"), (2, b"b"), (3, b"c"))
    engine.run()
    keep(engine, (4, b"d"), (5, b"e"))
    assert read(engine, 5, 1, 3, 4) == [b"e", b"a", b"c", b"d"]
    assert read(engine, *range(1, 6)) == [b"a", b"b", b"c", b"d", b"e"]


def test_several_readings_are_answered_each_for_itself_and_in_turn(engine):
    keep(engine, (1, b"a"), (2, b"b"))
    answers = []
    for positions in ([2], [1], [1, 2]):
        engine.storage.messages.read(positions, answers.append)
    engine.run()
    assert [[each.body for each in got] for got in answers] == [[b"b"], [b"a"], [b"a", b"b"]]


def test_a_message_that_one_of_its_queues_has_settled_is_read_for_the_other(engine):
    keep(engine, (1, b"a"), queues=(JOBS, LOGS))
    engine.run()
    engine.storage.messages.settle(JOBS, 1)
    engine.run()
    assert read(engine, 1) == [b"a"]


def test_a_reading_survives_that_its_messages_are_settled_meanwhile(engine):
    keep(engine, (1, b"a"), (2, b"b"))
    engine.run()
    got = []
    engine.storage.messages.read([1, 2], got.append)
    engine.storage.messages.settle(JOBS, 1)
    engine.run()
    assert [each.body for each in got[0]][-1] == b"b"


def test_a_damaged_message_is_missing_and_the_others_are_not(engine):
    keep(engine, (1, b"first one"), (2, b"second one"), (3, b"third one"))
    engine.run()
    engine.damage(b"second one")
    assert read(engine, 1, 2, 3) == [b"first one", b"third one"]
    assert read(engine, 2) == []


# After a start ---------------------------------------------------------------------------------


def test_what_was_not_settled_waits_in_order_after_a_start(engine):
    keep(engine, *((position, b"m") for position in range(1, 8)))
    engine.run()
    engine.storage.messages.settle(JOBS, 1)
    engine.storage.messages.settle_all(JOBS, [4, 6])
    later = engine.restarted()
    assert recovered(later) == {0: [2, 3, 5, 7]}


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one by one"])
def test_messages_are_settled_in_any_order(engine, at_once):
    keep(engine, *((position, b"m") for position in range(1, 8)), queues=(JOBS, LOGS))
    later = engine.restarted()
    store = later.storage.messages
    if at_once:
        store.settle_all(JOBS, [6, 2, 7])
    else:
        for position in (6, 2, 7):
            store.settle(JOBS, position)
    last = later.restarted()
    assert recovered(last) == {0: [1, 3, 4, 5]}
    assert recovered(last, LOGS) == {0: [1, 2, 3, 4, 5, 6, 7]}


def test_nothing_waits_in_a_queue_that_has_settled_everything(engine):
    keep(engine, (1, b"a"), (2, b"b"))
    engine.storage.messages.settle_all(JOBS, [2, 1])
    later = engine.restarted()
    assert recovered(later) == {}
    assert recovered(later, LOGS) == {}


def test_what_was_settled_as_soon_as_it_was_appended_is_gone(engine):
    keep(engine, (1, b"a"), (2, b"b"))
    engine.storage.messages.settle(JOBS, 1)
    assert recovered(engine.restarted()) == {0: [2]}


def test_a_message_waits_in_each_queue_until_that_one_has_settled_it(engine):
    keep(engine, (1, b"a"), (2, b"b"), queues=(JOBS, LOGS))
    keep(engine, (3, b"c"), queues=(LOGS,))
    engine.run()
    engine.storage.messages.settle(LOGS, 1)
    engine.storage.messages.settle(JOBS, 2)
    later = engine.restarted()
    assert recovered(later) == {0: [1]}
    assert recovered(later, LOGS) == {0: [2, 3]}


def test_what_waits_is_told_by_priority(engine):
    for position, priority in [(1, 5), (2, 0), (3, 5), (4, 255)]:
        engine.storage.messages.append(message(position, b"m", priority=priority), (JOBS,))
    assert recovered(engine.restarted()) == {0: [2], 5: [1, 3], 255: [4]}


def test_what_waited_can_be_read_and_settled_after_a_start(engine):
    keep(engine, (1, b"a"), (2, b"b"))
    later = engine.restarted()
    assert read(later, 1, 2) == [b"a", b"b"]
    later.storage.messages.settle(JOBS, 1)
    assert recovered(later.restarted()) == {0: [2]}


def test_what_was_read_is_marked_as_stored(engine):
    keep(engine, (1, b"a"))
    later = engine.restarted()
    got = []
    later.storage.messages.read([1], got.extend)
    later.run()
    assert got[0].is_stored


def test_new_positions_and_numbers_come_after_all_that_were(engine):
    keep(engine, (1, b"a"), (20, b"b"))
    engine.storage.messages.settle_all(JOBS, [1])
    later = engine.restarted()
    assert later.storage.first_position > 20
    assert later.storage.first_queue_number > LOGS


# Deliveries ------------------------------------------------------------------------------------


def test_deliveries_are_counted_until_the_message_is_settled(engine):
    keep(engine, (1, b"a"), (2, b"b"), (3, b"c"))
    store = engine.storage.messages
    for position in (1, 2, 1):
        store.delivered(JOBS, position)
    engine.run()
    store.delivered(JOBS, 1)
    store.settle(JOBS, 2)
    assert deliveries(engine.restarted()) == {1: 3}


def test_deliveries_are_counted_on_after_another_start(engine):
    keep(engine, (1, b"a"))
    engine.storage.messages.delivered(JOBS, 1)
    later = engine.restarted()
    later.storage.messages.delivered(JOBS, 1)
    assert deliveries(later.restarted()) == {1: 2}


def test_a_delivery_is_that_of_one_queue(engine):
    keep(engine, (1, b"a"), queues=(JOBS, LOGS))
    engine.storage.messages.delivered(LOGS, 1)
    later = engine.restarted()
    assert deliveries(later) == {}
    assert deliveries(later, LOGS) == {1: 1}


# The end of a queue ----------------------------------------------------------------------------


def test_what_a_deleted_queue_had_waits_for_the_others_only(engine):
    keep(engine, (1, b"a"), (2, b"b"), queues=(JOBS, LOGS))
    keep(engine, (3, b"c"))
    engine.run()
    engine.storage.messages.forget(JOBS, [1, 2, 3])
    assert read(engine, 1, 2) == [b"a", b"b"]
    engine.storage.messages.settle_all(LOGS, [1])
    assert recovered(engine.restarted(), LOGS) == {0: [2]}


def test_what_a_deleted_queue_had_out_is_settled_when_it_comes_back(engine):
    keep(engine, (1, b"ready"), (2, b"out"), queues=(JOBS, LOGS))
    engine.storage.messages.delivered(JOBS, 2)
    engine.run()
    engine.storage.messages.forget(JOBS, [1])
    engine.storage.messages.settle(JOBS, 2)
    assert recovered(engine.restarted(), LOGS) == {0: [1, 2]}


def test_many_at_once_or_none_at_all(engine):
    keep(engine, *((position, b"m") for position in range(1, 5001)))
    engine.run()
    store = engine.storage.messages
    store.settle_all(JOBS, [])
    store.forget(JOBS, [])
    store.settle_all(JOBS, range(2, 5001))
    assert read(engine, *range(1, 2)) == [b"m"]
    assert recovered(engine.restarted()) == {0: [1]}


# What need not survive -------------------------------------------------------------------------


def test_the_spill_keeps_messages_until_they_are_settled(engine):
    spill = engine.storage.spill
    for position, body in enumerate([b"a", b"b", b"c"], 1):
        spill.append(message(position, body, delivery_mode=1), (1,))
    engine.run()
    spill.settle(1, 2)
    engine.run()
    assert read(engine, 1, 3, store=spill) == [b"a", b"c"]
    spill.settle_all(1, [1, 3])
    engine.run()


def test_the_spill_is_empty_after_a_start(engine):
    engine.storage.spill.append(message(1, b"a"), (JOBS,))
    engine.run()
    later = engine.restarted()
    assert recovered(later) == {}
    assert later.storage.spill.recovered(JOBS).positions == {}


def test_one_that_is_adopted_was_published_when_it_says(engine):
    messages, got = engine.storage.messages, []
    engine.declare(1)
    messages.append(message(1, b"a"), (1,))
    engine.run()
    messages.read([1], got.extend, 1)
    engine.run()
    engine.run()
    (first,) = got
    moved = message(2, b"a")
    moved.published_at = first.published_at
    messages.adopt(moved, (1,))
    engine.run()
    messages.read([2], got.extend, 1)
    engine.run()
    assert got[1].body == b"a"
    assert got[1].published_at == pytest.approx(first.published_at, abs=0.001)
