"""Whose turn it is: round robin, consumer priorities, prefetch of a consumer and of a channel."""

import pytest

from tests.conformance.protocol.script import (
    consume,
    do,
    expect,
    get,
    open_channel,
    publish,
    queue,
    quiet,
    sync,
    tell,
)
from tests.conformance.protocol.wire import Typed


def cancel(tag: str = "t", **values: int):
    return do("basic.cancel", consumer_tag=tag, **values)


def publishes(count: int, name: str = "~q"):
    return [publish(name, str(number).encode()) for number in range(count)]


def qos(count: int, **values: int):
    return do("basic.qos", prefetch_count=count, **values)


def prioritised(tag: str, priority: object, channel: int = 1):
    return do(
        "basic.consume",
        channel=channel,
        queue="~q",
        consumer_tag=tag,
        no_ack=1,
        arguments={"x-priority": priority},
    )


PRIORITY = {
    "x-priority as string": [queue(), prioritised("t", "high")],
    "x-priority as float": [queue(), prioritised("t", 1.5)],
    "x-priority as bool": [queue(), prioritised("t", True)],
    "x-priority as table": [queue(), prioritised("t", {})],
    "x-priority void": [queue(), prioritised("t", None)],
    "x-priority negative": [queue(), prioritised("t", -5)],
    "x-priority long": [queue(), prioritised("t", Typed("l", 2**40))],
    "x-priority byte": [queue(), prioritised("t", Typed("b", 3))],
    "the highest takes all": [
        queue(),
        prioritised("low", 1),
        prioritised("high", 10),
        prioritised("middle", 5),
        *publishes(4),
        expect(4),
    ],
    "unnamed is zero": [
        queue(),
        prioritised("below", -1),
        consume(tag="plain", no_ack=1),
        *publishes(2),
        expect(2),
    ],
    "the next takes over when the highest is full": [
        queue(),
        qos(2),
        do("basic.consume", queue="~q", consumer_tag="high", arguments={"x-priority": 9}),
        do("basic.consume", queue="~q", consumer_tag="low", arguments={"x-priority": 1}),
        *publishes(3),
        expect(3),
    ],
    "equals take turns": [
        queue(),
        prioritised("a", 5),
        prioritised("b", 5),
        prioritised("c", 1),
        *publishes(4),
        expect(4),
    ],
    "other arguments are ignored": [
        queue(),
        do("basic.consume", queue="~q", consumer_tag="t", arguments={"x-unknown": 1, "y": "z"}),
    ],
    "x-cancel-on-ha-failover": [
        queue(),
        do(
            "basic.consume",
            queue="~q",
            consumer_tag="t",
            arguments={"x-cancel-on-ha-failover": True},
        ),
    ],
}

TURNS = {
    "two consumers alternate": [
        queue(),
        consume(tag="a", no_ack=1),
        consume(tag="b", no_ack=1),
        *[step for number in range(6) for step in (publish("~q", bytes([65 + number])), expect())],
    ],
    "three consumers alternate": [
        queue(),
        *[consume(tag=tag, no_ack=1) for tag in "abc"],
        *[step for number in range(7) for step in (publish("~q", bytes([65 + number])), expect())],
    ],
    "a newcomer in the middle": [
        queue(),
        *[consume(tag=tag, no_ack=1) for tag in "ab"],
        *[step for _ in range(3) for step in (publish("~q"), expect())],
        consume(tag="c", no_ack=1),
        *[step for _ in range(4) for step in (publish("~q"), expect())],
    ],
    "one leaves": [
        queue(),
        *[consume(tag=tag, no_ack=1) for tag in "abc"],
        *[step for _ in range(2) for step in (publish("~q"), expect())],
        cancel("b"),
        *[step for _ in range(4) for step in (publish("~q"), expect())],
    ],
    "a backlog is shared": [
        queue(),
        qos(3),
        *publishes(6),
        sync(),
        consume(tag="a"),
        expect(3),
        consume(tag="b"),
        expect(3),
    ],
    "a full one is passed over": [
        queue(),
        qos(1),
        consume(tag="a"),
        consume(tag="b"),
        *[step for _ in range(2) for step in (publish("~q"), expect())],
        tell("basic.ack", delivery_tag=2),
        publish("~q"),
        expect(),
    ],
}

