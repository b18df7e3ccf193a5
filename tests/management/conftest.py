"""One broker with a management API for all of these tests: each uses names of its own."""

import itertools

import pytest

from leveret import Settings
from tests.management.asking import asking
from tests.management.objects import Objects

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def api():
    with asking(settings=Settings(login_failures_max=0)) as api:
        for tag in ("management", "policymaker", "monitoring", "administrator"):
            api.broker.admin.add_user(tag, "x", frozenset({tag}))
        api.broker.admin.add_user("nobody", "x")
        yield api


@pytest.fixture
def objects(api):
    """As guest, in a vhost that is new for each test."""
    vhost = f"objects-{next(NUMBERS)}"
    api.broker.admin.add_vhost(vhost)
    api.broker.admin.set_permission("guest", vhost=vhost)
    return Objects(api, vhost)
