"""Do jobs from the queue 'jobs': python worker.py SECONDS_PER_JOB PREFETCH_COUNT.

Start a slow worker (worker.py 5 1) and a fast one (worker.py 0 1), then publish jobs: the slow
one holds one job at a time and the fast one does the rest. With PREFETCH_COUNT 0 (no limit)
the broker deals the jobs out in strict turns, however busy a worker is.
"""

import os
import sys
import time

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
SECONDS_PER_JOB, PREFETCH_COUNT = float(sys.argv[1]), int(sys.argv[2])


def work(channel, method, properties, body):
    print(f"job {body.decode()}")
    time.sleep(SECONDS_PER_JOB)
    channel.basic_ack(method.delivery_tag)


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("jobs")
    channel.basic_qos(prefetch_count=PREFETCH_COUNT)
    channel.basic_consume("jobs", work)
    print("waiting for jobs")
    channel.start_consuming()
