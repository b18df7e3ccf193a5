"""A node whose verbs are called directly, and clients of it without sockets."""

import pytest

from tests.control.asked import Node
from tests.session.harness import World


@pytest.fixture
def node():
    return Node()


@pytest.fixture
def world(node):
    """Clients whose broker is the node's."""
    world = World()
    node.serve(world.broker)
    return world
