"""Short holds of who publishes faster than the disk takes it."""

import pytest

from leveret.session.throttle import DISK, SHOWN_S, SPILL, Throttle
from tests.broker.domain import HandClock
from tests.broker.fake_storage import FakeDurability


class Held:
    """The edge: what holds are on, and all that was said of them."""

    def __init__(self):
        self.said = []
        self.clock = HandClock()
        self.throttle = Throttle(self.hold_reading, self.clock)

    def hold_reading(self, reason, *, is_held):
        self.said.append((reason, is_held))


@pytest.fixture
def held():
    return Held()


def test_a_hold_ends_when_the_disk_has_what_it_was_given(held):
    disk = FakeDurability()
    held.throttle.hold(DISK, disk)
    assert held.throttle.is_on
    held.throttle.hold(DISK, disk)
    assert held.said == [("disk", True)]
    disk.sync()
    assert held.said == [("disk", True), ("disk", False)]
    assert not held.throttle.is_on


def test_each_reason_ends_for_itself(held):
    disk, spill = FakeDurability(), FakeDurability()
    held.throttle.hold(DISK, disk)
    held.throttle.hold(SPILL, spill)
    disk.sync()
    assert held.throttle.is_on
    spill.sync()
    assert not held.throttle.is_on


def test_a_hold_shows_for_a_while_after_it(held):
    assert not held.throttle.is_shown
    disk = FakeDurability()
    held.throttle.hold(DISK, disk)
    held.clock.now += 100
    assert held.throttle.is_shown
    disk.sync()
    held.clock.now += SHOWN_S - 0.1
    assert held.throttle.is_shown
    held.clock.now += 0.2
    assert not held.throttle.is_shown


def test_why_is_shown_as_long_as_it_is(held):
    disk, spill = FakeDurability(), FakeDurability()
    held.throttle.hold(SPILL, spill)
    held.throttle.hold(DISK, disk)
    assert held.throttle.shown == [DISK, SPILL]
    spill.sync()
    disk.sync()
    assert held.throttle.shown == [DISK]
    held.clock.now += SHOWN_S
    assert held.throttle.shown == []
