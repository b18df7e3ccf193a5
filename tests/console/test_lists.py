"""Long lists: searched, sorted, scrolled, columns chosen; and still while they are pointed at."""

import time

import pytest
from playwright.sync_api import expect

QUEUES = 10_000
# Within this a page has been told of a change.
TOLD_S = 3.0


@pytest.fixture(scope="module")
def node():
    import leveret

    queues = [
        {"name": f"q{at:05}", "vhost": "/", "durable": False, "auto_delete": False, "arguments": {}}
        for at in range(QUEUES)
    ]
    with leveret.running(port=0, management_port=0, definitions={"queues": queues}) as node:
        yield node


def shown(person):
    return person.page.locator(".rows tbody tr:not(.gap) a").all_inner_texts()


def test_ten_thousand_queues_are_drawn_as_far_as_they_are_seen(guest):
    guest.go("queues")
    guest.sees("10000 in all")
    assert len(shown(guest)) < 100
    guest.page.locator(".rows").evaluate("each => each.scrollTo(0, each.scrollHeight)")
    expect(guest.page.get_by_role("link", name="q09999")).to_be_visible()
    assert len(shown(guest)) < 100


def test_the_first_paint_takes_less_than_a_second(guest):
    guest.go("queues")
    guest.page.reload()
    guest.sees("10000 in all")
    paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    assert guest.page.evaluate(paint) < 1000


def test_a_list_is_searched_by_a_part_and_by_an_expression(guest):
    guest.go("queues")
    guest.page.get_by_role("searchbox").fill("q0123")
    guest.sees("10 of 10000")
    guest.page.get_by_label("Regex").check()
    guest.page.get_by_role("searchbox").fill("^q.{4}7$")
    guest.sees("1000 of 10000")


def test_a_list_is_sorted_by_any_column(guest):
    guest.go("queues")
    expect(guest.page.get_by_role("link", name="q00000")).to_be_visible()
    guest.press("Name")
    expect(guest.page.get_by_role("link", name="q09999")).to_be_visible()
    header = guest.page.get_by_role("columnheader", name="Name")
    expect(header).to_have_attribute("aria-sort", "descending")


def test_columns_are_chosen_and_stay_chosen(guest):
    guest.go("queues")
    guest.page.get_by_text("Columns", exact=True).click()
    guest.page.get_by_label("Policy").check()
    guest.page.reload()
    expect(guest.page.get_by_role("columnheader", name="Policy")).to_be_visible()


GUEST = {"authorization": "Basic Z3Vlc3Q6Z3Vlc3Q="}


@pytest.fixture
def newcomer(guest):
    """Where a queue is declared that comes before others; gone in the end."""
    where = f"{guest.url}/api/queues/%2F/q0000-first"
    yield where
    guest.context.request.delete(where, headers=GUEST)


def test_no_row_moves_while_it_is_pointed_at(guest, newcomer):
    guest.go("queues")
    guest.page.get_by_role("searchbox").fill("q0000")
    guest.sees("10 of 10000")
    before = shown(guest)
    guest.page.get_by_role("link", name="q00003").hover()
    guest.context.request.put(newcomer, headers=GUEST, data={})
    time.sleep(TOLD_S)  # what is not to happen would happen by then
    assert shown(guest) == before
    guest.page.mouse.move(2, 2)
    expect(guest.page.get_by_role("link", name="q0000-first")).to_be_visible()
