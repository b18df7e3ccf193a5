"""Send one message to the queue 'hello' through the default exchange.

The default exchange routes a message to the queue whose name is the routing key.
"""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    # Declaring is idempotent: whichever program starts first makes the queue.
    channel.queue_declare("hello")
    channel.basic_publish(exchange="", routing_key="hello", body=b"Hello, hare!")
    print("sent 'Hello, hare!'")
