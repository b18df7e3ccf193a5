"""For how long samples are kept."""

import pytest

from leveret.statistics.retention import BASIC, DETAILED, GLOBAL, RETENTION
from leveret.statistics.span import Range


@pytest.mark.parametrize(
    ("age_s", "number"), [(60, 0), (605, 0), (606, 1), (3600, 1), (20_000, 2), (86_400, 3)]
)
def test_the_finest_step_that_reaches_back_is_taken(age_s, number):
    assert GLOBAL.step_for(Range(age_s, age_s)) == number


def test_what_is_older_than_all_is_for_the_longest():
    assert BASIC.step_for(Range(86_400, 1800)) == 1
    assert DETAILED.step_for(Range(86_400, 1800)) == 0


@pytest.mark.parametrize(
    ("name", "policy"), [("global", GLOBAL), ("basic", BASIC), ("detailed", DETAILED)]
)
def test_what_is_told_is_kept(name, policy):
    assert len(RETENTION[name]) == len(policy.steps)
    for told_s, step in zip(RETENTION[name], policy.steps, strict=True):
        assert told_s <= step.length_s
        assert (step.size - 1) * step.interval_s >= told_s


def test_each_step_takes_its_samples():
    assert DETAILED.places(7) == ((0, 7),)
    assert BASIC.places(12) == ((0, 12), (1, 1))
    assert [number for number, _place in GLOBAL.places(360)] == [0, 1, 2, 3]
    assert DETAILED.places(DETAILED.length + 3) == ((0, 3),)
