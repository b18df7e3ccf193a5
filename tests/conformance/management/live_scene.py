"""The same clients at work on a broker: connections, channels, consumers, messages under way."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pika

from tests.conformance.management.conftest import Managed

VHOST = "lv"
# Name -> tag; the password is the name. All but the last may enter the vhost.
USERS = {
    "lv-worker": "management",
    "lv-policymaker": "policymaker",
    "lv-monitoring": "monitoring",
    "lv-none": "",
    "lv-impersonator": "impersonator",
    "lv-outside": "management",
}
EVERYTHING = {"configure": ".*", "write": ".*", "read": ".*"}
PROPERTIES = {"nested": {"a": 1, "list": ["x", 2, True]}, "text": "x"}


def prepare(broker: Managed) -> None:
    """The vhost and its users."""
    done = [broker.ask("PUT", f"/api/vhosts/{VHOST}", {})]
    for user, tags in USERS.items():
        done.append(broker.ask("PUT", f"/api/users/{user}", {"password": user, "tags": tags}))
        if user != "lv-outside":
            path = f"/api/permissions/{VHOST}/{user}"
            done.append(broker.ask("PUT", path, EVERYTHING))
    done.append(broker.ask("PUT", f"/api/permissions/{VHOST}/guest", EVERYTHING))
    assert all(each.status < 300 for each in done), done


def tidy(broker: Managed) -> None:
    broker.ask("DELETE", f"/api/vhosts/{VHOST}")
    for user in USERS:
        broker.ask("DELETE", f"/api/users/{user}")


def parameters(broker: Managed, user: str, name: str) -> pika.ConnectionParameters:
    asked = pika.URLParameters(broker.amqp)
    asked.virtual_host = VHOST
    asked.credentials = pika.PlainCredentials(user, user)
    asked.client_properties = {"connection_name": name, **PROPERTIES} if name else {}
    asked.heartbeat = 600
    return asked


@contextmanager
def connection(
    broker: Managed, user: str = "lv-worker", name: str = ""
) -> Iterator[pika.BlockingConnection]:
    opened = pika.BlockingConnection(parameters(broker, user, name))
    try:
        yield opened
    finally:
        if opened.is_open:
            opened.close()


@contextmanager
def clients_at_work(broker: Managed) -> Iterator[None]:
    """A publisher with confirms and a transaction, a consumer with and one without
    acknowledgements, and one who only looks."""
    with ExitStack() as stack:
        publisher = stack.enter_context(connection(broker, name="publisher"))
        consumer = stack.enter_context(connection(broker, name="consumer"))
        stack.enter_context(connection(broker, "guest"))
        _publish(publisher)
        received = _consume(consumer)
        while len(received) < 4:
            consumer.process_data_events(0.1)
        tag = received[0][1].delivery_tag
        received[0][0].basic_ack(tag)
        consumer.process_data_events(0.1)
        yield


def _publish(publisher: pika.BlockingConnection) -> None:
    confirmed = publisher.channel()
    confirmed.queue_declare("jobs")
    confirmed.queue_declare("idle")
    confirmed.confirm_delivery()
    for _ in range(4):
        confirmed.basic_publish("", "jobs", b"0123456789")
    confirmed.basic_publish("amq.fanout", "dropped", b"x")
    held = publisher.channel()
    held.tx_select()
    held.basic_publish("", "jobs", b"uncommitted")


def _consume(consumer: pika.BlockingConnection) -> list[tuple]:
    received: list[tuple] = []
    first = consumer.channel()
    first.basic_qos(prefetch_count=7)
    first.basic_consume(
        "jobs", lambda *told: received.append(told), consumer_tag="one",
        arguments={"x-priority": 3},
    )  # fmt: skip
    second = consumer.channel()
    second.basic_qos(prefetch_count=5, global_qos=True)
    second.basic_consume("idle", lambda *_: None, auto_ack=True, consumer_tag="two")
    second.basic_get("jobs")
    return received
