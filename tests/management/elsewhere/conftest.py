"""What the tests of a cluster that is looked at share."""

import pytest

from tests.cluster.pair import Pair


@pytest.fixture
def pair():
    return Pair(is_durable=True)
