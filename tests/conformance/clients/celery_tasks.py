"""The Celery application of test_celery.py; its worker imports it in a process of its own."""

import os
import time

import celery

app = celery.Celery(
    "conformance",
    broker=os.environ["CONFORMANCE_BROKER"],
    backend=os.environ.get("CONFORMANCE_BACKEND", "rpc://"),
)
app.conf.update(
    task_default_queue=os.environ["CONFORMANCE_QUEUE"],
    broker_connection_retry_on_startup=True,
    broker_transport_options={"confirm_publish": True},
    task_send_sent_event=True,
    task_track_started=True,
    worker_prefetch_multiplier=1,
    result_expires=60,
    result_chord_retry_interval=0.1,
)


@app.task
def add(x, y):
    return x + y


@app.task
def total(numbers):
    return sum(numbers)


@app.task
def now():
    return time.time()


@app.task
def tick():
    """Tells the order in which one worker did its tasks."""
    return time.monotonic()


@app.task
def fail():
    raise ValueError("no hares here")


@app.task(bind=True, max_retries=5)
def third_time(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0.05)
    return self.request.retries, self.request.delivery_info["redelivered"]


@app.task
def sleep(seconds):
    time.sleep(seconds)


@app.task(acks_late=True)
def late(x):
    return x
