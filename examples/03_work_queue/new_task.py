"""Put tasks on the queue 'tasks': python new_task.py "feed the hares" "mow the lawn"."""

import os
import sys

import pika

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

with pika.BlockingConnection(pika.URLParameters(URL)) as connection:
    channel = connection.channel()
    channel.queue_declare("tasks")
    for task in sys.argv[1:]:
        channel.basic_publish(exchange="", routing_key="tasks", body=task.encode())
        print(f"queued {task!r}")
