"""One broker with a management API for all of these tests: each uses names of its own."""

import pytest

from leveret import Settings
from tests.management.asking import asking


@pytest.fixture(scope="session")
def api():
    with asking(settings=Settings(login_failures_max=0)) as api:
        for tag in ("management", "policymaker", "monitoring", "administrator"):
            api.broker.admin.add_user(tag, "x", frozenset({tag}))
        api.broker.admin.add_user("nobody", "x")
        yield api
