"""Nodes to connect to: one on a clock moved by hand, one as a node really runs."""

import pytest

from leveret.node import new_event_loop
from tests.server.served import HandLoop, ServedNode


@pytest.fixture
def node():
    """Time passes when the test says so."""
    with ServedNode(HandLoop()) as served:
        yield served


@pytest.fixture
def live_node():
    """The event loop and the clock of a real node."""
    with ServedNode(new_event_loop()) as served:
        yield served
