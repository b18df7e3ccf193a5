"""Send a message to every subscriber of the fanout exchange 'news': python emit.py TEXT."""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare("news", exchange_type="fanout")
    channel.basic_publish(exchange="news", routing_key="", body=sys.argv[1].encode())
    print(f"told everybody {sys.argv[1]!r}")
