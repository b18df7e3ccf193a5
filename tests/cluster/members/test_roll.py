"""Members come and go, and nobody is ever taken for somebody who was there before."""

import pytest

from leveret.cluster.members.roll import MembershipRefused, Place, found

PLACE = Place("127.0.2.1", 25672, 25673)
ELSEWHERE = Place("127.0.2.2", 25672, 25673)


def test_a_founder_is_the_first_member():
    roll = found("c", "hare@a", PLACE)

    assert roll.nodes == ("hare@a",)
    assert roll.find("hare@a").incarnation == 1


def test_members_stand_in_the_order_in_which_they_came():
    roll = found("c", "z@a", PLACE).with_member("a@b", ELSEWHERE)

    assert roll.nodes == ("z@a", "a@b")
    assert roll.revision == 2


def test_who_comes_again_is_another_incarnation():
    roll = found("c", "hare@a", PLACE)
    for expected in (1, 2, 3):
        roll = roll.with_member("doe@b", ELSEWHERE)
        assert roll.find("doe@b").incarnation == expected
        roll = roll.without("doe@b")

    assert roll.nodes == ("hare@a",)
    assert roll.revision == 7


def test_a_member_does_not_come_twice():
    roll = found("c", "hare@a", PLACE)

    with pytest.raises(MembershipRefused, match="The node is already a member of this cluster"):
        roll.with_member("hare@a", ELSEWHERE)


def test_who_is_no_member_cannot_go_or_move():
    roll = found("c", "hare@a", PLACE)

    for change in (roll.without, lambda node: roll.moved(node, ELSEWHERE)):
        with pytest.raises(MembershipRefused) as refused:
            change("doe@b")
        assert refused.value.reason == "not_a_cluster_node"


def test_the_last_member_stays():
    with pytest.raises(MembershipRefused) as refused:
        found("c", "hare@a", PLACE).without("hare@a")

    assert refused.value.reason == "last_member"


def test_a_member_that_moves_stays_who_it_is():
    roll = found("c", "hare@a", PLACE)
    moved = roll.moved("hare@a", ELSEWHERE)

    assert moved.find("hare@a").place == ELSEWHERE
    assert moved.find("hare@a").incarnation == 1
    assert moved.revision == 2
    assert moved.moved("hare@a", ELSEWHERE) is moved
