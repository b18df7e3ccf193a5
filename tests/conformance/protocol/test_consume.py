"""Consumers: registered, refused, served in turn, cancelled by either side."""

import pytest

from tests.conformance.protocol.script import (
    by,
    close_channel,
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

again = open_channel(1)


def cancel(tag: str = "t", **values: int):
    return do("basic.cancel", consumer_tag=tag, **values)


def publishes(count: int, name: str = "~q"):
    return [publish(name, str(number).encode()) for number in range(count)]


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
        close_channel(2),
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
        sync(),
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
        sync(),
        open_channel(2),
        do("basic.get", channel=2, queue="~q"),
        do("basic.get", channel=2, queue="~q"),
        close_channel(2),
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


def of_type(kind: str):
    """A queue of this type, and what a stream's consumer needs."""
    return [
        queue(durable=1, arguments={"x-queue-type": kind}),
        do("basic.qos", prefetch_count=5),
    ]


ARGUMENTS = {
    f"{name} {value!r} of a {kind} queue": [*of_type(kind), consume(arguments={name: value})]
    for kind in ("classic", "quorum", "stream")
    for name, value in [
        ("x-priority", 5),
        ("x-priority", "high"),
        ("x-cancel-on-ha-failover", True),
        ("x-cancel-on-ha-failover", 1),
        ("x-cancel-on-ha-failover", "yes"),
        ("x-stream-offset", "first"),
        ("x-unheard-of", "x"),
    ]
}

TYPES = {
    "quorum, limit of the channel first": [
        *of_type("quorum"),
        do("basic.qos", prefetch_count=5, global_=1),
        consume(),
    ],
    "quorum, limit of the channel afterwards": [
        *of_type("quorum"),
        consume(),
        do("basic.qos", prefetch_count=5, global_=1),
        sync(),
    ],
    "quorum, limit of the channel taken back": [
        *of_type("quorum"),
        do("basic.qos", prefetch_count=5, global_=1),
        do("basic.qos", prefetch_count=0, global_=1),
        consume(),
    ],
    "quorum, exclusive": [
        *of_type("quorum"),
        consume(tag="one", exclusive=1),
        by("other", consume(tag="two", exclusive=1)),
        by("third", consume(tag="three")),
    ],
    "quorum, without acknowledgement": [
        *of_type("quorum"),
        consume(no_ack=1),
        publish("~q"),
        expect(),
    ],
    "quorum, single active and exclusive": [
        queue(
            durable=1,
            arguments={"x-queue-type": "quorum", "x-single-active-consumer": True},
        ),
        consume(tag="one"),
        by("other", consume(tag="two", exclusive=1)),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("consume", CONSUME),
        ("exclusive", EXCLUSIVE),
        ("cancel", CANCEL),
        ("get", GET),
        ("lost", LOST),
        ("arguments", ARGUMENTS),
        ("types", TYPES),
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
