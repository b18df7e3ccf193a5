"""Nodes with one list of names become one cluster, in whatever order they start."""

import itertools

import pytest

from leveret.cluster.members.discovery import Begin, Join, Wait, decide
from leveret.cluster.members.standing import Phase

NAMED = ("hare@a", "doe@b", "buck@c")


def test_without_names_a_node_begins_alone():
    assert decide("hare@a", (), {}) == Begin()
    assert decide("hare@a", ("hare@a",), {}) == Begin()


def test_the_first_begins():
    assert decide("hare@a", NAMED, {"doe@b": Phase.ALONE}) == Begin()


def test_the_first_joins_those_who_are_a_cluster_already():
    assert decide("hare@a", NAMED, {"buck@c": Phase.MEMBER}) == Join("buck@c")


def test_the_others_wait_for_the_first():
    assert decide("doe@b", NAMED, {}) == Wait(("hare@a", "buck@c"))
    assert decide("doe@b", NAMED, {"buck@c": Phase.ALONE}) == Wait(("hare@a",))
    assert decide("doe@b", NAMED, {"hare@a": Phase.ALONE}) == Join("hare@a")


@pytest.mark.parametrize("phase", [Phase.JOINING, Phase.LEAVING, Phase.FORGOTTEN])
def test_nobody_joins_a_node_on_its_way(phase):
    assert decide("doe@b", NAMED, {"hare@a": phase}) == Wait(("buck@c",))


def test_who_is_not_named_itself_joins_and_never_begins():
    assert decide("new@d", NAMED, {"doe@b": Phase.MEMBER}) == Join("doe@b")
    assert decide("new@d", NAMED, {"doe@b": Phase.ALONE}) == Wait(("hare@a", "buck@c"))


@pytest.mark.parametrize("order", list(itertools.permutations(NAMED)))
def test_every_order_of_starts_ends_in_one_cluster(order):
    phases: dict[str, Phase] = {}
    clusters = 0
    for starting in [*order, *order, *order]:
        phases.setdefault(starting, Phase.ALONE)
        if phases[starting] is Phase.MEMBER:
            continue
        heard = {node: phase for node, phase in phases.items() if node != starting}
        decision = decide(starting, NAMED, heard)
        if isinstance(decision, Join):
            clusters += phases[decision.through] is Phase.ALONE
            phases[starting] = phases[decision.through] = Phase.MEMBER

    assert set(phases.values()) == {Phase.MEMBER}
    assert clusters == 1
