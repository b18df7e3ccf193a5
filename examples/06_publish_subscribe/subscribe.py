"""Print all that is sent to the fanout exchange 'news'. Ctrl+C stops.

Each subscriber has its own queue. An empty name asks the broker for one (amq.gen-...), and
exclusive ties the queue to this connection: it is deleted when the connection ends.
"""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")


def on_message(channel, method, properties, body):
    print(f"heard {body.decode()!r}")


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare("news", exchange_type="fanout")
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, exchange="news")
    channel.basic_consume(queue, on_message, auto_ack=True)
    print(f"listening on {queue}")
    channel.start_consuming()
