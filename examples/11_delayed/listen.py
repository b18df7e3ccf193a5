"""Print reminders as they fall due: python listen.py."""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


def on_message(channel, method, properties, body):
    # The delay comes back negated: the message has been held for so long.
    held_ms = -properties.headers["x-delay"]
    print(f"{body.decode()!r}, as you wished {held_ms / 1000:g} s ago")
    channel.basic_ack(method.delivery_tag)


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("reminders", durable=True)
    channel.basic_consume("reminders", on_message)
    print("listening")
    channel.start_consuming()
