"""The last connections that have ended."""

from leveret.broker.ended import KEPT_MAX, nothing_ended


def test_the_oldest_goes_first():
    kept = nothing_ended()
    kept.extend(range(KEPT_MAX + 1))
    assert (len(kept), kept[0]) == (KEPT_MAX, 1)
