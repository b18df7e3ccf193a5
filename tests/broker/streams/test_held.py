"""Messages of a stream in a broker that keeps nothing."""

from leveret.broker.streams.held import HeldMessages
from tests.broker.streams.hand import plain


def test_what_is_held_is_read_in_a_later_turn(agenda):
    held, got = HeldMessages(agenda), []
    for position in (3, 5, 9):
        held.append(plain(str(position), position), (0,))
    held.read([3, 9], got.extend)
    assert not got
    agenda.run()
    assert [each.body for each in got] == [b"3", b"9"]


def test_what_is_settled_or_forgotten_is_gone(agenda):
    held, got = HeldMessages(agenda), []
    for position in (3, 5, 9):
        held.append(plain("", position), (0,))
    held.settle_all(0, [3])
    held.forget(0, [5, 6])
    held.read([3, 5, 9], got.extend)
    agenda.run()
    assert [each.position for each in got] == [9]
