"""Why a connection goes no further."""

from leveret.management.views.standing import standing
from leveret.session.throttle import DISK, SHOWN_S
from tests.broker.fake_storage import FakeDurability
from tests.session.harness import World


def test_who_runs_has_no_reason_not_to():
    session = World().channel().client.session
    assert standing(session) == {"state": "running", "because": [], "since": None}


def test_an_alarm_blocks_who_publishes():
    world = World()
    world.broker.agenda.wall_clock = lambda: 12.5
    channel = world.channel()
    session = channel.client.session
    world.broker.alarms.set("disk")
    because = ["low on disk"]
    assert standing(session) == {"state": "blocking", "because": because, "since": None}
    channel.publish(b"x", key="q")
    assert standing(session) == {"state": "blocked", "because": because, "since": 12_500}


def test_a_slow_disk_holds_who_publishes():
    world = World()
    session, disk = world.channel().client.session, FakeDurability()
    session.throttle.hold(DISK, disk)
    told = {"state": "flow", "because": ["what it published waits for the disk"], "since": None}
    assert standing(session) == told
    disk.sync()
    assert standing(session) == told
    world.agenda.clock.now += SHOWN_S
    assert standing(session)["state"] == "running"
