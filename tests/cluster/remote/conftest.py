"""What the tests of remote queues share."""

import pytest

from tests.cluster.remote.two import Two


@pytest.fixture
def two():
    return Two()


@pytest.fixture
def kept():
    """The home's engine keeps things; its disk has them when the test says so."""
    return Two(is_durable=True)
