"""Every page and every button of the console for each kind of user, and no more than that."""

import socket

import pytest
from playwright.sync_api import expect

from tests.console.village import HIDDEN

REFUSED = "You may not do that"
LOOKING = ["Ready", "Unacknowledged", "Look again"]

# By page: where it is, and what is seen there by who may see it.
PAGES = {
    "overview": (("overview",), "Message rates"),
    "node": (("nodes", f"leveret@{socket.gethostname()}"), "What the memory is for"),
    "connections": (("connections",), "OWN"),
    "own connection": (("connections", "OWN"), "at work"),
    "other's connection": (("connections", "OTHER"), "at work"),
    "channels": (("channels",), "OWN"),
    "channel": (("channels", "OWN (1)"), "Nobody consumes here."),
    "exchanges": (("exchanges",), "news"),
    "exchange": (("exchanges", "/", "news"), "a-key"),
    "default exchange": (("exchanges", "/", "amq.default"), "Every queue is bound"),
    "queues": (("queues",), "jobs"),
    "queue": (("queues", "/", "jobs"), "a-key"),
    "messages": (("messages", "/", "jobs"), "a-message"),
    "held back": (("delayed", "/", "later"), "There is no such message."),
    "topology": (("topology",), "news"),
    "route": (("route",), "The last messages"),
    "events": (("events",), "queue.created"),
    "users": (("users",), "stranger"),
    "user": (("users", "manager"), "Any routing key is allowed."),
    "vhosts": (("vhosts",), "in all"),
    "vhost": (("vhosts", "/"), "Configure"),
    "policies": (("policies",), "capped"),
    "limits": (("limits",), "max-queues"),
    "cluster": (("cluster",), "burrow"),
}

# What a stranger sees, who has no connection and may enter no virtual host.
NOTHING = {
    "connections": "manager at work",
    "own connection": "It is not there any more.",
    "channels": "(1)",
    "channel": "It is not there any more.",
    "exchanges": "There is no exchange that you may see.",
    "queues": "No queue is there yet.",
    "topology": "127.0.0.1",
    "policies": "There is no policy.",
}

# By page: the buttons of who has the tag management; None where he is told that he may not.
MANAGER = {
    "overview": [],
    "node": None,
    "connections": [],
    "own connection": ["Close"],
    "other's connection": None,
    "channels": [],
    "channel": [],
    "exchanges": ["Declare"],
    "exchange": ["Bind", "Unbind", "Bind", "Publish a message", "Delete"],
    "default exchange": ["Publish a message"],
    "queues": ["Declare"],
    "queue": ["Copy", "Bind", "Unbind", "Get messages", "Publish a message", "Purge", "Delete"],
    "messages": [*LOOKING, "Replay", "Move", "Requeue", "Republish", "Delete"],
    "held back": ["Look again"],
    "topology": ["+", "\N{MINUS SIGN}"],
    "route": ["Explain"],
    "events": None,
    "users": None,
    "user": None,
    "vhosts": [],
    "vhost": None,
    "policies": [],
    "limits": [],
    "cluster": [],
}
OWN = ["Change", "Delete"]
# What is otherwise for others.
BUTTONS = {
    "manager": {},
    "policymaker": {"policies": ["Add", *OWN]},
    "watcher": {"node": [], "other's connection": [], "events": []},
    "stranger": {
        "node": [],
        "other's connection": [],
        "events": [],
        "exchanges": [],
        "exchange": None,
        "default exchange": None,
        "queues": [],
        "queue": None,
        "messages": None,
        "held back": None,
        "own connection": [],
        "route": [],
    },
    "guest": {
        "overview": ["Export", "Reset statistics"],
        "node": [],
        "other's connection": ["Close"],
        "events": [],
        "users": ["Add"],
        "user": ["Change", "Delete", "Set", "Clear", "Set"],
        "vhosts": ["Add"],
        "vhost": ["Set", *OWN],
        "policies": ["Add", *OWN, *OWN, "Add", *OWN, *OWN],
        "limits": ["Set a limit", "Clear", "Clear", "Set a limit"],
        "cluster": ["Rename", "Rebalance"],
    },
}


@pytest.fixture(scope="module")
def node(there):
    return there.node


def open_page(person, there, user, page):
    """What is to be seen there."""
    names, seen = PAGES[page]
    own = there.connections.get(user, "nobody's")
    other = there.connections["manager" if user == "guest" else "guest"]
    words = {"OWN": own, "OTHER": other, "OWN (1)": f"{own} (1)"}
    person.go(*(words.get(each, each) for each in names))
    return NOTHING.get(page, seen) if user == "stranger" else words.get(seen, seen)


def main(person):
    return person.page.locator("main")


def buttons(person):
    """Those that do something: heads of tables sort, and names beside a chart hide its lines."""
    main(person).locator("details.panel").evaluate_all("all => all.forEach(e => e.open = true)")
    return main(person).locator("button:not(th button, .chart button)")


@pytest.mark.parametrize("user", BUTTONS)
def test_each_page_has_the_buttons_that_its_reader_may_use(enter, there, user):
    person = enter(user, "guest" if user == "guest" else "x")
    for page in PAGES:
        seen = open_page(person, there, user, page)
        told = BUTTONS[user].get(page, MANAGER.get(page))
        expect(main(person)).to_contain_text(REFUSED if told is None else seen)
        expect(buttons(person)).to_have_text(told or [])
        if user in {"manager", "policymaker"}:
            assert HIDDEN not in person.page.content().lower(), page


@pytest.mark.parametrize("user", ["manager", "policymaker"])
def test_who_asks_for_what_is_elsewhere_is_refused(enter, user):
    person = enter(user)
    vhost = f"{HIDDEN}-vhost"
    for kind in ("queues", "exchanges", "messages"):
        person.go(kind, vhost, f"{HIDDEN}-{kind.removesuffix('s')}")
        expect(main(person)).to_have_text(f"{REFUSED}: User not authorised to access virtual host")


def test_who_is_connected_to_the_chosen_virtual_host_is_listed(guest, there):
    chosen = guest.page.get_by_role("banner").get_by_label("Virtual host")
    for vhost, here, elsewhere in (
        ("/", "manager", f"{HIDDEN}-user"),
        (f"{HIDDEN}-vhost", f"{HIDDEN}-user", "manager"),
    ):
        chosen.select_option(vhost)
        for page in ("connections", "channels"):
            guest.go(page)
            expect(guest.row(there.connections[here])).to_be_visible()
            expect(guest.row(there.connections[elsewhere])).to_have_count(0)
    chosen.select_option("")


def test_an_administrator_is_offered_nothing_where_he_has_no_permissions(guest):
    guest.go("queues", f"{HIDDEN}-vhost", f"{HIDDEN}-queue")
    expect(main(guest)).to_contain_text(f"{HIDDEN}-key")
    expect(buttons(guest)).to_have_text([])
    guest.go("exchanges", f"{HIDDEN}-vhost", f"{HIDDEN}-exchange")
    expect(main(guest)).to_contain_text(f"{HIDDEN}-key")
    expect(buttons(guest)).to_have_text([])
