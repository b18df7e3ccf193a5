"""Answer requests for Fibonacci numbers: python server.py [SECONDS_PER_REQUEST]. Ctrl+C stops.

Start several: with prefetch 1 each works on one request at a time, and the request of a server
that dies goes to another. The answer goes to the request's reply_to, with its correlation_id.
"""

import os
import sys
import time

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
SECONDS_PER_REQUEST = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def on_request(channel, method, properties, body):
    print(f"asked for fibonacci({body.decode()})")
    time.sleep(SECONDS_PER_REQUEST)
    channel.basic_publish(
        exchange="",
        routing_key=properties.reply_to,
        properties=pika.BasicProperties(correlation_id=properties.correlation_id),
        body=str(fibonacci(int(body))).encode(),
    )
    channel.basic_ack(method.delivery_tag)


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("fibonacci")
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume("fibonacci", on_request)
    print("waiting for requests")
    channel.start_consuming()
