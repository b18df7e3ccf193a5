"""What is bound to what, drawn: with hundreds of things, one virtual host, one name."""

import pytest
from playwright.sync_api import expect

import leveret

QUEUES = 400
EXCHANGES = 100
DRAWN_MS_MAX = 10_000


@pytest.fixture(scope="module")
def node():
    """Hundreds of things in one virtual host, two in another."""
    queue = {"durable": False, "auto_delete": False, "arguments": {}}
    exchange = {**queue, "type": "topic", "internal": False}
    ends = {"destination_type": "queue", "arguments": {}}
    definitions = {
        "vhosts": [{"name": "/"}, {"name": "small"}],
        "queues": [
            *({"name": f"q{at:03}", "vhost": "/", **queue} for at in range(QUEUES)),
            {"name": "lonely", "vhost": "small", **queue},
        ],
        "exchanges": [
            *({"name": f"e{at:03}", "vhost": "/", **exchange} for at in range(EXCHANGES)),
            {"name": "source", "vhost": "small", **exchange},
        ],
        "bindings": [
            *(
                {"source": f"e{at % EXCHANGES:03}", "vhost": "/", "destination": f"q{at:03}",
                 "routing_key": f"key.{at}", **ends}
                for at in range(QUEUES)
            ),
            {"source": "source", "vhost": "small", "destination": "lonely",
             "routing_key": "a.*", **ends},
        ],
    }  # fmt: skip
    with leveret.running(port=0, management_port=0, definitions=definitions) as node:
        node.admin.set_permission("guest", vhost="small")
        yield node


def knots(person):
    return person.page.locator("svg a")


def choose(person, vhost):
    person.page.get_by_role("banner").get_by_label("Virtual host").select_option(vhost)


def test_five_hundred_things_are_drawn_and_moved(guest):
    choose(guest, "/")
    guest.go("topology")
    expect(knots(guest)).to_have_count(QUEUES + EXCHANGES, timeout=DRAWN_MS_MAX)
    guest.press("Nearer")
    expect(guest.page.locator("svg > g")).to_have_attribute(
        "transform", "translate(0 0) scale(1.25)"
    )
    guest.page.mouse.move(600, 500)
    guest.page.mouse.down()
    guest.page.mouse.move(700, 560)
    guest.page.mouse.up()
    moved = "translate(100 60) scale(1.25)"
    expect(guest.page.locator("svg > g")).to_have_attribute("transform", moved)


def test_a_name_is_searched_with_its_neighbours(guest):
    choose(guest, "/")
    guest.go("topology")
    guest.page.get_by_role("searchbox").fill("e007")
    expect(knots(guest)).to_have_count(1 + QUEUES // EXCHANGES)
    guest.page.get_by_role("link", name="q107").click()
    guest.heading("q107")


def test_one_virtual_host_is_drawn_alone(guest):
    choose(guest, "small")
    guest.go("topology")
    expect(knots(guest)).to_have_count(2)
    expect(guest.page.locator("svg")).to_contain_text("a.*")
