"""What the tests of routes share."""

import pytest

from tests.management.asked import Office
from tests.management.routes.living import living


@pytest.fixture(scope="module")
def live():
    """One broker for the tests of a module."""
    with living() as broker:
        broker.add_user("keeper", "management")
        broker.add_user("watcher", "monitoring")
        broker.add_user("nobody")
        yield broker


@pytest.fixture
def office():
    """A broker that is asked without HTTP."""
    return Office()
