"""Every page in both themes: nothing that is hard to see, to read aloud or to reach by keys."""

import socket
from pathlib import Path

import pika
import pytest
from playwright.sync_api import expect

AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
PAGES = {
    "overview": ("overview",),
    "node": ("nodes", f"leveret@{socket.gethostname()}"),
    "connections": ("connections",),
    "channels": ("channels",),
    "exchanges": ("exchanges",),
    "exchange": ("exchanges", "/", "amq.topic"),
    "queues": ("queues",),
    "queue": ("queues", "/", "seen"),
    "messages": ("messages", "/", "seen"),
    "topology": ("topology",),
    "events": ("events",),
    "route": ("route",),
    "users": ("users",),
    "user": ("users", "guest"),
    "vhosts": ("vhosts",),
    "vhost": ("vhosts", "/"),
    "policies": ("policies",),
    "limits": ("limits",),
    "cluster": ("cluster",),
    "nowhere": ("nowhere",),
}
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})"
FAULTS = f"{RULES}.then(told => told.violations.map(each => each.id + ': ' + each.nodes[0].html))"


@pytest.fixture(scope="module")
def busy(node):
    """A client that publishes and consumes, so that there is something to see."""
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.queue_declare("seen")
        channel.queue_bind("seen", "amq.topic", "a.*")
        for _ in range(20):
            channel.basic_publish("amq.topic", "a.b", b"x")
        channel.basic_qos(prefetch_count=5)
        channel.basic_consume("seen", lambda *_: None)
        connection.process_data_events(0.2)
        yield


def faults(page):
    page.evaluate(AXE.read_text())
    return page.evaluate(FAULTS)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_readable_for_everybody(browse, shots, scheme):
    person = browse(color_scheme=scheme)
    person.page.goto(person.url)
    expect(person.page.get_by_label("Password")).to_be_visible()
    assert faults(person.page) == []
    person.page.screenshot(path=shots / f"login-{scheme}.png")
    person.log_in("guest", "guest")
    person.sees("Message rates")
    for name, where in PAGES.items():
        person.go(*where)
        person.settle()
        found = faults(person.page)
        person.page.screenshot(path=shots / f"{name}-{scheme}.png")
        assert found == [], name


@pytest.mark.usefixtures("busy")
def test_a_form_is_readable_for_everybody(guest):
    guest.go("queues")
    guest.press("Declare")
    assert faults(guest.page) == []


@pytest.mark.usefixtures("busy")
def test_a_narrow_screen_scrolls_in_one_direction(browse):
    person = browse(viewport={"width": 380, "height": 700})
    person.log_in("guest", "guest")
    person.sees("Message rates")
    for where in PAGES.values():
        person.go(*where)
        person.settle()
        too_wide = "document.documentElement.scrollWidth - innerWidth"
        assert person.page.evaluate(too_wide) <= 0, where


def test_keys_go_to_pages_search_and_help(guest):
    guest.sees("Message rates")
    guest.page.keyboard.type("gq")
    guest.heading("Queues")
    guest.page.keyboard.press("/")
    expect(guest.page.get_by_role("searchbox")).to_be_focused()
    guest.page.keyboard.type("gq")
    expect(guest.page.get_by_role("searchbox")).to_have_value("gq")
    guest.page.get_by_role("heading", level=1).click()
    guest.page.keyboard.press("?")
    expect(guest.page.get_by_role("dialog", name="Keys")).to_be_visible()
    guest.page.keyboard.press("Escape")
    expect(guest.page.get_by_role("dialog")).to_have_count(0)


def test_the_theme_and_the_language_stay_chosen(guest):
    guest.page.get_by_label("Theme").select_option("dark")
    guest.page.get_by_label("Language").select_option("zh")
    guest.page.reload()
    expect(guest.page.get_by_role("link", name="概览")).to_be_visible()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert guest.page.evaluate(ground) == "rgb(20, 24, 28)"
    guest.go("queues")
    guest.heading("队列")
