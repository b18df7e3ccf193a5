"""Publish to a durable queue, a persistent message and a transient one, and to a transient queue.

A durable queue and its persistent messages (delivery_mode 2) survive a restart of the broker; a
transient message does not, and a transient queue goes with all that is in it. With confirms on,
basic_publish returns once the broker has taken responsibility for the message: for a persistent
one in a durable queue, once it is on the disk.
"""

import os

import pika
from pika import BasicProperties, DeliveryMode

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("ledger", durable=True)
    channel.queue_declare("scribbles", durable=False)
    channel.confirm_delivery()

    def publish(queue: str, mode: DeliveryMode) -> None:
        channel.basic_publish(
            exchange="",
            routing_key=queue,
            body=f"a {mode.name.lower()} entry".encode(),
            properties=BasicProperties(delivery_mode=mode.value),
            mandatory=True,
        )
        print(f"confirmed a {mode.name.lower()} entry in the {queue}")

    publish("ledger", DeliveryMode.Persistent)
    publish("ledger", DeliveryMode.Transient)
    publish("scribbles", DeliveryMode.Persistent)
