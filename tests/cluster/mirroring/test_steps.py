"""The next step on a queue's way, and that the way ends where it is to end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leveret.cluster.mirroring.steps import Copy, HandOver, Spread, TakeHome, next_step
from tests.cluster.mirroring.queues import FIVE, cluster, logged, ordinary


def step(housed, wanted, living=FIVE):
    return next_step(housed, tuple(wanted), cluster(FIVE, living, [housed]))


@pytest.mark.parametrize(
    ("housed", "wanted", "living", "next_one"),
    [
        (ordinary("q", "a"), "a", "abcde", None),
        (ordinary("q", "a"), "abc", "abcde", Copy(("a", "b", "c"))),
        # Copies are made where a node runs, and nowhere is no copy at all.
        (ordinary("q", "a"), "abc", "ab", Copy(("a", "b"))),
        (ordinary("q", "a"), "abc", "a", None),
        # Whoever has the messages has them until others do.
        (ordinary("q", "a"), "bc", "abcde", Copy(("a", "b", "c"))),
        (ordinary("q", "a"), "b", "abcde", Copy(("a", "b"))),
        (logged("q", "a", "abc"), "abc", "abcde", None),
        (logged("q", "a", "ab"), "abc", "abcde", Spread(("a", "b", "c"))),
        (logged("q", "a", "ab"), "abc", "ab", None),
        (logged("q", "a", "abc"), "abd", "abcde", Spread(("a", "b", "d"))),
        # A copy is not given up for one that cannot be made, nor because its node is down.
        (logged("q", "a", "abc"), "abc", "a", None),
        (logged("q", "a", "abc"), "bc", "abcde", HandOver("b")),
        (logged("q", "a", "abc"), "bc", "ac", HandOver("c")),
        (logged("q", "a", "ab"), "cd", "abcde", Spread(("a", "b", "c", "d"))),
        (logged("q", "a", "ab"), "cd", "ab", None),
        (logged("q", "a", "abc"), "a", "abcde", TakeHome()),
        (logged("q", "a", "abc"), "b", "abcde", HandOver("b")),
    ],
)
def test_the_next_step(housed, wanted, living, next_one):
    assert step(housed, wanted, living) == next_one


def test_nothing_is_given_to_who_is_under_maintenance():
    queue = logged("q", "a", "abc")
    there = replace(cluster(FIVE, housings=[queue]), aside=frozenset("b"))
    assert next_step(queue, ("b", "c"), there) == HandOver("c")
    assert next_step(queue, ("b",), there) is None


def take(housed, done):
    match done:
        case Copy():
            return logged("q", housed.node, done.members)
        case Spread():
            return logged("q", housed.node, done.members)
        case HandOver():
            assert done.node in housed.members
            return logged("q", done.node, housed.members)
    return ordinary("q", housed.node)


NODES = st.lists(st.sampled_from(FIVE), min_size=1, unique=True)


@given(NODES, NODES, st.booleans())
def test_with_all_nodes_there_every_way_ends_where_the_queue_is_wanted(now, wanted, is_logged):
    housed = logged("q", now[0], sorted(now)) if is_logged else ordinary("q", now[0])
    wanted = tuple(sorted(wanted))
    for _ in range(6):
        done = step(housed, wanted)
        if done is None:
            break
        housed = take(housed, done)
    assert done is None
    assert housed.node in wanted
    assert (housed.members if housed.log else (housed.node,)) == wanted
    assert bool(housed.log) is (len(wanted) > 1)
