"""Print every message of the queue 'hello' as it arrives. Ctrl+C stops.

auto_ack: the broker forgets a message as soon as it has sent it.
"""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


def on_message(channel, method, properties, body):
    print(f"received {body.decode()!r}")


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("hello")
    channel.basic_consume("hello", on_message, auto_ack=True)
    print("waiting for messages")
    channel.start_consuming()
