"""Who is let in, and for how long."""

from base64 import b64encode

from playwright.sync_api import expect

import leveret
from leveret import Settings


def test_a_wrong_password_is_refused_in_words(browse):
    person = browse()
    person.log_in("guest", "hare")
    expect(person.page.get_by_role("alert")).to_contain_text("name or the password is wrong")
    person.log_in("guest", "guest")
    person.sees("Message rates")


def test_who_has_none_of_the_tags_is_told_which(browse, node):
    node.admin.add_user("worker", "x")
    person = browse()
    person.log_in("worker", "x")
    expect(person.page.get_by_role("alert")).to_contain_text("needs the tag management")


def test_who_has_logged_in_stays_so_until_he_logs_out(guest):
    guest.page.reload()
    guest.sees("Message rates")
    guest.press("Log out")
    expect(guest.page.get_by_label("Password")).to_be_visible()
    guest.page.reload()
    expect(guest.page.get_by_label("Password")).to_be_visible()


def test_no_script_can_read_the_session(guest):
    (cookie,) = guest.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert guest.page.evaluate("document.cookie") == ""


def test_the_cookie_alone_changes_nothing(guest):
    """As a page of another origin could have it sent."""
    where = f"{guest.url}/api/queues/%2F/forged"
    assert guest.context.request.put(where, data={}).status == 401
    basic = {"authorization": "Basic " + b64encode(b"guest:guest").decode()}
    there = guest.context.request.get(where, headers=basic)
    assert there.status == 404


def test_a_password_that_has_changed_ends_the_session(browse, node):
    node.admin.add_user("ada", "x", frozenset({"monitoring"}))
    person = browse()
    person.log_in("ada", "x")
    person.sees("Message rates")
    node.admin.add_user("ada", "y", frozenset({"monitoring"}))
    expect(person.page.get_by_label("Password")).to_be_visible()


def test_a_node_below_a_prefix_serves_it_there(chromium):
    from dataclasses import replace

    settings = Settings()
    settings = replace(settings, http=replace(settings.http, path_prefix="/mq"))
    with leveret.running(management_port=0, settings=settings) as node:
        page = chromium.new_page()
        page.goto(node.management_url.rstrip("/") + "/mq")
        expect(page.get_by_label("Password")).to_be_visible()
        assert page.url.endswith("/mq/")
        page.close()
