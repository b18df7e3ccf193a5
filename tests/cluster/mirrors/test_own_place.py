"""A queue's messages in the node's own engine, as the target of a move."""

from tests.cluster.mirrors.moves import NUMBER, Move


def moved():
    """Three messages whose positions the engine counts from 4."""
    move = Move("a", "b", "c")
    move.begin()
    move.finish()
    return move


def test_what_is_adopted_gets_positions_at_the_end():
    move = moved()
    assert move.targets.messages.positions(NUMBER) == [4, 5, 6]
    assert move.target.translated_count == 3


def test_the_queue_names_them_as_before():
    move = moved()
    taken = []
    move.target.read([3, 1], taken.extend)
    move.agenda.run()
    assert [(each.position, each.body, each.is_stored) for each in taken] == [
        (3, b"c", True),
        (1, b"a", True),
    ]
    move.target.delivered(2)
    move.target.settle_all([1])
    assert move.found(move.targets) == [("b", 1), ("c", 0)]
    assert move.target.translated_count == 2


def test_what_comes_later_keeps_its_position():
    move = moved()
    move.end()
    assert move.publish("d") == 7
    assert move.targets.messages.positions(NUMBER) == [4, 5, 6, 7]
    taken = []
    move.target.read([7, 2], taken.extend)
    move.agenda.run()
    assert [(each.position, each.body) for each in taken] == [(7, b"d"), (2, b"b")]


def test_what_was_adopted_was_published_when_it_was():
    move = Move("a")
    move.agenda.pass_time(60)
    move.begin()
    move.finish()
    taken = []
    move.target.read([1], taken.extend)
    move.agenda.run()
    assert [each.published_at for each in taken] == [1000.0]


def test_what_was_adopted_can_be_forgotten():
    move = moved()
    move.publish("d")
    move.settle(1)
    move.target.forget_adopted()
    assert move.found(move.targets) == []
    assert move.target.translated_count == 0


def test_what_the_queue_has_elsewhere_is_forgotten_by_its_own_names():
    move = moved()
    move.target.forget([1, 3])
    assert move.found(move.targets) == [("b", 0)]


def test_it_is_behind_when_the_engine_is_and_safe_when_that_is():
    move = moved()
    move.targets.durability.is_behind = True
    assert move.target.is_behind
    said = []
    move.target.when_safe(lambda: said.append("safe"), None)
    assert said == []
    move.targets.durability.sync()
    assert said == ["safe"]
