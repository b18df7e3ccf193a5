"""Print the log lines of some severities: python receive.py warning error. Ctrl+C stops.

A direct exchange compares the routing key with each binding key. A queue may have several
bindings; a message that matches more than one of them still arrives once.
"""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


def on_message(channel, method, properties, body):
    print(f"{method.routing_key}: {body.decode()!r}")


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare("logs", exchange_type="direct")
    queue = channel.queue_declare("", exclusive=True).method.queue
    for severity in sys.argv[1:]:
        channel.queue_bind(queue, exchange="logs", routing_key=severity)
        # The same key with an argument is a second binding: still one copy per message.
        channel.queue_bind(queue, exchange="logs", routing_key=severity, arguments={"twice": True})
    channel.basic_consume(queue, on_message, auto_ack=True)
    print(f"listening for {' '.join(sys.argv[1:])}")
    channel.start_consuming()
