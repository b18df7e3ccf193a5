"""Streams: what can be declared, who may read, from where, and what is refused."""

import pytest

from tests.conformance.protocol.script import (
    Step,
    bind,
    by,
    close_channel,
    confirms,
    consume,
    do,
    exchange,
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

again = open_channel(1)
STREAM = {"x-queue-type": "stream"}
MAX_SEGMENT = "x-stream-max-segment-size-bytes"


def stream(name: str = "~q", durable: int = 1, **said: object) -> Step:
    arguments = {key.replace("_", "-"): value for key, value in said.items() if key[:2] == "x_"}
    flags = {key: value for key, value in said.items() if key[:2] != "x_"}
    return queue(name, durable=durable, arguments={**STREAM, **arguments}, **flags)


def qos(count: int = 100) -> Step:
    return do("basic.qos", prefetch_count=count)


def written(*bodies: bytes, **properties: object) -> list[Step]:
    """Each in a chunk of its own, as RabbitMQ calls what it writes at once."""
    steps = [do("confirm.select")]
    for body in bodies:
        steps += [publish("~q", body, **properties), confirms(1)]
    return steps


def read(offset: object = "first", tag: str = "t", **values: object) -> Step:
    return consume("~q", tag, arguments={"x-stream-offset": offset}, **values)


def reading(offset: object, count: int) -> list[Step]:
    """What a reader gets of three messages."""
    return [stream(), *written(b"0", b"1", b"2"), qos(), read(offset), expect(count), quiet(0.1)]


def declared(**said: object) -> list[Step]:
    return [stream(**said), again, queue(passive=1)]


DECLARE = {
    "a stream": [stream(), stream(), queue(passive=1)],
    "not durable": declared(durable=0),
    "exclusive": declared(exclusive=1),
    "auto-delete": declared(auto_delete=1),
    "exclusive and auto-delete": declared(exclusive=1, auto_delete=1),
    "neither durable nor shared": declared(durable=0, exclusive=1),
    "neither durable nor lasting": declared(durable=0, auto_delete=1),
    "without a name": [do("queue.declare", durable=1, arguments=STREAM), again],
    "without a name, and wrong": [
        do("queue.declare", durable=0, arguments={**STREAM, "x-expires": "a"}),
        again,
    ],
    "again, not durable": [stream(), stream(durable=0), again],
    "again, as a classic queue": [stream(), queue(durable=1), again],
    "again, as a quorum queue": [
        stream(),
        queue(durable=1, arguments={"x-queue-type": "quorum"}),
        again,
    ],
    "a classic queue again, as a stream": [queue(durable=1), stream(), again],
    "wrong in two ways": declared(durable=0, x_max_age=5),
    "wrong in two other ways": declared(durable=0, x_expires=1000),
    "large segments, not durable": [
        queue(arguments={**STREAM, MAX_SEGMENT: Typed("l", 5 * 10**9)}),
        again,
    ],
    "two wrong arguments": declared(x_max_age=5, x_max_length_bytes=-1),
    "an argument nobody knows": [stream(x_foo=1), stream(x_foo=2)],
}

OTHERS = {
    "x-expires": 1000,
    "x-message-ttl": 1000,
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": "k",
    "x-max-length": 5,
    "x-max-priority": 5,
    "x-overflow": "drop-head",
    "x-queue-mode": "lazy",
    "x-queue-version": 2,
    "x-single-active-consumer": True,
    "x-delivery-limit": 5,
    "x-max-in-memory-length": 5,
    "x-max-in-memory-bytes": 6,
    "x-quorum-initial-group-size": 1,
    "x-dead-letter-strategy": "at-least-once",
    "x-queue-master-locator": "client-local",
}
OF_OTHER_TYPES = {
    name: [queue(durable=1, arguments={**STREAM, name: value}), again]
    for name, value in OTHERS.items()
}

ARGUMENTS = {
    "x-max-age": [
        *[
            "1h",
            "1Y",
            "5M",
            "1D",
            "2m",
            "30s",
            "01h",
            "99999999999999999Y",
            "1",
            "1x",
            "0s",
            "1h2m",
        ],
        *["1.5h", "1hh", "1d", "1H", "9s9"],
        "1 h",
        5,
        True,
        b"1h",
    ],
    "x-max-length-bytes": [0, 10**9, -1, "5", True],
    MAX_SEGMENT: [1000, 0, -1, "5", True, Typed("l", 3 * 10**9), Typed("l", 3 * 10**9 + 1)],
    "x-initial-cluster-size": [1, 100, 0, -1, "x"],
    "x-queue-leader-locator": ["client-local", "balanced", "random", "least-leaders", "foo", 5],
    "x-consumer-timeout": [1000],
}
VALUES = {
    f"{name} = {value!r}": [queue(durable=1, arguments={**STREAM, name: value}), sync()]
    for name, values in ARGUMENTS.items()
    for value in values
}

AGAIN = {
    f"{name} again": [
        queue(durable=1, arguments={**STREAM, name: old}),
        queue(durable=1, arguments={**STREAM, name: new}),
        again,
        stream(),
        again,
    ]
    for name, old, new in [
        ("x-max-age", "1h", "60m"),
        ("x-max-length-bytes", 1000, 2000),
        (MAX_SEGMENT, 1000, 2000),
        ("x-initial-cluster-size", 1, 2),
        ("x-queue-leader-locator", "client-local", "balanced"),
    ]
}

OFFSETS = {
    f"from {offset!r}": reading(offset, count)
    for offset, count in [
        ("first", 3),
        ("next", 0),
        ("last", 1),
        (b"first", 3),
        (0, 3),
        (1, 2),
        (5, 0),
        (-1, 3),
        (Typed("l", 2), 1),
        (Typed("b", 1), 2),
        (Typed("B", 1), 2),
        (Typed("s", 1), 2),
        (Typed("u", 1), 2),
        (Typed("i", 1), 2),
        (Typed("T", 0), 3),
        (Typed("T", 2**33), 0),
        ("5m", 3),
        ("1h", 3),
        ("1D", 3),
        ("7M", 3),
        ("1Y", 3),
        ("1", 0),
        ("5x", 0),
        ("0s", 0),
        ("1h2m", 0),
        ("1.5h", 0),
        ("1h ", 0),
    ]
}
# RabbitMQ's channel crashes, 541 INTERNAL_ERROR; Leveret says 406 and what was wrong.
CRASHES = {
    f"from {offset!r}": [stream(), qos(), read(offset), again]
    for offset in ["", "foo", "FIRST", "-5m", True, 1.5, {"a": 1}, [1], None, Typed("D", (1, 15))]
}

READING = {
    "from the next on, unasked": [
        stream(),
        *written(b"0", b"1"),
        qos(),
        consume(),
        *written(b"2"),
        expect(1),
        quiet(0.1),
    ],
    "beyond the end": [
        stream(),
        *written(b"0"),
        qos(),
        read(2),
        *written(b"1", b"2"),
        expect(1),
        quiet(0.1),
    ],
    "two readers": [
        stream(),
        *written(b"0", b"1"),
        qos(),
        read(),
        expect(2),
        read(1, "u"),
        expect(1),
    ],
    "again after a cancel": [
        stream(),
        *written(b"0", b"1"),
        qos(),
        read(),
        expect(2),
        do("basic.cancel", consumer_tag="t"),
        tell("basic.ack", delivery_tag=1),
        read(0, "u"),
        expect(2),
    ],
    "again after the channel": [
        stream(),
        *written(b"0"),
        qos(),
        read(),
        expect(1),
        close_channel(),
        again,
        qos(),
        read(),
        expect(1),
    ],
    "without being told": [
        stream(),
        *written(b"0"),
        qos(),
        tell(
            "basic.consume",
            queue="~q",
            consumer_tag="t",
            nowait=1,
            arguments={"x-stream-offset": "first"},
        ),
        expect(1),
    ],
    "what an exchange sent": [
        stream(),
        exchange(),
        bind("~q", "~x", "k"),
        do("confirm.select"),
        publish("k", exchange="~x"),
        confirms(1),
        qos(),
        read(),
        expect(1),
    ],
    "a large message": [stream(), *written(b"z" * 300_000), qos(), read(), expect(1)],
    "a tag that is not out": [
        stream(),
        *written(b"0", b"1"),
        qos(),
        read(),
        expect(2),
        tell("basic.ack", delivery_tag=2),
        tell("basic.ack", delivery_tag=1),
        tell("basic.ack", delivery_tag=1),
        sync(),
    ],
    "readers are told of the end": [
        stream(),
        qos(),
        read(),
        by("b", do("queue.delete", queue="~q")),
        expect(1),
    ],
    "exclusive means nothing": [
        stream(),
        qos(),
        read("next", "a", exclusive=1),
        read("next", "b"),
        read("next", "c", exclusive=1),
        sync(),
    ],
    "in a transaction": [
        stream(),
        do("tx.select"),
        publish("~q", b"0"),
        do("tx.commit"),
        publish("~q", b"1"),
        do("tx.rollback"),
        qos(),
        read(),
        expect(1),
        quiet(0.1),
        tell("basic.ack", delivery_tag=1),
        do("tx.commit"),
    ],
}

PROPERTIES = {
    "properties": [
        stream(),
        *written(
            b"0",
            content_type="text/plain",
            content_encoding="gzip",
            headers={"a": 1, "l": Typed("l", 9), "t": True, "x": b"ab", "x-stream-offset": 77},
            delivery_mode=1,
            priority=3,
            correlation_id="c",
            reply_to="r",
            expiration="1",
            message_id="m",
            timestamp=123,
            type="ty",
            user_id="guest",
            app_id="app",
        ),
        qos(),
        read(),
        expect(1),
    ],
    "no properties": [stream(), *written(b"0", b""), qos(), read(), expect(2)],
    "persistent or not": [
        stream(),
        *written(b"0", delivery_mode=2),
        *written(b"1", delivery_mode=1),
        qos(),
        read(),
        expect(2),
    ],
    "what has expired": [
        stream(),
        *written(b"0", expiration="0"),
        quiet(0.1),
        qos(),
        read(),
        expect(1),
    ],
    "no number to expire in": [stream(), publish("~q", expiration="abc"), sync()],
}

REFUSED = {
    "no prefetch": [stream(), read("next"), again],
    "no prefetch, no acknowledgement": [stream(), read("next", no_ack=1), again],
    "no acknowledgement": [stream(), qos(), read("next", no_ack=1), again],
    "prefetch for the channel": [
        stream(),
        do("basic.qos", prefetch_count=5, global_=1),
        read("next"),
    ],
    "prefetch for both": [
        stream(),
        qos(),
        do("basic.qos", prefetch_count=5, global_=1),
        read("next"),
    ],
    "prefetch for both, the other way": [
        stream(),
        do("basic.qos", prefetch_count=5, global_=1),
        qos(),
        read("next"),
        sync(),
    ],
    "prefetch for the channel, taken back": [
        stream(),
        qos(),
        do("basic.qos", prefetch_count=5, global_=1),
        do("basic.qos", global_=1),
        read("next"),
        sync(),
    ],
    "prefetch for the channel, later": [
        stream(),
        qos(),
        read("next"),
        do("basic.qos", prefetch_count=5, global_=1),
        sync(),
    ],
    "offset before prefetch": [stream(), read("5"), again],
    "offset before all": [
        stream(),
        qos(),
        do("basic.qos", prefetch_count=5, global_=1),
        read("5", no_ack=1),
        again,
    ],
    "a tag twice": [stream(), qos(), read("next"), read("next")],
    "get": [stream(), get()],
    "get without acknowledgement": [stream(), get(no_ack=1)],
    "purge": [stream(), do("queue.purge", queue="~q")],
    "nack": [
        stream(),
        *written(b"0"),
        qos(),
        read(),
        expect(1),
        tell("basic.nack", delivery_tag=1),
    ],
    "nack to requeue": [
        stream(),
        *written(b"0"),
        qos(),
        read(),
        expect(1),
        tell("basic.nack", delivery_tag=1, requeue=1),
    ],
    "nack several": [
        stream(),
        *written(b"0", b"1"),
        qos(),
        read(),
        expect(2),
        tell("basic.nack", delivery_tag=2, multiple=1, requeue=1),
    ],
    "reject": [
        stream(),
        *written(b"0"),
        qos(),
        read(),
        expect(1),
        tell("basic.reject", delivery_tag=1),
    ],
    "nack of nothing": [stream(), tell("basic.nack", delivery_tag=5), sync()],
    "recover with nothing out": [stream(), qos(), read("next"), do("basic.recover", requeue=1)],
}
# RabbitMQ's channel crashes, 541 INTERNAL_ERROR; Leveret says 540, as to a nack.
RECOVER = {
    "recover": [
        stream(),
        *written(b"0"),
        qos(),
        read(),
        expect(1),
        tell("basic.recover", requeue=1),
        quiet(0.3),
    ],
    "recover-async": [
        stream(),
        *written(b"0"),
        qos(),
        read(),
        expect(1),
        tell("basic.recover-async", requeue=1),
        quiet(0.3),
    ],
}

DELETE = {
    "empty": [stream(), do("queue.delete", queue="~q")],
    "with messages": [stream(), *written(b"0"), do("queue.delete", queue="~q")],
    "if empty, with messages": [
        stream(),
        *written(b"0"),
        do("queue.delete", queue="~q", if_empty=1),
    ],
    "if unused, with a reader": [
        stream(),
        qos(),
        read(),
        by("b", do("queue.delete", queue="~q", if_unused=1)),
        expect(1),
    ],
    "and a new one of its name": [
        stream(),
        *written(b"0", b"1"),
        do("queue.delete", queue="~q"),
        stream(),
        *written(b"2"),
        qos(),
        read(),
        expect(1),
    ],
}

SCRIPTS = {
    **{f"declare: {name}": script for name, script in DECLARE.items()},
    **{f"of other types: {name}": script for name, script in OF_OTHER_TYPES.items()},
    **{f"argument: {name}": script for name, script in VALUES.items()},
    **{f"argument: {name}": script for name, script in AGAIN.items()},
    **{f"offset: {name}": script for name, script in OFFSETS.items()},
    **{f"crash: {name}": script for name, script in CRASHES.items()},
    **{f"reading: {name}": script for name, script in READING.items()},
    **{f"message: {name}": script for name, script in PROPERTIES.items()},
    **{f"refused: {name}": script for name, script in REFUSED.items()},
    **{f"crash: {name}": script for name, script in RECOVER.items()},
    **{f"delete: {name}": script for name, script in DELETE.items()},
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(alike, name):
    alike(name)
