"""Print the messages whose routing key matches a pattern: python receive.py 'lqz.#'.

In a pattern, * stands for exactly one word and # for zero or more: 'lqz.#' matches 'lqz',
'lqz.handsome' and 'lqz.handsome.xx'; 'lqz.*' matches only 'lqz.handsome' of these.
"""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


def on_message(channel, method, properties, body):
    print(f"{method.routing_key}: {body.decode()!r}")


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare("topics", exchange_type="topic")
    queue = channel.queue_declare("", exclusive=True).method.queue
    for pattern in sys.argv[1:]:
        channel.queue_bind(queue, exchange="topics", routing_key=pattern)
    channel.basic_consume(queue, on_message, auto_ack=True)
    print(f"listening for {' '.join(sys.argv[1:])}")
    channel.start_consuming()
