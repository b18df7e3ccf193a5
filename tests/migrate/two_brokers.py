"""A source and a target: two brokers of this process, and what tests do with both."""

from contextlib import contextmanager

import pika

import leveret
from leveret.dial.address import parse_uri
from leveret.dial.connection import Connection


class Side:
    """One broker, and a channel to it."""

    def __init__(self, broker):
        self.broker = broker
        self._connection = pika.BlockingConnection(pika.URLParameters(broker.url))
        self.channel = self._connection.channel()

    def connect(self):
        return Connection(parse_uri(self.broker.url), "test")

    def declare(self, queue, **arguments):
        self.channel.queue_declare(
            queue, durable=True, arguments={k.replace("_", "-"): v for k, v in arguments.items()}
        )

    def publish(self, queue, *bodies, **properties):
        for body in bodies:
            self.channel.basic_publish("", queue, body, pika.BasicProperties(**properties))

    def count(self, queue):
        return self.channel.queue_declare(queue, passive=True).method.message_count

    def bodies(self, queue):
        found = []
        while (got := self.channel.basic_get(queue, auto_ack=True))[0] is not None:
            found.append(got[2])
        return found

    def close(self):
        self._connection.close()


@contextmanager
def two_brokers(**told):
    with leveret.running(**told) as one, leveret.running(**told) as other:
        sides = Side(one), Side(other)
        try:
            yield sides
        finally:
            for side in sides:
                side.close()
