"""For how long samples are kept."""

import pytest

from leveret.statistics.retention import BASIC, DETAILED, GLOBAL, RETENTION, step_for
from leveret.statistics.span import Range


@pytest.mark.parametrize(
    ("age_s", "number"), [(60, 0), (605, 0), (606, 1), (3600, 1), (20_000, 2), (86_400, 3)]
)
def test_the_finest_step_that_reaches_back_is_taken(age_s, number):
    assert step_for(GLOBAL, Range(age_s, age_s)) == number


def test_what_is_older_than_all_is_for_the_longest():
    assert step_for(BASIC, Range(86_400, 1800)) == 1
    assert step_for(DETAILED, Range(86_400, 1800)) == 0


@pytest.mark.parametrize(
    ("policy", "steps"), [("global", GLOBAL), ("basic", BASIC), ("detailed", DETAILED)]
)
def test_what_is_told_is_kept(policy, steps):
    assert len(RETENTION[policy]) == len(steps)
    for told_s, step in zip(RETENTION[policy], steps, strict=True):
        assert told_s <= step.length_s
        assert (step.size - 1) * step.interval_s >= told_s
