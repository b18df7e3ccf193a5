"""What the event exchange says of what clients do, on both brokers."""

import itertools
import re

import pytest

from tests.conformance.protocol.script import (
    Step,
    bind,
    by,
    close_channel,
    consume,
    do,
    exchange,
    hang_up,
    open_channel,
    publish,
    queue,
    quiet,
    sync,
)

EVENTS = "amq.rabbitmq.event"
# What changes from run to run; of what kind it is stays.
VOLATILE = [
    (re.compile(r"delivery_tag=\d+"), "delivery_tag=*"),
    (re.compile(r"S:'<[^>]*\.\d+\.\d+\.\d+>'"), "S:PID"),
    (re.compile(r"(timestamp_in_ms|connected_at)=l:\d{13}"), r"\1=l:MS"),
    (re.compile(r" timestamp=\d{10}$"), " timestamp=S"),
    (re.compile(r"port=l:\d+"), "port=l:PORT"),
]


def watch(*keys: str) -> list[Step]:
    """Another connection, which is given these events from here on."""
    steps = [
        queue("~tap", exclusive=1),
        consume("~tap", "tap", no_ack=1),
        *(bind("~tap", EVENTS, key) for key in keys),
        quiet(0.3),
        forget,
    ]
    return [by("tap", step) for step in steps]


# What the tap itself caused.
forget = Step(lambda _run, client: client.transcript.clear())
told = by("tap", quiet(0.5))
other = by("other", sync())


def xbind(destination: str, source: str, verb: str = "bind") -> Step:
    return do(f"exchange.{verb}", destination=destination, source=source, routing_key="k")


QUEUES = {
    "a queue": [
        queue("~q", durable=1, arguments={"x-max-priority": 3, "other": [1, "x", {"t": True}]}),
        queue("~q", durable=1, arguments={"x-max-priority": 3, "other": [1, "x", {"t": True}]}),
        do("queue.delete", queue="~q"),
        do("queue.delete", queue="~q"),
    ],
    "an exclusive queue": [queue("~q", exclusive=1), do("connection.close", 0, reply_code=200)],
    "an auto-delete queue": [
        queue("~q", auto_delete=1),
        consume("~q"),
        do("basic.cancel", consumer_tag="t"),
        quiet(0.2),
    ],
    "a queue that expires": [queue("~q", arguments={"x-expires": 100}), quiet(0.4)],
    "a queue that is refused": [queue("amq.mine")],
}
EXCHANGES = {
    "an exchange": [
        exchange("~x", "topic", arguments={"alternate-exchange": "amq.fanout"}),
        exchange("~x", "topic", arguments={"alternate-exchange": "amq.fanout"}),
        do("exchange.delete", exchange="~x"),
        do("exchange.delete", exchange="~x"),
    ],
    "an internal exchange": [exchange("~x", "fanout", internal=1, durable=1, auto_delete=1)],
}
BINDINGS = {
    "a binding": [
        queue("~q"),
        exchange("~x"),
        bind("~q", "~x", "key", k="v"),
        bind("~q", "~x", "key", k="v"),
        do("queue.unbind", queue="~q", exchange="~x", routing_key="key", arguments={"k": "v"}),
        do("queue.unbind", queue="~q", exchange="~x", routing_key="key", arguments={"k": "v"}),
    ],
    "a binding of two exchanges": [
        exchange("~x"),
        exchange("~y"),
        xbind("~x", "~y"),
        xbind("~x", "~y", "unbind"),
    ],
    "bindings that go with a queue": [
        queue("~q"),
        exchange("~x"),
        bind("~q", "~x", "a"),
        bind("~q", "~x", "b"),
        do("queue.delete", queue="~q"),
    ],
    "bindings that go with an exchange": [
        queue("~q"),
        exchange("~x"),
        exchange("~y"),
        bind("~q", "~x", "a"),
        xbind("~x", "~y"),
        xbind("~y", "~x"),
        do("exchange.delete", exchange="~x"),
    ],
    "an exchange that goes with its last binding": [
        queue("~q"),
        exchange("~x", auto_delete=1),
        bind("~q", "~x", "a"),
        do("queue.unbind", queue="~q", exchange="~x", routing_key="a"),
    ],
    "an exchange that goes with a queue": [
        queue("~q"),
        exchange("~x", auto_delete=1),
        bind("~q", "~x", "a"),
        do("queue.delete", queue="~q"),
    ],
}
CONNECTIONS = {
    "a connection": [
        other,
        by("other", do("connection.close", 0, reply_code=200)),
        by("other", hang_up()),
    ],
    "a connection that is lost": [other, by("other", hang_up())],
    "a channel": [open_channel(2), close_channel(2)],
    "a channel that is closed": [publish("k", exchange="~none"), sync()],
}
CONSUMERS = {
    "a consumer": [
        queue("~q"),
        consume("~q", arguments={"x-priority": 5}),
        do("basic.qos", prefetch_count=7),
        consume("~q", "other", no_ack=1),
        do("basic.cancel", consumer_tag="t"),
        do("basic.cancel", consumer_tag="t"),
    ],
    "an exclusive consumer": [queue("~q"), consume("~q", exclusive=1)],
    "a consumer that goes with its channel": [queue("~q"), consume("~q"), close_channel()],
}
SCRIPTS = {
    name: [*watch(*keys), *steps, told]
    for keys, table in [
        (("queue.#",), QUEUES),
        (("exchange.#", "queue.#"), EXCHANGES),
        (("binding.#", "exchange.#"), BINDINGS),
        (("connection.#", "channel.#", "user.#"), CONNECTIONS),
        (("consumer.#",), CONSUMERS),
    ]
    for name, steps in table.items()
}


def events(transcript: list[str]) -> list[str]:
    """Each event a line, in any order: who is told first of two is the broker's choice."""
    lines = []
    for line in transcript:
        for pattern, replacement in VOLATILE:
            line = pattern.sub(replacement, line)  # noqa: PLW2901
        lines.append(line)
    told = [line for line in lines if line.startswith("tap: ")]
    deliveries = itertools.pairwise(told)
    return sorted(
        f"{found[1]} {header.removeprefix('tap: 1 ')}"
        for line, header in deliveries
        if (found := re.search(r"basic\.deliver .*routing_key='(.*)'", line))
        # RabbitMQ declares it some time after it is up.
        if "amq.rabbitmq.log" not in header
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_tell_of_the_same_events(name, tapped_rabbitmq, tapped_leveret):
    theirs = events(tapped_rabbitmq.run(SCRIPTS[name]))
    assert events(tapped_leveret.run(SCRIPTS[name])) == theirs
    assert theirs or "refused" in name


def test_nobody_else_publishes_events(alike):
    alike([publish("queue.created", exchange=EVENTS), sync()])
