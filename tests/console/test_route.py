"""Where a message would go, and the last that went nowhere."""

import pika
import pytest
from playwright.sync_api import expect


@pytest.fixture
def topics(node):
    """An exchange, two queues, and a client."""
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.exchange_declare("orders", "topic")
        for name, key in (("invoices", "*.paid"), ("refunds", "*.refunded")):
            channel.queue_declare(name)
            channel.queue_bind(name, "orders", key)
        yield channel
        channel.exchange_delete("orders")
        for name in ("invoices", "refunds"):
            channel.queue_delete(name)


def way(person, queue):
    return person.page.get_by_role("listitem").filter(has_text=queue)


def test_each_binding_is_judged_and_nothing_published(guest, topics):
    guest.go("exchanges", "/", "orders")
    guest.page.get_by_role("link", name="Explain").click()
    guest.heading("Route")
    guest.page.get_by_label("Routing key").fill("eu.paid")
    guest.press("Explain")
    explanation = guest.page.get_by_role("region", name="Explanation")
    expect(explanation).to_contain_text("It goes to invoices")
    expect(way(guest, "invoices")).to_contain_text("the routing key matches '*.paid'")
    expect(way(guest, "refunds")).to_contain_text("does not match '*.refunded'")
    guest.page.get_by_label("Routing key").fill("nowhere")
    guest.press("Explain")
    expect(explanation).to_contain_text("It goes to no queue.")
    assert topics.queue_declare("invoices", passive=True).method.message_count == 0


def test_what_found_no_queue_is_listed_as_it_happens(guest, topics):
    guest.go("route")
    topics.basic_publish("orders", "eu.lost", b"")
    expect(guest.row("eu.lost")).to_contain_text("dropped")
    expect(guest.row("eu.lost")).to_contain_text("guest")


@pytest.mark.usefixtures("topics")
def test_it_is_explained_in_chinese(browse):
    person = browse(locale="zh-CN")
    person.page.goto(person.url)
    person.page.get_by_label("用户").fill("guest")
    person.page.get_by_label("密码").fill("guest")
    person.press("登录")
    person.page.goto(f"{person.url}/#/route?exchange=orders")
    person.page.get_by_label("路由键").fill("eu.paid")
    person.press("解释")
    expect(way(person, "refunds")).to_contain_text("路由键与模式不匹配")
