"""The last of a kind."""

from leveret.broker.latest import KEPT_MAX, nothing_yet


def test_the_oldest_goes_first():
    kept = nothing_yet()
    kept.extend(range(KEPT_MAX + 1))
    assert (len(kept), kept[0]) == (KEPT_MAX, 1)
