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
