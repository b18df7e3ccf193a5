"""Have something said later: python remind.py SECONDS TEXT.

The reminder is persistent and confirmed: once this ends, it comes even if the broker is restarted.
"""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
SECONDS, TEXT = float(sys.argv[1]), sys.argv[2]

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare(
        "reminders",
        exchange_type="x-delayed-message",
        durable=True,
        arguments={"x-delayed-type": "direct"},
    )
    channel.queue_declare("reminders", durable=True)
    channel.queue_bind("reminders", exchange="reminders", routing_key="me")
    channel.confirm_delivery()
    properties = pika.BasicProperties(delivery_mode=2, headers={"x-delay": round(SECONDS * 1000)})
    channel.basic_publish("reminders", routing_key="me", body=TEXT.encode(), properties=properties)
    print(f"will be reminded in {SECONDS:g} s")
