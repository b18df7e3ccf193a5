"""Use a topology that nobody declares: it is there from the start.

    leveret definitions check topology.json
    leveret serve --load-definitions topology.json

The user, the exchange, the queue and the policy all come from topology.json.
"""

import os

import pika

URL = os.environ.get("LEVERET_URL", "amqp://app:secret@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.confirm_delivery()
    for number in range(5):
        channel.basic_publish("logs", "web.error", f"error {number}".encode())
        channel.basic_publish("logs", "web.info", f"info {number}".encode())
    # The policy keeps the last three.
    while (got := channel.basic_get("errors", auto_ack=True))[0] is not None:
        print(got[2].decode())
