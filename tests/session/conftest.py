"""What the tests of sessions share."""

import pytest

from tests.session.harness import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def durable():
    """A world whose engine keeps things; the disk has them when the test says so."""
    return World(is_durable=True)


@pytest.fixture
def channel(world):
    """An open channel on a connection of its own."""
    return world.channel()
