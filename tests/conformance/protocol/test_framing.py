"""Frames out of place, out of shape and out of bounds: what each costs."""

import struct

import pytest

from tests.conformance.protocol import wire
from tests.conformance.protocol.script import (
    NARROW,
    body,
    by,
    consume,
    data,
    do,
    expect,
    frame,
    get,
    header,
    open_channel,
    publish,
    queue,
    quiet,
    read_to_end,
    run,
    sync,
    tell,
)

OPEN_1 = wire.encode_method("channel.open", {})
DECLARE = wire.encode_method("queue.declare", {"queue": "x"})
PUBLISH = tell("basic.publish", routing_key="~q")


def method(class_id: int, method_id: int, rest: bytes = b"", channel: int = 1):
    return frame(1, channel, struct.pack(">HH", class_id, method_id) + rest)


SHAPE = {
    "wrong frame end": [data(wire.encode_frame(1, 1, DECLARE)[:-1] + b"\x00"), read_to_end()],
    "wrong frame end on channel 0": [data(b"\x08\x00\x00\x00\x00\x00\x00\x00"), read_to_end()],
    "unknown frame type": [frame(9, 1, b"abc"), read_to_end()],
    "frame type 0": [frame(0, 1, b""), read_to_end()],
    "frame type 4": [frame(4, 0, b""), read_to_end()],
    "unknown frame type on channel 0": [frame(77, 0, b"abc"), read_to_end()],
    "heartbeat": [frame(8, 0, b""), sync()],
    "heartbeat on channel 1": [frame(8, 1, b""), sync()],
    "heartbeat with a payload": [frame(8, 0, b"abc"), sync()],
    "frame a little bigger than frame max": [frame(3, 1, b"x" * 131072), read_to_end()],
    "frame much bigger than frame max": [frame(3, 1, b"x" * 131073), read_to_end()],
    "frame as big as frame max": [
        queue(),
        PUBLISH,
        header(131064),
        body(b"x" * 131064),
        sync(),
        get(),
    ],
    "a frame of 4 GiB announced": [data(b"\x01\x00\x01\xff\xff\xff\xff"), read_to_end()],
    "garbage": [data(b"garbage garbage garbage"), read_to_end()],
    "half a frame, then the rest": [
        data(wire.encode_frame(1, 2, OPEN_1)[:9]),
        data(wire.encode_frame(1, 2, OPEN_1)[9:]),
        expect(),
    ],
    "empty method frame": [frame(1, 1, b""), read_to_end()],
    "method frame of 3 bytes": [frame(1, 1, b"\x00\x32\x00"), read_to_end()],
}

METHODS = {
    "unknown class": [method(99, 10), read_to_end()],
    "unknown method": [method(50, 99), read_to_end()],
    "unknown method on channel 0": [method(10, 99, channel=0), read_to_end()],
    "unknown class on channel 0": [method(99, 10, channel=0), read_to_end()],
    "unknown method on a channel that is not open": [method(50, 99, channel=5), read_to_end()],
    "arguments cut short": [frame(1, 1, DECLARE[:9]), read_to_end()],
    "no arguments": [method(50, 10), read_to_end()],
    "arguments left over": [frame(1, 1, DECLARE + b"left over"), quiet(), sync()],
    "table with an unknown type": [
        method(50, 10, b"\x00\x00\x01q\x00\x00\x00\x00\x03\x01a?"),
        read_to_end(),
    ],
    "table cut short": [
        method(50, 10, b"\x00\x00\x01q\x00\x00\x00\x00\x05\x01aS\x00\x00"),
        read_to_end(),
    ],
    "table longer than the frame": [
        method(50, 10, b"\x00\x00\x01q\x00\x00\x00\x00\xff\x01aS\x00\x00"),
        read_to_end(),
    ],
    "a server's method": [tell("queue.declare-ok"), read_to_end()],
    "a server's basic.deliver": [tell("basic.deliver"), sync()],
    "a server's basic.return": [tell("basic.return"), sync()],
    "a server's connection.start": [tell("connection.start", channel=0), read_to_end()],
    "a server's channel.open-ok": [tell("channel.open-ok"), read_to_end()],
    "name that is not utf-8": [
        method(50, 10, b"\x00\x00\x02\xff\xfe\x00\x00\x00\x00\x00"),
        quiet(),
    ],
}

CHANNEL_0 = {
    "queue.declare": [tell("queue.declare", channel=0), read_to_end()],
    "channel.open": [tell("channel.open", channel=0), read_to_end()],
    "content header": [header(0, channel=0), read_to_end()],
    "content body": [body(b"x", channel=0), read_to_end()],
    "connection.close on channel 1": [tell("connection.close", reply_code=200), read_to_end()],
    "connection.open on channel 1": [tell("connection.open", virtual_host="/"), read_to_end()],
    "connection.tune-ok on channel 1": [tell("connection.tune-ok"), read_to_end()],
    "connection.blocked": [tell("connection.blocked", channel=0), read_to_end()],
}

