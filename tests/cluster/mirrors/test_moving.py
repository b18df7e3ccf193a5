"""A queue's messages on their way to another place, while the queue is in use."""

from itertools import pairwise
from random import Random

import pytest

from leveret.cluster.mirrors import moving
from tests.cluster.mirrors.moves import Move


def bodies(count):
    return [f"m{number}" for number in range(count)]


def test_what_waits_is_copied_in_order_with_its_deliveries():
    move = Move(*bodies(600))
    move.deliver(3)
    move.deliver(3)
    move.begin()
    move.finish()
    assert move.found(move.targets) == move.expected()
    assert move.doubled == [600]
    assert move.found(move.sources) == move.expected()


def test_an_empty_queue_is_moved_at_once():
    move = Move()
    move.begin()
    move.finish()
    move.publish("new")
    assert move.found(move.targets) == [("new", 0)]


def test_no_turn_copies_more_than_a_slice(monkeypatch):
    monkeypatch.setattr(moving, "SLICE_MAX", 10)
    steps = slices(Move(*bodies(35)))
    assert max(steps) == 10
    assert sum(steps) == 35


def slices(move):
    """How many messages were copied at a time."""
    move.begin()
    sizes = [0]
    while not move.place.is_doubled:
        move.agenda.run()
        sizes.append(len(move.targets.messages.kept))
    return [after - before for before, after in pairwise(sizes) if after > before]


def test_large_messages_are_copied_one_by_one(monkeypatch):
    monkeypatch.setattr(moving, "SLICE_OCTETS", 1000)
    assert slices(Move(*["x" * 2000] * 5)) == [1] * 5
    assert slices(Move(*["x"] * 5)) == [1, 4]


def test_what_is_published_meanwhile_comes_behind_what_waited():
    move = Move(*bodies(300))
    move.begin()
    move.publish("late")
    move.agenda.run()
    move.publish("later")
    move.finish()
    move.publish("last")
    assert [body for body, _ in move.found(move.targets)[-3:]] == ["late", "later", "last"]
    assert move.found(move.targets) == move.expected()


def test_what_was_settled_before_its_turn_never_gets_there():
    move = Move(*bodies(5))
    move.begin()
    move.settle(1, 4)
    move.agenda.run()
    # The slice is being read.
    move.settle(2)
    move.finish()
    assert [body for body, _ in move.found(move.targets)] == ["m2", "m4"]
    move.settle(3)
    assert move.found(move.targets) == move.found(move.sources) == [("m4", 0)]


def test_a_target_that_is_behind_is_waited_for():
    move = Move(*bodies(5))
    move.targets.durability.is_behind = True
    move.begin()
    for _ in range(5):
        move.agenda.run()
    assert move.found(move.targets) == []
    move.targets.durability.is_behind = False
    move.targets.durability.sync()
    move.finish()
    assert move.found(move.targets) == move.expected()


def test_more_than_is_kept_in_memory_is_read_in_its_turn(monkeypatch):
    monkeypatch.setattr(moving, "SLICE_MAX", 4)
    move = Move(*bodies(3))
    move.begin()
    for number in range(moving.RECENT_MAX + 50):
        move.publish(f"late{number}")
    move.finish()
    assert move.found(move.targets) == move.expected()
    assert len(move.sources.messages.reads) > 10


def test_a_message_that_cannot_be_read_can_be_settled_all_the_same():
    move = Move(*bodies(3))
    move.begin()
    # Gone at the source, while the queue has it in its memory.
    move.sources.messages.read = lambda positions, take, _queue: move.agenda.soon(
        lambda: take([move.sources.messages.kept[each] for each in positions if each != 2])
    )
    move.finish()
    move.deliver(2)
    move.settle(2)
    assert move.found(move.targets) == [("m0", 0), ("m2", 0)]


def test_whoever_waits_waits_for_both_places_once_both_have_all():
    move = Move("a")
    move.target.engines = {"target": None}
    move.begin()
    assert move.place.engines == {None: None}
    move.finish()
    assert move.place.engines == {None: None, "target": None}
    move.place.give_up()
    assert move.place.engines == {None: None}


@pytest.mark.parametrize("turns", range(4))
def test_a_move_that_was_given_up_leaves_the_source_as_it_is(turns):
    move = Move(*bodies(300))
    move.begin()
    for _ in range(turns):
        move.agenda.run()
    move.place.give_up()
    move.target.forget_adopted()
    move.publish("new")
    move.settle(1)
    move.deliver(2)
    for _ in range(5):
        move.agenda.run()
    assert move.found(move.sources) == move.expected()
    assert move.found(move.targets) == []


@pytest.mark.parametrize("seed", range(40))
def test_both_places_are_alike_whatever_happens_meanwhile(seed, monkeypatch):
    chance = Random(seed)
    monkeypatch.setattr(moving, "SLICE_MAX", chance.choice((1, 3, 20)))
    move = Move(*bodies(chance.randrange(40)))
    move.begin()
    for step in range(400):
        _anything(move, chance, step)
    move.finish()
    for step in range(400, 500):
        _anything(move, chance, step)
    assert move.found(move.sources) == move.found(move.targets) == move.expected()
    assert len(move.doubled) == 1


def _anything(move, chance, step):
    verb = chance.choices(("publish", "settle", "deliver", "turn"), (3, 3, 2, 2))[0]
    if verb == "publish":
        move.publish(f"n{step}")
    elif verb == "turn":
        move.agenda.run()
    elif move.waiting:
        # Mostly the oldest, as consumers take them.
        reach = chance.choice((1, 3, len(move.waiting)))
        positions = sorted(move.waiting)[:reach]
        if verb == "deliver":
            move.deliver(chance.choice(positions))
        else:
            move.settle(*chance.sample(positions, chance.randint(1, len(positions))))
