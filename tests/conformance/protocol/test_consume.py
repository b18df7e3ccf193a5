"""Consumers: registered, refused, served in turn, cancelled by either side."""

import pytest

from tests.conformance.protocol.script import (
    by,
    consume,
    do,
    exchange,
    expect,
    get,
    hang_up,
    open_channel,
    publish,
    queue,
    quiet,
    run,
    sync,
    tell,
)
from tests.conformance.protocol.wire import Typed

again = open_channel(1)


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


CONSUME = {
    "missing queue": [consume("~none")],
    "tag by the client": [queue(), consume(tag="mine")],
    "tag by the server": [queue(), consume(tag="")],
    "tag twice": [queue(), consume(), consume()],
    "tag twice on two channels": [
        queue(),
        open_channel(2),
        consume(),
        do("basic.consume", channel=2, queue="~q", consumer_tag="t"),
    ],
    "tag used again after cancel": [queue(), consume(), cancel(), consume()],
    "tag twice, other queue": [queue("~a"), queue("~b"), consume("~a"), consume("~b")],
    "nowait": [queue(), publish("~q"), consume(nowait=1), expect()],
    "nowait without a tag": [queue(), publish("~q"), consume(tag="", nowait=1), expect()],
    "nowait and refused": [consume("~none", nowait=1), sync()],
    "no-local is ignored": [queue(), consume(no_local=1), publish("~q"), expect()],
    "no-ack": [queue(), consume(no_ack=1), *publishes(3), expect(3), queue(passive=1)],
    "what waited comes first": [queue(), *publishes(3), sync(), consume(), expect(3)],
    "redelivered is false at first": [queue(), publish("~q"), consume(), expect()],
    "an empty message": [queue(), publish("~q", b""), consume(), expect()],
    "a large message": [queue(), publish("~q", b"x" * 300000), consume(), expect()],
    "exchange and routing key": [
        queue(),
        do("queue.bind", queue="~q", exchange="amq.topic", routing_key="~k.#"),
        consume(),
        publish("~k.a", exchange="amq.topic"),
        expect(),
    ],
    "the last declared queue": [queue(), consume(""), publish("~q"), expect()],
    "utf-8 in the tag": [queue(), consume(tag="značka")],
}

EXCLUSIVE = {
    "exclusive after another": [queue(), consume(tag="one"), consume(tag="two", exclusive=1)],
    "another after exclusive": [queue(), consume(tag="one", exclusive=1), consume(tag="two")],
    "exclusive twice": [
        queue(),
        consume(tag="one", exclusive=1),
        consume(tag="two", exclusive=1),
    ],
    "from another connection": [queue(), consume(exclusive=1), by("other", consume())],
    "free again after cancel": [
        queue(),
        consume(tag="one", exclusive=1),
        cancel("one"),
        consume(tag="two", exclusive=1),
    ],
    "free again after the channel": [
        queue(),
        open_channel(2),
        do("basic.consume", channel=2, queue="~q", exclusive=1),
        do("channel.close", channel=2, reply_code=200),
        consume(exclusive=1),
    ],
    "a get is not kept out": [
        queue(),
        publish("~q"),
        sync(),
        consume(exclusive=1),
        expect(),
        get(),
    ],
}

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

CANCEL = {
    "an unknown tag": [cancel("none")],
    "twice": [queue(), consume(), cancel(), cancel()],
    "nowait": [queue(), consume(), cancel(nowait=1), publish("~q"), sync(), queue(passive=1)],
    "another channel's": [
        queue(),
        consume(),
        open_channel(2),
        do("basic.cancel", channel=2, consumer_tag="t"),
        publish("~q"),
        expect(),
    ],
    "what was delivered can still be acknowledged": [
        queue(),
        consume(),
        publish("~q"),
        expect(),
        cancel(),
        tell("basic.ack", delivery_tag=1),
        sync(),
        queue(passive=1),
    ],
    "what was delivered stays out": [
        queue(),
        consume(),
        publish("~q"),
        expect(),
        cancel(),
        get(),
        do("basic.recover", requeue=1),
        get(),
    ],
}

GET = {
    "empty": [queue(), get()],
    "counts what is left": [queue(), *publishes(3), sync(), get(), get()],
    "no-ack": [
        queue(),
        publish("~q"),
        sync(),
        get(no_ack=1),
        tell("basic.ack", delivery_tag=1),
        sync(),
    ],
    "missing": [get("~none")],
    "tags are shared with consumers": [
        queue("~a"),
        queue("~b"),
        publish("~a"),
        publish("~b"),
        sync(),
        get("~a"),
        consume("~b"),
        expect(),
        tell("basic.ack", delivery_tag=2, multiple=1),
        sync(),
    ],
    "a large one": [queue(), publish("~q", b"x" * 300000), sync(), get()],
}

LOST = {
    "the queue is deleted by another": [
        queue(),
        consume(),
        by("other", do("queue.delete", queue="~q")),
        expect(),
    ],
    "every consumer is told": [
        queue(),
        consume(tag="a"),
        consume(tag="b"),
        by("other", do("queue.delete", queue="~q")),
        quiet(),
    ],
    "a dropped socket gives back what it held": [
        queue(),
        *publishes(3),
        by("holder", consume()),
        by("holder", expect(3)),
        by("holder", hang_up()),
        quiet(0.3),
        get(),
        get(),
        get(),
    ],
    "a closed channel gives back what it held": [
        queue(),
        *publishes(3),
        open_channel(2),
        do("basic.get", channel=2, queue="~q"),
        do("basic.get", channel=2, queue="~q"),
        do("channel.close", channel=2, reply_code=200),
        get(),
        get(),
        get(),
    ],
    "the exchange is deleted meanwhile": [
        queue(),
        exchange(),
        do("queue.bind", queue="~q", exchange="~x"),
        publish("", exchange="~x"),
        sync(),
        do("exchange.delete", exchange="~x"),
        consume(),
        expect(),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("consume", CONSUME),
        ("exclusive", EXCLUSIVE),
        ("priority", PRIORITY),
        ("turns", TURNS),
        ("qos", QOS),
        ("cancel", CANCEL),
        ("get", GET),
        ("lost", LOST),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)


def test_without_the_capability_nobody_is_told_of_a_deleted_queue(broker):
    deleted = [
        queue(),
        consume(),
        by("other", do("queue.delete", queue="~q")),
        publish("~q"),
        sync(),
    ]
    transcript = run(deleted, broker, capabilities={"basic.nack": True})
    assert not any("basic.cancel" in line for line in transcript)
