"""Share orders among three queues so that each customer's stay together: python share.py.

The keys of the bindings are weights: the big queue gets as much as the two others together.
"""

import os
from collections import Counter

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
WEIGHTS = {"small": "1", "medium": "1", "big": "2"}

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.exchange_declare("orders", exchange_type="x-consistent-hash")
    for name, weight in WEIGHTS.items():
        channel.queue_declare(name, exclusive=True)
        channel.queue_bind(name, exchange="orders", routing_key=weight)
    for number in range(4000):
        customer = f"customer-{number % 1000}"
        channel.basic_publish(exchange="orders", routing_key=customer, body=b"an order")
    owners: dict[str, set[str]] = {}
    shares: Counter[str] = Counter()
    for name in WEIGHTS:
        for method, _properties, _body in channel.consume(
            name, auto_ack=True, inactivity_timeout=1
        ):
            if method is None:
                break
            shares[name] += 1
            owners.setdefault(method.routing_key, set()).add(name)
        channel.cancel()
    print(f"all orders of a customer in one queue: {all(len(own) == 1 for own in owners.values())}")
    for name in WEIGHTS:
        print(f"{name}: {shares[name] / 40:.0f} % of the orders")
