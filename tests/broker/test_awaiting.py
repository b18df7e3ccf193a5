"""Who waits for what may be undone."""

import pytest

from leveret.broker.awaiting import PATIENCE_S, Awaiting
from leveret.broker.errors import Unavailable, Undone
from tests.broker.domain import HandAgenda


@pytest.fixture
def agenda():
    return HandAgenda()


@pytest.fixture
def awaiting(agenda):
    return Awaiting(agenda)


def test_whoever_has_his_answer_hears_nothing_else(agenda, awaiting):
    told = []
    wait = awaiting.begin(told.append)
    assert awaiting.end(wait)
    awaiting.lose()
    agenda.pass_time(2 * PATIENCE_S)
    assert (told, len(awaiting)) == ([], 0)


def test_what_is_undone_is_told_once(agenda, awaiting):
    told = []
    wait = awaiting.begin(told.append)
    awaiting.lose()
    awaiting.lose()
    agenda.pass_time(2 * PATIENCE_S)
    assert [type(each) for each in told] == [Undone]
    assert not awaiting.end(wait)


def test_a_majority_is_waited_for_a_while(agenda, awaiting):
    told = []
    wait = awaiting.begin(told.append)
    agenda.pass_time(PATIENCE_S - 0.1)
    assert told == []
    agenda.pass_time(0.2)
    assert [type(each) for each in told] == [Unavailable]
    assert not awaiting.end(wait)


def test_whoever_began_before_a_loss_can_see_it(awaiting):
    before = awaiting.losses
    awaiting.check(before)
    awaiting.lose()
    with pytest.raises(Undone):
        awaiting.check(before)
    awaiting.check(awaiting.losses)