QOS = {
    "a size": [do("basic.qos", prefetch_size=1)],
    "zero is no limit": [queue(), qos(0), consume(), *publishes(5), expect(5)],
    "one at a time": [
        queue(),
        qos(1),
        consume(),
        *publishes(3),
        expect(),
        quiet(0.1),
        tell("basic.ack", delivery_tag=1),
        expect(),
        quiet(0.1),
    ],
    "each new consumer has its own": [
        queue(),
        qos(1),
        consume(tag="a"),
        consume(tag="b"),
        *publishes(3),
        expect(2),
        quiet(0.1),
    ],
    "not the consumers that are there": [
        queue(),
        qos(1),
        consume(tag="a"),
        qos(3),
        *publishes(4),
        expect(),
        quiet(0.1),
    ],
    "global counts the whole channel": [
        queue(),
        qos(2, global_=1),
        consume(tag="a"),
        consume(tag="b"),
        *publishes(4),
        expect(2),
        quiet(0.1),
        tell("basic.ack", delivery_tag=1),
        expect(),
        quiet(0.1),
    ],
    "global raised later": [
        queue(),
        qos(1, global_=1),
        consume(),
        *publishes(4),
        expect(),
        quiet(0.1),
        qos(3, global_=1),
        expect(2),
        quiet(0.1),
    ],
    "global lifted later": [
        queue(),
        qos(1, global_=1),
        consume(),
        *publishes(3),
        expect(),
        qos(0, global_=1),
        expect(2),
    ],
    "both apply": [
        queue(),
        qos(2),
        qos(3, global_=1),
        consume(tag="a"),
        consume(tag="b"),
        *publishes(6),
        expect(3),
        quiet(0.1),
    ],
    "no-ack knows no limit": [queue(), qos(1), consume(no_ack=1), *publishes(3), expect(3)],
    "gets do not count against global": [
        queue(),
        qos(1, global_=1),
        *publishes(2),
        sync(),
        get(),
        consume(),
        expect(),
    ],
    "a nack frees a place": [
        queue(),
        qos(1),
        consume(),
        *publishes(2),
        expect(),
        tell("basic.nack", delivery_tag=1),
        expect(),
    ],
    "a requeue frees a place": [
        queue(),
        qos(1),
        consume(),
        *publishes(2),
        expect(),
        tell("basic.reject", delivery_tag=1, requeue=1),
        expect(),
    ],
}


def ranked(tag: str, priority: int, channel: int = 1):
    """A consumer that acknowledges, with this priority."""
    return do(
        "basic.consume",
        channel=channel,
        queue="~q",
        consumer_tag=tag,
        arguments={"x-priority": priority},
    )


HIGH_AND_LOW = [queue(), qos(1), ranked("high", 9), ranked("low", 1)]

RANKED_AND_FULL = {
    "the high one is served again first": [
        *HIGH_AND_LOW,
        *publishes(3),
        expect(2),
        tell("basic.ack", delivery_tag=1),
        expect(),
        quiet(),
    ],
    "the low one is served while the high one is full": [
        *HIGH_AND_LOW,
        *publishes(3),
        expect(2),
        tell("basic.ack", delivery_tag=2),
        expect(),
        quiet(),
    ],
    "both have room at once": [
        *HIGH_AND_LOW,
        *publishes(3),
        expect(2),
        tell("basic.ack", delivery_tag=2, multiple=1),
        expect(),
        quiet(),
    ],
    "what the low one gives back goes to the high one": [
        *HIGH_AND_LOW,
        *publishes(2),
        expect(2),
        tell("basic.ack", delivery_tag=1),
        sync(),
        tell("basic.reject", delivery_tag=2, requeue=1),
        expect(),
        quiet(),
    ],
    "the high one leaves": [
        *HIGH_AND_LOW,
        *publishes(1),
        expect(),
        cancel("high"),
        *publishes(1),
        expect(),
        quiet(),
    ],
    "a high one comes": [
        queue(),
        qos(1),
        ranked("low", 1),
        *publishes(2),
        expect(),
        ranked("high", 9),
        expect(),
        quiet(),
    ],
    "under a limit of the channel": [
        queue(),
        qos(1, global_=1),
        ranked("low", 1),
        ranked("high", 9),
        *publishes(3),
        expect(),
        tell("basic.ack", delivery_tag=1),
        expect(),
        tell("basic.ack", delivery_tag=2),
        expect(),
    ],
    "on two channels": [
        queue(),
        qos(1),
        open_channel(2),
        do("basic.qos", channel=2, prefetch_count=2),
        ranked("low", 1),
        ranked("high", 9, channel=2),
        *publishes(4),
        expect(3),
        tell("basic.ack", channel=2, delivery_tag=1),
        expect(),
        quiet(),
    ],
    "without acknowledgement it takes all": [
        queue(),
        qos(1),
        ranked("low", 1),
        prioritised("high", 9),
        *publishes(4),
        expect(4),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("priority", PRIORITY),
        ("ranked and full", RANKED_AND_FULL),
        ("turns", TURNS),
        ("qos", QOS),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