CONTENT = {
    "whole": [queue(), publish("~q", b"abc"), sync(), get()],
    "empty body": [queue(), publish("~q", b""), sync(), get()],
    "empty body with an empty body frame": [queue(), publish("~q", b""), body(b""), read_to_end()],
    "in many frames": [
        queue(),
        PUBLISH,
        header(3),
        *[body(b"a"), body(b"b"), body(b"c")],
        sync(),
        get(),
    ],
    "with empty body frames between": [
        queue(),
        PUBLISH,
        header(2),
        *[body(b""), body(b"a"), body(b""), body(b"b")],
        sync(),
        get(),
    ],
    "longer than announced": [queue(), PUBLISH, header(2), body(b"abc"), sync()],
    "longer than announced, in two": [
        queue(),
        PUBLISH,
        header(2),
        body(b"a"),
        body(b"bc"),
        sync(),
    ],
    "a body after the body": [queue(), publish("~q", b"a"), body(b"b"), read_to_end()],
    "header without publish": [header(0), read_to_end()],
    "body without publish": [body(b"x"), read_to_end()],
    "body instead of header": [PUBLISH, body(b"x"), read_to_end()],
    "method instead of header": [PUBLISH, tell("basic.qos"), read_to_end()],
    "publish instead of header": [PUBLISH, PUBLISH, read_to_end()],
    "method instead of body": [PUBLISH, header(1), tell("basic.qos"), read_to_end()],
    "header instead of body": [PUBLISH, header(1), header(1), read_to_end()],
    "channel.close instead of body": [
        PUBLISH,
        header(1),
        tell("channel.close", reply_code=200),
        read_to_end(),
    ],
    "header of another class": [
        PUBLISH,
        frame(2, 1, struct.pack(">HHQH", 50, 0, 1, 0)),
        read_to_end(),
    ],
    "header with a weight": [
        queue(),
        PUBLISH,
        frame(2, 1, struct.pack(">HHQH", 60, 7, 1, 0)),
        body(b"x"),
        quiet(),
        get(),
    ],
    "header cut short": [PUBLISH, frame(2, 1, b"\x00\x3c\x00"), read_to_end()],
    "properties cut short": [
        PUBLISH,
        frame(2, 1, struct.pack(">HHQH", 60, 0, 1, 0x8000) + b"\x09abc"),
        body(b"x"),
        read_to_end(),
    ],
    "properties left over": [
        queue(),
        PUBLISH,
        frame(2, 1, struct.pack(">HHQH", 60, 0, 1, 0) + b"left over"),
        body(b"x"),
        quiet(),
    ],
    "header table with an unknown type": [
        queue(),
        PUBLISH,
        header(1, headers={"a": wire.Typed("?", b"")}),
        body(b"x"),
        quiet(),
    ],
    "two channels interleaved": [
        queue(),
        open_channel(2),
        PUBLISH,
        tell("basic.publish", channel=2, routing_key="~q"),
        header(2),
        header(2, channel=2),
        body(b"a"),
        body(b"A", channel=2),
        body(b"b"),
        body(b"B", channel=2),
        sync(),
        sync(2),
        get(),
        get(),
    ],
}

LARGE = bytes(range(256)) * 2000
SMALL_FRAMES = {
    "a large message got": [queue(), publish("~q", LARGE), sync(), by(NARROW, get())],
    "a large message delivered": [
        queue(),
        by(NARROW, consume()),
        publish("~q", LARGE),
        by(NARROW, expect()),
    ],
    "a large message published and returned": [
        by(NARROW, publish("~none", LARGE, mandatory=1)),
        by(NARROW, expect()),
    ],
    "a large message published, got in larger frames": [
        queue(),
        by(NARROW, publish("~q", LARGE)),
        by(NARROW, sync()),
        get(),
    ],
    "a message one octet too large for a frame": [
        queue(),
        publish("~q", b"x" * 4089),
        sync(),
        by(NARROW, get()),
    ],
    "a frame too large": [by(NARROW, frame(3, 1, b"x" * 4097)), by(NARROW, read_to_end())],
}

ONE_AMONG_TWO = {
    "a broken connection leaves the other": [
        by("other", queue()),
        frame(9, 1, b"abc"),
        read_to_end(),
        by("other", queue(passive=1)),
    ],
    "a closed channel leaves the other": [
        open_channel(2),
        queue("amq.mine"),
        do("queue.declare", channel=2, queue="~q"),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("shape", SHAPE),
        ("method", METHODS),
        ("channel 0", CHANNEL_0),
        ("content", CONTENT),
        ("small frames", SMALL_FRAMES),
        ("reach", ONE_AMONG_TWO),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)


def test_a_message_too_large_is_refused_when_it_is_announced(leveret):
    """RabbitMQ 3.10.8 says the same, but only once it has received all of it."""
    script = [queue(), PUBLISH, header(2**27 + 1), quiet(), open_channel(1), queue(passive=1)]
    refusal = "message size 134217729 is larger than configured max size 134217728"
    assert run(script, leveret)[1:3] == [
        f"1 channel.close 406 'PRECONDITION_FAILED - {refusal}' (60, 40)",
        "1 channel.open-ok channel_id=''",
    ]
