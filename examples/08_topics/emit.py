"""Send a message with a dotted routing key: python emit.py lqz.handsome TEXT."""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
KEY, TEXT = sys.argv[1:3]

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare("topics", exchange_type="topic")
    channel.basic_publish(exchange="topics", routing_key=KEY, body=TEXT.encode())
    print(f"sent {KEY}: {TEXT!r}")
