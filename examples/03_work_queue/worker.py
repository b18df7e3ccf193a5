"""Work through the queue 'tasks': python worker.py [SECONDS_PER_TASK]. Ctrl+C stops.

The worker acknowledges a task after it is done. If it dies before that, the broker puts the
task back in its place and hands it to another worker, marked as redelivered: kill one worker
in the middle of a long task and watch a second worker take it over.
"""

import os
import sys
import time

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")
SECONDS_PER_TASK = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0


def work(channel, method, properties, body):
    again = " (again)" if method.redelivered else ""
    print(f"started {body.decode()!r}{again}")
    time.sleep(SECONDS_PER_TASK)
    channel.basic_ack(method.delivery_tag)
    print(f"finished {body.decode()!r}")


with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("tasks")
    channel.basic_qos(prefetch_count=1)
    channel.basic_consume("tasks", work)
    print("waiting for tasks")
    channel.start_consuming()
