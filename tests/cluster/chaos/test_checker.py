"""Forged histories: the checker sees each broken promise, and lets pass what a cluster may do."""

import pytest

from tests.cluster.chaos.checker import Promise, check
from tests.cluster.chaos.history import (
    Acked,
    Claimed,
    Confirmed,
    Delivered,
    Drained,
    FenceConfirmed,
    FenceDelivered,
    History,
    Message,
)

ONE, TWO, THREE = (Message("ann-1", ordinal) for ordinal in (1, 2, 3))
OTHER = Message("ann-2", 1)


def wrong(*events):
    return [violation.promise for violation in check(events)]


def delivered(*messages, flagged=False, to="eve-1"):
    return [Delivered(message, to, flagged) for message in messages]


def settled(message, fence=1):
    """What shows that it is settled for certain."""
    return [
        *delivered(message),
        Acked(message, "eve-1"),
        FenceConfirmed(fence, "eve-1"),
        FenceDelivered(fence),
    ]


def claims(node, first_s, last_s, *, every_s=1.0, serves=True):
    moments = range(int((last_s - first_s) / every_s) + 1)
    return [
        Claimed(node, serves, first_s + each * every_s, first_s + each * every_s)
        for each in moments
    ]


def sound(*more):
    return [Confirmed(OTHER), *delivered(OTHER), *more, Drained()]


def test_all_is_well():
    assert not wrong(Confirmed(ONE), Confirmed(TWO), *delivered(ONE, TWO), Drained())


def test_a_confirmed_message_is_lost():
    assert wrong(Confirmed(ONE), Confirmed(TWO), *delivered(TWO), Drained()) == [Promise.LOST]


def test_each_lost_message_counts():
    assert wrong(Confirmed(ONE), Confirmed(TWO), Drained()) == [Promise.LOST] * 2


def test_the_same_number_of_another_channel_is_another_message():
    assert wrong(Confirmed(ONE), *delivered(OTHER), Drained()) == [Promise.LOST]


def test_a_message_without_a_confirm_may_be_lost_or_come():
    assert not wrong(Confirmed(ONE), *delivered(ONE, THREE), Drained())


def test_what_was_not_drained_proves_nothing_and_accuses_nobody_of_losing():
    assert wrong(Confirmed(ONE)) == [Promise.INCONCLUSIVE]


def test_where_nothing_was_confirmed_nothing_is_proven():
    assert wrong(*delivered(ONE), Drained()) == [Promise.INCONCLUSIVE]


def test_a_settled_message_comes_back():
    assert wrong(*sound(*settled(ONE), *delivered(ONE, flagged=True))) == [Promise.CAME_BACK]


def test_a_settled_message_comes_back_to_another_consumer():
    assert wrong(*sound(*settled(ONE), *delivered(ONE, to="eve-2"))) == [Promise.CAME_BACK]


def test_one_that_comes_back_twice_and_was_settled_in_between_counts_twice():
    again = [*settled(ONE), *settled(ONE, fence=2), *delivered(ONE)]
    assert wrong(*sound(*again)) == [Promise.CAME_BACK] * 2


def test_the_fence_may_come_out_before_its_confirm_is_read():
    story = [*delivered(ONE), Acked(ONE, "eve-1"), FenceDelivered(1), FenceConfirmed(1, "eve-1")]
    assert wrong(*sound(*story, *delivered(ONE))) == [Promise.CAME_BACK]


@pytest.mark.parametrize("missing", [Acked, FenceConfirmed, FenceDelivered])
def test_without_the_whole_proof_it_may_come_back(missing):
    story = [event for event in settled(ONE) if not isinstance(event, missing)]
    assert not wrong(*sound(*story, *delivered(ONE, flagged=True)))


def test_one_that_comes_again_before_the_fence_was_not_settled():
    ack_was_lost = [
        *delivered(ONE),
        Acked(ONE, "eve-1"),
        FenceConfirmed(1, "eve-1"),
        *delivered(ONE, flagged=True),
        FenceDelivered(1),
        *delivered(ONE, flagged=True),
    ]
    assert not wrong(*sound(*ack_was_lost))


def test_another_consumers_fence_settles_nothing():
    story = [
        *delivered(ONE),
        Acked(ONE, "eve-1"),
        FenceConfirmed(1, "eve-2"),
        FenceDelivered(1),
        *delivered(ONE),
    ]
    assert not wrong(*sound(*story))


def test_a_message_comes_behind_a_later_one_of_its_channel():
    assert wrong(*sound(*delivered(ONE, THREE, TWO))) == [Promise.DISORDER]


def test_also_when_another_consumer_gets_it():
    assert wrong(*sound(*delivered(THREE), *delivered(TWO, to="eve-2"))) == [Promise.DISORDER]


def test_redeliveries_may_come_behind():
    assert not wrong(*sound(*delivered(ONE, THREE), *delivered(TWO, flagged=True)))


def test_one_that_is_known_may_come_again():
    assert not wrong(*sound(*delivered(ONE, TWO, ONE, TWO, THREE)))


def test_channels_do_not_wait_for_one_another():
    assert not wrong(*sound(*delivered(THREE, OTHER)))


def test_two_nodes_serve():
    story = [*claims("hare", 0, 40), *claims("vole", 10, 60)]
    assert wrong(*sound(*story)) == [Promise.TWO_SERVE]


def test_one_that_was_cut_off_may_take_a_while_to_know():
    assert not wrong(*sound(*claims("hare", 0, 25), *claims("vole", 10, 60)))


def test_one_that_follows_the_other_is_no_second():
    taking_turns = [*claims("hare", 0, 30), *claims("vole", 31, 60), *claims("hare", 61, 90)]
    assert not wrong(*sound(*taking_turns))


def test_one_that_was_frozen_does_not_reign_meanwhile():
    frozen = [*claims("hare", 0, 10), *claims("hare", 50, 60)]
    assert not wrong(*sound(*frozen, *claims("vole", 12, 60)))


def test_one_that_said_no_in_between_begins_anew():
    wavering = [*claims("hare", 0, 15), *claims("hare", 16, 16, serves=False)]
    assert not wrong(
        *sound(*wavering, *claims("hare", 17, 30), *claims("vole", 0, 30, serves=False))
    )
    assert not wrong(*sound(*wavering, *claims("hare", 17, 32), *claims("vole", 1, 32)))


def test_a_history_keeps_its_order_and_can_be_saved(tmp_path):
    history = History()
    for event in sound():
        history.tell(event)
    history.save(tmp_path / "history")
    lines = (tmp_path / "history").read_text().splitlines()
    assert history.events == sound()
    assert len(lines) == 3
    assert '"Confirmed"' in lines[0]
