"""consumer_timeout on two brokers of these tests' own: the session's must not lose channels.

RabbitMQ looks once a minute; this one is told to look each quarter of a second. All scripts run
side by side, since each of them waits.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from bench.rabbitmq import is_installed, running_rabbitmq

from leveret import Settings, running
from leveret.config.limit_settings import LimitSettings
from tests.conformance.protocol.script import (
    close_channel,
    consume,
    do,
    expect,
    get,
    open_channel,
    publish,
    queue,
    quiet,
    run,
    sync,
    tell,
)

TIMEOUT_MS = 1500
LONGER_S = 2.5
OFTEN = "application:set_env(rabbit, channel_tick_interval, 250)."
FILLED = [queue(), publish("~q", b"1"), publish("~q", b"2"), sync()]

SCRIPTS = {
    "nothing is acknowledged": [*FILLED, consume(), quiet(LONGER_S)],
    "one is not acknowledged": [
        *FILLED,
        consume(),
        expect(2),
        tell("basic.ack", delivery_tag=1),
        quiet(LONGER_S),
    ],
    "all is acknowledged": [
        *FILLED,
        consume(),
        expect(2),
        tell("basic.ack", delivery_tag=2, multiple=1),
        quiet(LONGER_S),
    ],
    "without acknowledgement": [*FILLED, consume(no_ack=1), quiet(LONGER_S)],
    "got": [*FILLED, get(), quiet(LONGER_S)],
    "cancelled": [
        *FILLED,
        consume(),
        expect(2),
        do("basic.cancel", consumer_tag="t"),
        quiet(LONGER_S),
    ],
    "held by a transaction": [
        *FILLED,
        do("tx.select"),
        consume(),
        expect(2),
        tell("basic.ack", delivery_tag=2, multiple=1),
        quiet(LONGER_S),
    ],
    "rolled back": [
        *FILLED,
        do("tx.select"),
        consume(),
        expect(2),
        tell("basic.ack", delivery_tag=2, multiple=1),
        do("tx.rollback"),
        quiet(LONGER_S),
    ],
    "what it held comes back": [
        *FILLED,
        consume(),
        quiet(LONGER_S),
        open_channel(2),
        do("basic.get", channel=2, queue="~q"),
        do("basic.get", channel=2, queue="~q"),
        tell("basic.ack", channel=2, delivery_tag=2, multiple=1),
        sync(2),
    ],
    "other channels go on": [
        *FILLED,
        open_channel(2),
        consume(),
        quiet(LONGER_S),
        do("queue.declare", channel=2, queue="~q", passive=1),
    ],
    "the channel was closed in time": [*FILLED, consume(), expect(2), close_channel(), quiet(2)],
}


@pytest.fixture(scope="module")
def transcripts() -> Iterator[Callable[[str, str], list[str]]]:
    if not is_installed() and "CI" not in os.environ:
        pytest.skip("RabbitMQ is not installed: apt-get install rabbitmq-server")
    with contextlib.ExitStack() as stack:
        executor = stack.enter_context(ThreadPoolExecutor(len(SCRIPTS)))
        theirs = stack.enter_context(
            running_rabbitmq(settings=(f"consumer_timeout = {TIMEOUT_MS}",))
        )
        theirs.ctl("eval", OFTEN)
        ours = stack.enter_context(
            running(settings=Settings(limits=LimitSettings(consumer_timeout_ms=TIMEOUT_MS)))
        )
        found: dict[tuple[str, str], Future[list[str]]] = {
            (broker, name): executor.submit(run, script, endpoint)
            for broker, endpoint in (("rabbitmq", theirs), ("leveret", ours))
            for name, script in SCRIPTS.items()
        }
        yield lambda broker, name: found[broker, name].result()


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, transcripts):
    assert transcripts("leveret", name) == transcripts("rabbitmq", name)
