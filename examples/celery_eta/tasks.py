"""Celery tasks for later, held by the broker instead of by a worker.

A worker that is given an ETA takes the task at once and keeps it in memory until it is due. Here it
waits in an x-delayed-message exchange: it survives workers and a restarted broker, and counts
against nobody's prefetch.

Run the worker in this folder:  celery -A tasks worker --concurrency 2
"""

import os
from datetime import UTC, datetime

from celery import Celery
from kombu import Exchange, Queue

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

later = Exchange("later", type="x-delayed-message", arguments={"x-delayed-type": "direct"})

app = Celery("hares", broker=URL, backend="rpc://")
app.conf.update(
    broker_connection_retry_on_startup=True,
    task_queues=[Queue("hares", later, routing_key="hares")],
    task_default_queue="hares",
    task_default_exchange="later",
    task_default_exchange_type="x-delayed-message",
    task_default_routing_key="hares",
)


def send_at(task, when, *arguments):
    """Have the task run at that time, as the broker's clock has it."""
    delay_s = (when - datetime.now(UTC)).total_seconds()
    return task.apply_async(arguments, headers={"x-delay": round(delay_s * 1000)})


@app.task
def wake(hare):
    return f"{hare} is awake"
