"""How long those wait who ask something of a queue that nobody leads."""

import pytest

from leveret.cluster.remote.patience import Patience
from tests.broker.domain import HandAgenda


@pytest.fixture
def agenda():
    return HandAgenda()


@pytest.fixture
def lost():
    return []


@pytest.fixture
def patience(agenda, lost):
    return Patience(agenda, 15.0, lambda: lost.append(agenda.clock()))


def test_it_is_over_after_its_time_once(agenda, patience, lost):
    patience.begin()
    agenda.pass_time(10)
    patience.begin()
    assert not patience.is_over
    agenda.pass_time(5)
    assert patience.is_over
    patience.begin()
    agenda.pass_time(60)
    assert len(lost) == 1


def test_it_ends_when_somebody_leads_and_may_begin_again(agenda, patience, lost):
    patience.begin()
    patience.end()
    agenda.pass_time(20)
    assert not patience.is_over
    patience.begin()
    agenda.pass_time(15)
    assert patience.is_over
    patience.end()
    assert not patience.is_over
    assert len(lost) == 1
