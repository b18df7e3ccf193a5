"""A node's way into a cluster and out of it, each step after the other and none besides."""

import pytest

from leveret.cluster.members import standing as steps
from leveret.cluster.members.roll import MembershipRefused, Place, found
from leveret.cluster.members.standing import Phase, Standing

HARE, DOE = "hare@a", "doe@b"
PLACE = Place("127.0.2.1", 25672, 25673)
ROLL = found("c", HARE, PLACE).with_member(DOE, PLACE)


def member(node=HARE, roll=ROLL):
    return Standing(node, Phase.MEMBER, roll)


def test_who_is_joined_first_founds_the_cluster():
    founded = steps.found_cluster(Standing(HARE), "c", PLACE)

    assert founded.phase is Phase.MEMBER
    assert founded.own.node == HARE
    assert founded.others == ()
    assert founded.has_engine


def test_joining_goes_through_a_member_and_ends_on_its_roll():
    joining = steps.begin_joining(Standing(DOE), HARE)
    assert (joining.phase, joining.through) == (Phase.JOINING, HARE)
    assert not joining.has_engine

    inside = steps.joined(joining, ROLL)

    assert inside == member(DOE)
    assert [each.node for each in inside.others] == [HARE]


def test_joining_may_be_refused_and_leaves_the_node_alone():
    joining = steps.begin_joining(Standing(DOE), HARE)

    assert steps.give_up_joining(joining) == Standing(DOE)


def test_nobody_joins_himself():
    with pytest.raises(MembershipRefused, match="cannot cluster node with itself: hare@a"):
        steps.begin_joining(Standing(HARE), HARE)


def test_a_member_does_not_join_its_own_cluster_or_another():
    with pytest.raises(MembershipRefused) as own:
        steps.begin_joining(member(), DOE)
    with pytest.raises(MembershipRefused) as another:
        steps.begin_joining(member(), "buck@c")

    assert (own.value.reason, another.value.reason) == ("already_member", "not_permitted")


def test_who_is_in_a_cluster_is_elsewhere_to_all_others():
    forgotten = Standing(HARE, Phase.FORGOTTEN, ROLL)
    assert steps.is_elsewhere(member(), "buck@c")
    assert steps.is_elsewhere(forgotten, DOE)
    assert not steps.is_elsewhere(member(), DOE)
    assert not steps.is_elsewhere(Standing(HARE), DOE)
    # What is left of a former cluster is none.
    assert not steps.is_elsewhere(Standing(HARE, Phase.ALONE, ROLL), "buck@c")


def test_a_roll_without_the_node_is_no_welcome():
    joining = steps.begin_joining(Standing("buck@c"), HARE)

    with pytest.raises(ValueError, match="not on the roll"):
        steps.joined(joining, ROLL)


def test_the_newer_roll_of_the_same_cluster_counts():
    newer = ROLL.with_member("buck@c", PLACE)

    assert steps.adopt(member(), newer).roll is newer
    assert steps.adopt(member(roll=newer), ROLL).roll is newer


def test_another_clusters_roll_is_not_listened_to():
    strange = found("other", HARE, PLACE).with_member("x@y", PLACE).with_member("z@y", PLACE)

    assert steps.adopt(member(), strange) == member()
    assert steps.adopt(Standing(HARE), ROLL) == Standing(HARE)


def test_who_was_forgotten_knows_it_and_runs_no_engine():
    forgotten = steps.adopt(member(DOE), ROLL.without(DOE))

    assert forgotten.phase is Phase.FORGOTTEN
    assert not forgotten.has_engine
    assert steps.left(forgotten) == Standing(DOE)


def test_who_was_forgotten_stays_so_when_another_came_under_its_name():
    again = ROLL.without(DOE).with_member(DOE, PLACE)

    forgotten = steps.adopt(member(DOE), again)

    assert forgotten.phase is Phase.FORGOTTEN
    later = again.with_member("buck@c", PLACE)
    assert steps.adopt(forgotten, later).phase is Phase.FORGOTTEN


def test_leaving_is_kept_until_the_node_is_wiped():
    leaving = steps.begin_leaving(member(DOE))
    assert leaving.phase is Phase.LEAVING

    told = steps.adopt(leaving, ROLL.without(DOE))

    assert told.phase is Phase.LEAVING
    assert steps.left(told) == Standing(DOE)


def test_the_last_one_keeps_what_it_can_tell_those_that_it_left_behind():
    last = steps.left_alone(member(roll=ROLL.without(DOE)))
    assert (last.phase, last.has_engine) == (Phase.ALONE, False)

    behind = steps.adopt(member(DOE), last.roll)

    assert behind.phase is Phase.FORGOTTEN
    assert steps.begin_joining(last, "buck@c").roll is None


def test_forgetting_takes_another_out_that_does_not_run():
    assert steps.forget(member(), DOE, is_running=False).roll.nodes == (HARE,)


@pytest.mark.parametrize(
    ("node", "is_running", "reason"),
    [
        (DOE, True, "still_running"),
        (HARE, False, "still_running"),
        ("buck@c", False, "not_a_cluster_node"),
    ],
)
def test_forgetting_is_refused(node, is_running, reason):
    with pytest.raises(MembershipRefused) as refused:
        steps.forget(member(), node, is_running=is_running)

    assert refused.value.reason == reason


@pytest.mark.parametrize("phase", [Phase.ALONE, Phase.JOINING, Phase.LEAVING, Phase.FORGOTTEN])
def test_only_a_member_leaves_or_forgets(phase):
    outside = Standing(HARE, phase, None if phase is Phase.ALONE else ROLL)

    for step in (steps.begin_leaving, lambda each: steps.forget(each, DOE, is_running=False)):
        with pytest.raises(MembershipRefused, match=f"is {phase.value}, and would have to be"):
            step(outside)


def test_a_forced_start_is_used_up():
    forced = steps.force_boot(member(), is_forced=True)

    assert forced.is_boot_forced
    assert steps.force_boot(forced, is_forced=False) == member()
