"""Who is blocked, and until when; what clients see of it is in test_session.py."""

from tests.session.harness import World


def blocking(channel):
    return channel.client.session.blocking


def test_only_the_last_alarms_end_unblocks():
    world = World()
    channel = world.channel()
    world.broker.alarms.set("memory")
    assert not blocking(channel).is_on
    channel.publish(b"x", key="q")
    world.broker.alarms.set("disk")
    world.broker.alarms.clear("memory")
    assert blocking(channel).is_on
    world.broker.alarms.clear("disk")
    assert not blocking(channel).is_on


def test_since_when_and_why_is_noted():
    world = World()
    world.broker.agenda.wall_clock = lambda: 1_700_000_000.5
    world.broker.events.keep(world.broker.agenda.wall_clock)
    channel = world.channel()
    world.broker.alarms.set("memory")
    channel.publish(b"x", key="q")
    assert blocking(channel).since == 1_700_000_000.5
    world.broker.alarms.clear("memory")
    blocked, unblocked = list(world.broker.events.latest)[-2:]
    whose = {"vhost": "/", "name": "peer", "user": "guest"}
    assert (blocked.name, blocked.fields) == (
        "connection.blocked", {"reason": "low on memory", **whose},
    )  # fmt: skip
    assert (unblocked.name, unblocked.fields) == ("connection.unblocked", whose)
