"""Some traffic of every kind, and what a page says of it."""

import http.client
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import pika
from prometheus_client.parser import text_string_to_metric_families

BODY = b"0123456789"
ODD = 'we"ird\\q'
PERSISTENT = pika.BasicProperties(delivery_mode=2)
TIMED = pika.BasicProperties(timestamp=1_700_000_000)


@contextmanager
def busy(broker):
    """Two connections that have published, consumed, fetched, and left some of it unsettled.

    orders    quorum: 4 published, 2 of them through fan, all delivered, 1 acknowledged
    letters   at most 1: of 3 the last is there, 2 died
    events    a stream with 5
    """
    broker.admin.add_vhost("other")
    broker.admin.set_permission("guest", vhost="other")
    connection = connect(broker.url)
    elsewhere = connect(broker.url_as("guest", "guest", "other"))
    elsewhere.channel().queue_declare("far")
    publish(connection.channel())
    consume(connection)
    yield connection
    connection.close()
    elsewhere.close()


def connect(url):
    """It stays as long as the tests of others take: nobody sends heartbeats meanwhile."""
    at = pika.URLParameters(url)
    at.heartbeat = 0
    return pika.BlockingConnection(at)


def publish(channel):
    channel.confirm_delivery()
    channel.queue_declare("orders", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_declare("events", durable=True, arguments={"x-queue-type": "stream"})
    channel.queue_declare(ODD)
    channel.queue_declare("gone")
    channel.queue_delete("gone")
    dying = {"x-max-length": 1, "x-dead-letter-exchange": ""}
    channel.queue_declare("letters", arguments=dying)
    channel.exchange_declare("fan", "fanout")
    channel.queue_bind("orders", "fan")
    for _ in range(2):
        channel.basic_publish("", "orders", BODY, PERSISTENT)
        channel.basic_publish("fan", "", BODY, PERSISTENT)
    for _ in range(3):
        channel.basic_publish("", "letters", BODY, TIMED)
    for _ in range(5):
        channel.basic_publish("", "events", BODY)
    channel.basic_publish("", "nowhere", BODY)
    with suppress(pika.exceptions.UnroutableError):
        channel.basic_publish("", "nowhere", BODY, mandatory=True)


def consume(connection):
    channel = connection.channel()
    channel.basic_get(ODD)
    channel.basic_qos(prefetch_count=3)
    came = []
    channel.basic_consume("orders", lambda *told: came.append(told[1].delivery_tag))
    while len(came) < 3:
        connection.process_data_events(0.1)
    channel.basic_qos(prefetch_count=3)
    channel.basic_ack(came[0])
    channel.basic_qos(prefetch_count=3)  # Answered: what came before is settled.
    while len(came) < 4:
        connection.process_data_events(0.1)


@dataclass(frozen=True)
class Pages:
    """The pages of one Prometheus port."""

    url: str

    def ask(self, path, method="GET"):
        """Status, headers, text."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            # RabbitMQ tells names as they are, and those of other tests are no text.
            page = answer.read().decode(errors="surrogateescape")
            return answer.status, dict(answer.getheaders()), page
        finally:
            connection.close()

    def get(self, path):
        status, _headers, text = self.ask(path)
        assert status == 200, text
        return Page(text)


class Page:
    """What one page says, as Prometheus reads it."""

    def __init__(self, text):
        self.text = text
        self.values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
        self.names = {name for name, _labels in self.values}

    def __call__(self, name, **labels):
        """The value of one line."""
        return self.values[f"rabbitmq_{name}", frozenset(labels.items())]

    def labels_of(self, name):
        return [dict(labels) for each, labels in self.values if each == f"rabbitmq_{name}"]
