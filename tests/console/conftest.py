"""A node, a browser, and people who look at the one with the other."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

import leveret
from leveret import Settings
from leveret.management.console.files import BUILT
from tests.conformance.installed import require
from tests.console.person import Person
from tests.console.village import village

PATIENCE_MS = 10_000
# Where screenshots are kept, to be looked at.
SHOTS = Path(__file__).parent / "out"


@pytest.fixture(scope="session", autouse=True)
def _built():
    if not (BUILT / "index.html").is_file():
        missing = "the console is not built: make ui"
        pytest.fail(missing) if "CI" in os.environ else pytest.skip(missing)


@pytest.fixture(scope="session")
def chromium():
    program = require("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def node():
    """For the tests of a module; each uses names of its own."""
    settings = Settings(login_failures_max=0)
    with leveret.running(port=0, management_port=0, settings=settings) as node:
        for tag in ("management", "policymaker", "monitoring"):
            node.admin.add_user(tag, "x", frozenset({tag}))
        node.admin.set_permission("management")
        node.admin.set_permission("policymaker")
        yield node


@pytest.fixture
def browse(chromium, node):
    """Somebody at a browser of their own; whatever the page complains about fails the test."""
    people = []

    def sit_down(**told):
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **told}
        )
        context.set_default_timeout(PATIENCE_MS)
        people.append(Person(context, node.management_url))
        return people[-1]

    yield sit_down
    for each in people:
        each.context.close()
    assert [each for person in people for each in person.complaints] == []


@pytest.fixture
def enter(browse):
    """Somebody who has logged in."""

    def log_in(user, password="x"):
        person = browse()
        person.log_in(user, password)
        person.sees("Message rates")
        return person

    return log_in


@pytest.fixture
def guest(enter):
    """An administrator who has logged in."""
    return enter("guest", "guest")


@pytest.fixture(scope="module")
def there():
    """A village, for the modules whose node is its own."""
    with village() as there:
        yield there


@pytest.fixture
def shots():
    SHOTS.mkdir(exist_ok=True)
    return SHOTS
