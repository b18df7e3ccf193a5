"""The examples run against both brokers, as the conformance suite does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pika
import pytest

from tests.brokers import Endpoint
from tests.examples.program import Program

EXAMPLES = Path(__file__).parents[2] / "examples"
QUEUES = [
    "hello",
    "tasks",
    "ledger",
    "scribbles",
    "jobs",
    "fibonacci",
    "pictures",
    "celery",
    "work",
    "work.later",
    "reminders",
    "hares",
]
CELERY = ["celery", "celeryev", "celery.pidbox", "reply.celery.pidbox"]
EXCHANGES = ["news", "logs", "topics", "orders", "reminders", "later", *CELERY]


@pytest.fixture
def run(broker: Endpoint) -> Iterator[Callable[..., Program]]:
    """Start an example as a process of its own; all end with the test, and so do their queues."""
    with ExitStack() as programs:

        def start(example: str, *arguments: str) -> Program:
            program = Program(EXAMPLES / example, arguments, broker.url)
            return programs.enter_context(program)

        yield start
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        for queue in QUEUES:
            channel.queue_delete(queue)
        for exchange in EXCHANGES:
            channel.exchange_delete(exchange)
