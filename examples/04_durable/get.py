"""Take what waits in the durable queue 'ledger', one basic.get at a time."""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    while True:
        method, properties, body = channel.basic_get("ledger")
        if method is None:
            break
        print(f"{body.decode()!r} has delivery_mode {properties.delivery_mode}")
        channel.basic_ack(method.delivery_tag)
    print("the ledger is empty")
