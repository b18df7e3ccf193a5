"""A broker in a scene, and a channel with a queue."""

import pytest

from tests.session.harness import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def channel(world):
    channel = world.channel()
    channel.declare("q")
    return channel
