"""The widest gap is the pause, and it is over only when confirms come again."""

import time

from bench.pauses import Publisher, widest


def test_the_widest_gap_is_found():
    assert widest([1.0, 1.1, 4.0, 4.2]) == (1.1, 4.0)


def test_it_goes_on_only_when_confirms_have_come_for_a_while():
    now = time.monotonic()
    publisher = Publisher([])
    assert not publisher.is_going(now - 5, 1.0)
    publisher.confirmed_s = [now - 3]
    assert not publisher.is_going(now - 5, 1.0)
    publisher.confirmed_s = [now - each / 10 for each in range(30, 0, -1)]
    assert publisher.is_going(now - 5, 1.0)
    publisher.confirmed_s = [now - 0.2, now - 0.1]
    assert not publisher.is_going(now - 5, 1.0)
