"""Leaders evenly over the nodes, none on one of them, and who may not go."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from leveret.cluster.mirroring.balance import critical_to, rebalanced, without
from tests.cluster.mirroring.queues import THREE, logged, ordinary
from tests.cluster.mirroring.test_succession import NODES, QUEUES


def six_of(node, members="abc"):
    return [logged(str(each), node, members) for each in range(6)]


def led(there, moves):
    moved = {each.name: each.node for each in moves}
    return Counter(moved.get(each.name, each.node) for each in there if each.log)


def test_each_leads_as_many():
    there = six_of("a")
    moves = rebalanced(there, THREE, THREE)
    assert led(there, moves) == {"a": 2, "b": 2, "c": 2}
    assert len(moves) == 4


def test_what_is_even_stays():
    there = [logged("p", "a", "abc"), logged("q", "b", "abc")]
    assert rebalanced(there, THREE, THREE) == []


def test_only_who_has_a_copy_may_lead_and_only_who_runs():
    there = six_of("a", "ab")
    assert led(there, rebalanced(there, THREE, THREE)) == {"a": 3, "b": 3}
    assert rebalanced(there, THREE, "ac") == []
    assert rebalanced(there, THREE, "") == []


def test_ordinary_queues_neither_move_nor_count():
    there = [ordinary("o", "b"), *six_of("a")]
    assert led(there, rebalanced(there, THREE, THREE)) == {"a": 2, "b": 2, "c": 2}


@given(QUEUES, st.sets(NODES))
def test_after_it_nobody_could_take_from_anybody(there, living):
    moves = rebalanced(there, THREE, living)
    moved = {each.name: each for each in moves}
    after = [moved.get(each.name, each) for each in there]
    counts = led(there, moves)
    share = -(-sum(counts[node] for node in living) // max(1, len(living)))
    for each in after:
        if each.log and each.node in living and counts[each.node] > share:
            others = [node for node in each.members if node in living]
            assert all(counts[node] >= counts[each.node] - 1 for node in others)
    for each in moves:
        before = next(one for one in there if one.name == each.name)
        assert each.node in each.members
        assert each.node in living
        assert replace(each, node=before.node) == before


# Without a node -----------------------------------------------------------------------------------


def test_a_node_leads_nothing_that_another_can_lead():
    there = [*six_of("a"), ordinary("o", "a"), logged("b", "b", "abc"), logged("x", "a", "a")]
    moves = without("a", there, THREE)
    assert Counter(each.node for each in moves) == {"b": 3, "c": 3}
    assert {each.name for each in moves} == set(map(str, range(6)))


def test_with_nobody_else_there_it_leads_on():
    assert without("a", six_of("a"), "a") == []


def test_a_node_without_which_there_is_no_majority_may_not_go():
    three, two, own = logged("t", "a", "abc"), logged("w", "a", "ab"), ordinary("o", "a")
    there = [three, two, own]
    assert critical_to("a", there, THREE) == [two]
    assert critical_to("a", there, "ab") == [three, two]
    assert critical_to("c", there, "abc") == []
    # It has been lost already.
    assert critical_to("a", there, "a") == []
