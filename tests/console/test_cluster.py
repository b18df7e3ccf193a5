"""A cluster of three, seen through one of its nodes: who leads what, who is missing."""

import pytest
from bench.leveret_cluster import HTTP, running_leveret_cluster
from playwright.sync_api import expect

from tests.cluster.whole.nodes import channel_of, mirrors_of, until
from tests.console.person import Person

pytestmark = pytest.mark.timeout(300)
# How long nodes take to miss one, on a busy machine.
MISSED_MS = 30_000


@pytest.fixture(scope="module")
def cluster():
    with running_leveret_cluster(3, joined=True) as nodes:
        nodes[0].ctl("set_policy", "copies", "^mirrored", '{"ha-mode":"all"}')
        with channel_of(nodes[0]) as channel:
            channel.queue_declare("mirrored", durable=True)
            channel.queue_declare("plain", durable=True)
        until(lambda: len(mirrors_of(nodes[0], "mirrored")[2]) == 2)
        yield nodes


@pytest.fixture
def guest(chromium, cluster):
    """At the first node."""
    first = cluster[0]
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    person = Person(context, f"http://{first.host}:{first.port + HTTP}")
    person.log_in("guest", "guest")
    person.sees("Message rates")
    yield person
    context.close()
    assert person.complaints == []


def banner(person):
    return person.page.locator(".banners")


def test_every_node_is_there_and_copies_are_shown_with_their_queue(guest, cluster):
    guest.go("cluster")
    for node in cluster:
        expect(guest.row(node.name)).to_be_visible()
    guest.go("queues", "/", "mirrored")
    copies = guest.page.locator("dt", has_text="Copies").locator("..")
    for name in mirrors_of(cluster[0], "mirrored")[1]:
        expect(copies).to_contain_text(name)
    guest.go("cluster")
    guest.sure("Rebalance")
    guest.told("spread")


def test_who_is_missing_is_said_on_every_page(guest, cluster):
    expect(banner(guest)).to_be_empty()
    _, second, third = cluster
    third.stop()
    expect(banner(guest)).to_contain_text(f"Not reachable: {third.name}.", timeout=MISSED_MS)
    guest.go("queues")
    expect(banner(guest)).to_contain_text(third.name)
    second.stop()
    expect(banner(guest)).to_contain_text("without a majority", timeout=MISSED_MS)
    for node in (second, third):
        node.start()
    expect(banner(guest)).to_be_empty(timeout=MISSED_MS)
