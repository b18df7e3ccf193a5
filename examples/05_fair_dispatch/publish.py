"""Put numbered jobs on the queue 'jobs': python publish.py [COUNT]."""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 10

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("jobs")
    for number in range(COUNT):
        channel.basic_publish(exchange="", routing_key="jobs", body=str(number).encode())
    print(f"queued {COUNT} jobs")
