"""A node whose verbs are called directly."""

import pytest

from tests.control.asked import Node


@pytest.fixture
def node():
    return Node()
