"""Publish one persistent and one transient message to a durable queue, with confirms.

A durable queue and its persistent messages (delivery_mode 2) survive a restart of the broker;
a transient message does not. With confirms on, basic_publish returns once the broker has
taken responsibility for the message.
"""

import os

import pika
from pika import BasicProperties, DeliveryMode

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("ledger", durable=True)
    channel.confirm_delivery()
    for mode in (DeliveryMode.Persistent, DeliveryMode.Transient):
        channel.basic_publish(
            exchange="",
            routing_key="ledger",
            body=f"a {mode.name.lower()} entry".encode(),
            properties=BasicProperties(delivery_mode=mode.value),
            mandatory=True,
        )
        print(f"confirmed a {mode.name.lower()} entry")
