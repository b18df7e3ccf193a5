"""Queues: declared, filled, looked into, emptied, deleted."""

import pika
from playwright.sync_api import expect


def declare(person, name, **told):
    person.go("queues")
    person.press("Declare")
    person.fill(name=name, **told)
    person.send("Declare")
    person.told(f"{name} is declared")


def test_a_queue_is_declared_filled_read_emptied_and_deleted(guest):
    declare(guest, "jobs", arguments="x-max-length = 100")
    guest.page.get_by_role("link", name="jobs", exact=True).click()
    guest.heading("jobs")
    guest.sees("x-max-length = 100")

    guest.page.get_by_text("Publish a message", exact=True).first.click()
    guest.fill(payload='{"hare": 1}', headers="deep = true")
    guest.press("Publish a message")
    guest.told("published to the default exchange")

    guest.page.get_by_text("Get messages", exact=True).first.click()
    guest.press("Get messages")
    article = guest.page.get_by_role("article")
    expect(article).to_contain_text('"hare": 1')
    expect(article).to_contain_text("deep = true")

    guest.sure("Purge")
    guest.told("jobs is purged")
    guest.press("Get messages")
    guest.sees("The queue is empty.")

    guest.sure("Delete")
    guest.told("jobs is deleted")
    guest.heading("Queues")
    expect(guest.page.get_by_role("link", name="jobs", exact=True)).to_have_count(0)


def test_a_refusal_says_why_and_keeps_the_form(guest):
    declare(guest, "plain")
    guest.press("Declare")
    guest.fill(name="plain", durable=False)
    guest.send("Declare")
    guest.told("inequivalent arg 'durable'")
    expect(guest.page.get_by_role("dialog")).to_be_visible()


def test_what_is_not_meant_is_not_done(guest):
    declare(guest, "kept")
    guest.go("queues", "/", "kept")
    guest.press("Delete")
    guest.press("Cancel", within=guest.page.get_by_role("dialog"))
    guest.go("queues")
    expect(guest.page.get_by_role("link", name="kept", exact=True)).to_be_visible()


def test_a_name_is_text_and_never_html(guest):
    name = "<img src=x onerror=alert(1)>"
    declare(guest, name)
    expect(guest.page.get_by_role("link", name=name, exact=True)).to_be_visible()
    guest.page.get_by_role("link", name=name, exact=True).click()
    guest.heading(name)
    assert guest.page.locator("img").count() == 0
    guest.go("topology")
    expect(guest.page.locator(".knot", has_text="<img src=x")).to_be_visible()
    assert guest.page.locator("img").count() == 0


def test_a_queue_shows_who_consumes_it_and_what_is_unsettled(guest, node):
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.queue_declare("watched")
        channel.basic_publish("", "watched", b"one")
        channel.basic_consume("watched", lambda *_: None, consumer_tag="the-tag")
        connection.process_data_events(0.5)
        guest.go("queues", "/", "watched")
        expect(guest.row("the-tag")).to_be_visible()
        guest.go("queues")
        expect(guest.row("watched").get_by_role("cell").nth(6)).to_have_text("1")
