"""A small Celery application on Leveret: broker and result backend are the same node.

Run the worker in this folder:  celery -A tasks worker --concurrency 2
"""

import os

from celery import Celery

URL = os.environ.get("LEVERET_URL", "amqp://guest:guest@127.0.0.1:5672/")

app = Celery("hares", broker=URL, backend="rpc://")
app.conf.broker_connection_retry_on_startup = True


@app.task
def count_ears(hares):
    return 2 * hares


@app.task
def add_up(numbers):
    return sum(numbers)
