"""Send a log line with its severity as routing key: python emit.py SEVERITY TEXT."""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
SEVERITY, TEXT = sys.argv[1:3]

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare("logs", exchange_type="direct")
    channel.basic_publish(exchange="logs", routing_key=SEVERITY, body=TEXT.encode())
    print(f"sent {SEVERITY}: {TEXT!r}")
