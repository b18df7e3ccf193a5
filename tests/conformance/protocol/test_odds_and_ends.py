"""Corners that belong to no other page: long texts, odd octets, deep tables, frames in between."""

import struct

import pytest

from tests.conformance.protocol import wire
from tests.conformance.protocol.script import (
    bind,
    body,
    by,
    confirms,
    consume,
    data,
    do,
    exchange,
    expect,
    frame,
    get,
    header,
    open_channel,
    publish,
    queue,
    quiet,
    read_to_end,
    sync,
    tell,
)

LONG = "~" + "n" * 240
HEARTBEAT = wire.encode_frame(wire.HEARTBEAT, 0, b"")
NOT_UTF8 = b"\xff\xfe"


def method(class_id: int, method_id: int, rest: bytes):
    return frame(1, 1, struct.pack(">HH", class_id, method_id) + rest)


def short(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def nested(levels: int) -> dict[str, object]:
    table: dict[str, object] = {}
    for _ in range(levels):
        table = {"n": table}
    return table


def nested_array(levels: int) -> list[object]:
    array: list[object] = []
    for _ in range(levels):
        array = [array]
    return array


LONG_TEXTS = {
    "missing queue": [queue(LONG, passive=1)],
    "missing exchange": [exchange(LONG, passive=1)],
    "inequivalent queue": [queue(LONG), queue(LONG, durable=1)],
    "long tag reused": [queue(), consume(tag="t" * 255), consume(tag="t" * 255)],
    "long routing key returned": [publish("k" * 255, mandatory=1), expect()],
    "long unknown type": [exchange(kind="k" * 255)],
    "long reserved name": [queue("amq." + "n" * 251)],
    "long text not in ascii": [queue("~" + "ž" * 120, passive=1)],
}

ODD_OCTETS = {
    "routing key of a publish": [
        method(60, 40, b"\x00\x00" + short(b"") + short(NOT_UTF8) + b"\x01"),
        header(1),
        body(b"x"),
        quiet(),
    ],
    "routing key of a binding": [
        queue(),
        exchange(),
        method(
            50, 20, b"\x00\x00" + short(b"") + short(b"x") + short(NOT_UTF8) + b"\x00" + bytes(4)
        ),
        quiet(),
    ],
    "consumer tag": [
        queue(),
        method(60, 20, b"\x00\x00" + short(b"") + short(NOT_UTF8) + bytes(5)),
        quiet(),
    ],
    "a message's content type": [
        queue(),
        tell("basic.publish", routing_key="~q"),
        frame(2, 1, struct.pack(">HHQH", 60, 0, 1, 0x8000) + short(NOT_UTF8)),
        body(b"x"),
        quiet(),
        queue(passive=1),
    ],
    "a header's value": [
        queue(),
        publish("~q", headers={"a": wire.Typed("x", NOT_UTF8)}),
        sync(),
        get(),
    ],
    "a queue argument's value": [queue(arguments={"x-mine": wire.Typed("x", NOT_UTF8)})],
    "a zero octet in a name": [queue("~a\x00b"), queue("~a\x00b", passive=1)],
    "a zero octet in a routing key": [publish("a\x00b", mandatory=1), expect()],
}


def in_one(said: bytes):
    """A whole publish in one chunk; said is what follows the method's class and id."""
    publish_method = wire.encode_frame(1, 1, struct.pack(">HH", 60, 40) + said)
    content_header = wire.encode_frame(2, 1, wire.encode_header({}, 1))
    return data(publish_method + content_header + wire.encode_frame(3, 1, b"x"))


AT_ONCE = {
    "routing key of odd octets": [
        in_one(b"\x00\x00" + short(b"") + short(NOT_UTF8) + b"\x01"),
        expect(),
    ],
    "cut short": [in_one(b"\x00\x00\x00\x05ab\x01"), read_to_end()],
    "octets left over": [in_one(b"\x00\x00\x00\x02ab\x01zzz"), read_to_end()],
    "bits left out": [in_one(b"\x00\x00\x00\x02ab"), read_to_end()],
    "bits of no meaning": [in_one(b"\x00\x00\x00\x02ab\xf1"), expect()],
    "a ticket": [in_one(b"\x00\x07\x00\x02ab\x01"), expect()],
}

DEEP = {
    "a table in a queue's arguments": [queue(arguments={"x-mine": nested(20)}), queue(passive=1)],
    "a table in a message's headers": [queue(), publish("~q", headers=nested(20)), sync(), get()],
    "an array in a message's headers": [
        queue(),
        publish("~q", headers={"a": nested_array(20)}),
        sync(),
        get(),
    ],
    "a wide table": [
        queue(),
        publish("~q", headers={f"k{number}": number for number in range(500)}),
        sync(),
        get(),
    ],
    "a long string": [queue(), publish("~q", headers={"s": "x" * 60000}), sync(), get()],
}

BETWEEN = {
    "a heartbeat between header and body": [
        queue(),
        tell("basic.publish", routing_key="~q"),
        header(2),
        data(HEARTBEAT),
        body(b"a"),
        data(HEARTBEAT),
        body(b"b"),
        sync(),
        get(),
    ],
    "a channel opened between header and body": [
        queue(),
        tell("basic.publish", routing_key="~q"),
        header(1),
        open_channel(2),
        body(b"x"),
        sync(),
        get(),
    ],
    "a channel closed between header and body of another": [
        queue(),
        open_channel(2),
        tell("basic.publish", channel=2, routing_key="~q"),
        header(1, channel=2),
        do("queue.declare", queue="amq.mine"),
        body(b"x", channel=2),
        sync(2),
        do("basic.get", channel=2, queue="~q"),
    ],
    "the connection closed between header and body": [
        queue(),
        tell("basic.publish", routing_key="~q"),
        header(1),
        tell("connection.close", channel=0, reply_code=200),
        read_to_end(),
        by("other", queue(passive=1)),
    ],
    "deliveries between header and body": [
        queue(),
        consume(),
        tell("basic.publish", routing_key="~q"),
        header(1),
        by("other", publish("~q", b"o")),
        expect(),
        body(b"x"),
        expect(),
    ],
}

TOGETHER = {
    "confirms for two channels": [
        queue(),
        do("confirm.select"),
        open_channel(2),
        do("confirm.select", channel=2),
        *[publish("~q")] * 3,
        confirms(3),
        publish("~q", channel=2),
        expect(),
    ],
    "a server-named queue, nowait": [queue("", nowait=1), do("queue.purge", queue="")],
    "a passive declare, nowait": [queue(), queue(passive=1, nowait=1), sync()],
    "a missing passive declare, nowait": [queue("~none", passive=1, nowait=1), sync()],
    "the same binding by two keys, unbound by one": [
        queue(),
        exchange(),
        bind("~q", "~x", "a"),
        bind("~q", "~x", "b"),
        do("queue.unbind", queue="~q", exchange="~x", routing_key="a"),
        publish("b", exchange="~x", mandatory=1),
        sync(),
        get(),
        publish("a", exchange="~x", mandatory=1),
        expect(),
    ],
    "a queue declared anew has forgotten its bindings": [
        queue(),
        exchange(),
        bind("~q", "~x", "a"),
        do("queue.delete", queue="~q"),
        queue(),
        publish("a", exchange="~x", mandatory=1),
        expect(),
    ],
    "a queue declared anew has forgotten its messages": [
        queue(),
        publish("~q"),
        sync(),
        do("queue.delete", queue="~q"),
        queue(),
        get(),
    ],
    "what was out of a queue does not come back to its namesake": [
        queue(),
        publish("~q"),
        sync(),
        get(),
        do("queue.delete", queue="~q"),
        queue(),
        tell("basic.reject", delivery_tag=1, requeue=1),
        sync(),
        get(),
    ],
    "a message expires behind a full consumer": [
        queue(),
        do("basic.qos", prefetch_count=1),
        consume(),
        publish("~q", b"0"),
        expect(),
        publish("~q", b"1", expiration="100"),
        publish("~q", b"2"),
        quiet(0.3),
        tell("basic.ack", delivery_tag=1),
        expect(),
    ],
    "a queue purged while consumed": [
        queue(),
        do("basic.qos", prefetch_count=1),
        consume(),
        *[publish("~q")] * 3,
        expect(),
        sync(),
        quiet(0.05),
        do("queue.purge", queue="~q"),
        tell("basic.ack", delivery_tag=1),
        quiet(0.05),
        queue(passive=1),
    ],
    "two hundred channels": [
        queue(),
        *[open_channel(number) for number in range(2, 201)],
        publish("~q", channel=200),
        sync(200),
        get(),
    ],
    "empty consumer queue name after another channel declared": [
        open_channel(2),
        queue(),
        do("basic.consume", channel=2, queue=""),
    ],
    "a direct reply asked for in a transaction": [
        queue(),
        do("tx.select"),
        publish("~q", reply_to="amq.rabbitmq.reply-to"),
        sync(),
    ],
    "durable, transient, durable": [
        queue("~a", durable=1),
        exchange("~x", durable=1),
        queue("~b"),
        exchange("~y"),
        bind("~a", "~y"),
        bind("~b", "~x"),
        publish("", exchange="~x", mandatory=1, delivery_mode=2),
        publish("", exchange="~y", mandatory=1, delivery_mode=1),
        sync(),
        get("~a"),
        get("~b"),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("long", LONG_TEXTS),
        ("odd", ODD_OCTETS),
        ("at once", AT_ONCE),
        ("deep", DEEP),
        ("between", BETWEEN),
        ("together", TOGETHER),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
