"""What the worker process of test_celery.py imports."""

import os

from tests.conformance.clients.celery_tasks import make_app

app = make_app(
    os.environ["CONFORMANCE_BROKER"],
    os.environ["CONFORMANCE_BACKEND"],
    os.environ["CONFORMANCE_QUEUE"],
)
