"""Waiting for a condition with a deadline, in each client's own way of turning."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pika

PATIENCE_S = 10.0


def turns(condition: Callable[[], object], what: str) -> Iterator[None]:
    """Yield until the condition holds; the caller does one short turn of work for each yield."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"still waiting for {what} after {PATIENCE_S} s"
        yield


def until(
    connection: pika.BlockingConnection, condition: Callable[[], object], what: str = "it"
) -> None:
    """Let pika handle what arrives until the condition holds."""
    for _ in turns(condition, what):
        connection.process_data_events(time_limit=0.02)


async def wait_until(condition: Callable[[], object], what: str = "it") -> None:
    for _ in turns(condition, what):
        await asyncio.sleep(0.005)
