"""From the first eight bytes to connection.open-ok, and every way to be turned away."""

import pytest

from tests.conformance.protocol import wire
from tests.conformance.protocol.script import (
    data,
    do,
    expect,
    frame,
    greet,
    quiet,
    read_to_end,
    tell,
)

PLAIN = "\x00guest\x00guest"
TUNE_OK = {"channel_max": 2047, "frame_max": 131072, "heartbeat": 0}
WITH_CLOSE = {"capabilities": {"authentication_failure_close": True}}


def start_ok(response=PLAIN, mechanism="PLAIN", properties=None, locale="en_US"):
    """SASL's answer; whatever comes back within a moment is the broker's verdict."""
    return tell(
        "connection.start-ok",
        channel=0,
        client_properties=properties or {},
        mechanism=mechanism,
        response=response,
        locale=locale,
    )


def tune_ok(**values: int):
    return tell("connection.tune-ok", channel=0, **{**TUNE_OK, **values})


def connection_open(vhost: str = "/"):
    return do("connection.open", channel=0, virtual_host=vhost)


def amqplain(user: str = "guest", password: str = "guest") -> str:
    table = wire.encode_table({"LOGIN": user, "PASSWORD": password})
    return table[4:].decode("latin-1")


to_tune = [greet(), start_ok(), expect()]
to_open = [*to_tune, tune_ok(), connection_open()]

HEADERS = {
    "0-9-1": [greet(in_full=True)],
    "0-9": [greet(b"AMQP\x01\x01\x00\x09")],
    "0-8": [greet(b"AMQP\x01\x01\x08\x00")],
    "0-8, other form": [greet(b"AMQP\x01\x01\x09\x01")],
    "0-9 in the newer form": [greet(b"AMQP\x00\x00\x09\x00"), read_to_end()],
    "0-10": [greet(b"AMQP\x01\x01\x00\x0a"), read_to_end()],
    "1.0": [greet(b"AMQP\x00\x01\x00\x00"), read_to_end()],
    "1.0 SASL": [greet(b"AMQP\x03\x01\x00\x00"), read_to_end()],
    "TLS": [greet(b"AMQP\x02\x01\x00\x00"), read_to_end()],
    "nonsense version": [greet(b"AMQP\x09\x09\x09\x09"), read_to_end()],
    "http": [greet(b"GET / HTTP/1.1\r\n\r\n"), read_to_end()],
    "eight wrong bytes": [greet(b"XXXXXXXX"), read_to_end()],
    "in two parts": [data(b"AMQP\x00"), greet(b"\x00\x09\x01")],
}

SASL = {
    "PLAIN": to_tune,
    "AMQPLAIN": [greet(), start_ok(amqplain(), "AMQPLAIN"), expect()],
    "PLAIN with an authorisation identity": [
        greet(),
        start_ok("other\x00guest\x00guest"),
        expect(),
    ],
    "PLAIN with too few parts": [greet(), start_ok("\x00guest", properties=WITH_CLOSE), expect()],
    "PLAIN empty": [greet(), start_ok("", properties=WITH_CLOSE), expect()],
    "unknown mechanism": [greet(), start_ok(mechanism="NONSENSE"), read_to_end()],
    "unknown mechanism, close wanted": [
        greet(),
        start_ok(mechanism="NONSENSE", properties=WITH_CLOSE),
        read_to_end(),
    ],
    "EXTERNAL": [greet(), start_ok(mechanism="EXTERNAL", properties=WITH_CLOSE), read_to_end()],
    "mechanism in small letters": [
        greet(),
        start_ok(mechanism="plain", properties=WITH_CLOSE),
        expect(),
    ],
    "wrong password": [greet(), start_ok("\x00guest\x00wrong"), read_to_end()],
    "wrong password, close wanted": [
        greet(),
        start_ok("\x00guest\x00wrong", properties=WITH_CLOSE),
        read_to_end(),
    ],
    "unknown user, close wanted": [
        greet(),
        start_ok("\x00nobody\x00wrong", properties=WITH_CLOSE),
        read_to_end(),
    ],
    "AMQPLAIN wrong password, close wanted": [
        greet(),
        start_ok(amqplain("guest", "wrong"), "AMQPLAIN", WITH_CLOSE),
        read_to_end(),
    ],
    "AMQPLAIN without a login": [
        greet(),
        start_ok("", "AMQPLAIN", WITH_CLOSE),
        read_to_end(),
    ],
    "AMQPLAIN with garbage": [
        greet(),
        start_ok("\x05garbage", "AMQPLAIN", WITH_CLOSE),
        read_to_end(),
    ],
    "RABBIT-CR-DEMO": [
        greet(),
        start_ok("guest", "RABBIT-CR-DEMO", WITH_CLOSE),
        expect(),
    ],
    "unknown locale": [greet(), start_ok(locale="xx_XX"), expect()],
    "client properties of every type": [
        greet(),
        start_ok(properties={"a": 1, "b": [1, "x"], "c": {"d": None}, "e": 1.5, "f": True}),
        expect(),
    ],
}

TUNE = {
    "as offered": to_open,
    "everything zero": [*to_tune, tune_ok(channel_max=0, frame_max=0), connection_open()],
    "channel max zero": [*to_tune, tune_ok(channel_max=0), connection_open()],
    "frame max zero": [*to_tune, tune_ok(frame_max=0), connection_open()],
    "smaller": [*to_tune, tune_ok(channel_max=1, frame_max=4096), connection_open()],
    "frame max too small": [*to_tune, tune_ok(frame_max=4095), read_to_end()],
    "frame max too big": [*to_tune, tune_ok(frame_max=131073), read_to_end()],
    "channel max too big": [*to_tune, tune_ok(channel_max=2048), read_to_end()],
    "channel max of 65535": [*to_tune, tune_ok(channel_max=65535), read_to_end()],
    "heartbeat longer than offered": [*to_tune, tune_ok(heartbeat=600), connection_open()],
    "both wrong": [*to_tune, tune_ok(frame_max=1, channel_max=65535), read_to_end()],
    "a heartbeat frame between": [*to_tune, frame(8, 0, b""), tune_ok(), connection_open()],
}

OPEN = {
    "missing vhost": [*to_tune, tune_ok(), connection_open("nowhere"), read_to_end()],
    "empty vhost": [*to_tune, tune_ok(), connection_open(""), read_to_end()],
    "open twice": [*to_open, connection_open(), read_to_end()],
    "tune-ok again": [*to_open, tune_ok(), quiet(), read_to_end()],
    "start-ok again": [*to_open, start_ok(), read_to_end()],
    "secure-ok": [*to_open, tell("connection.secure-ok", channel=0), read_to_end()],
    "update-secret": [
        *to_open,
        do("connection.update-secret", channel=0, new_secret="guest", reason="why not"),
    ],
    "update-secret with a wrong one": [
        *to_open,
        do("connection.update-secret", channel=0, new_secret="wrong", reason="why not"),
        quiet(),
    ],
    "close": [*to_open, tell("connection.close", channel=0, reply_code=200), read_to_end()],
    "close with channels open": [
        *to_open,
        do("channel.open"),
        tell("connection.close", channel=0, reply_code=200, reply_text="bye"),
        read_to_end(),
    ],
    "close before tune-ok": [
        *to_tune,
        tell("connection.close", channel=0, reply_code=200),
        read_to_end(),
    ],
    "close before start-ok": [
        greet(),
        tell("connection.close", channel=0, reply_code=200),
        read_to_end(),
    ],
    "close before open": [
        *to_tune,
        tune_ok(),
        tell("connection.close", channel=0, reply_code=200),
        read_to_end(),
    ],
    "close twice": [
        *to_open,
        tell("connection.close", channel=0, reply_code=200),
        tell("connection.close", channel=0, reply_code=200),
        read_to_end(),
    ],
    "close-ok unasked": [*to_open, tell("connection.close-ok", channel=0), read_to_end()],
    "work after close": [
        *to_open,
        do("channel.open"),
        tell("connection.close", channel=0, reply_code=200),
        tell("queue.declare", queue="~q"),
        read_to_end(),
    ],
    "as many channels as tuned": [
        *to_tune,
        tune_ok(channel_max=1),
        connection_open(),
        do("channel.open", channel=7),
        do("channel.close", channel=7, reply_code=200),
        do("channel.open", channel=9),
    ],
    "more channels than tuned": [
        *to_tune,
        tune_ok(channel_max=1),
        connection_open(),
        do("channel.open", channel=1),
        do("channel.open", channel=2),
    ],
    "a frame bigger than tuned": [
        *to_tune,
        tune_ok(frame_max=4096),
        connection_open(),
        do("channel.open"),
        frame(3, 1, b"x" * 4097),
        read_to_end(),
    ],
}

ORDER = {
    "open before start-ok": [greet(), connection_open(), read_to_end()],
    "tune-ok before start-ok": [greet(), tune_ok(), read_to_end()],
    "open before tune-ok": [*to_tune, connection_open(), read_to_end()],
    "start-ok instead of tune-ok": [*to_tune, start_ok(), read_to_end()],
    "a channel before start-ok": [greet(), tell("channel.open"), read_to_end()],
    "a channel before tune-ok": [*to_tune, tell("channel.open"), read_to_end()],
    "a channel before open": [*to_tune, tune_ok(), tell("channel.open"), read_to_end()],
    "a queue before open": [*to_tune, tune_ok(), tell("queue.declare"), read_to_end()],
    "a queue on channel 0 before open": [
        *to_tune,
        tune_ok(),
        tell("queue.declare", channel=0),
        read_to_end(),
    ],
    "a content header instead of start-ok": [greet(), frame(2, 0, b"\x00" * 14), read_to_end()],
    "garbage instead of start-ok": [greet(), data(b"garbage!" * 4), read_to_end()],
    "frame bigger than 4096 before tune-ok": [
        greet(),
        start_ok(properties={"long": "x" * 4100}),
        read_to_end(),
    ],
    "frame of 4096 before tune-ok": [greet(), start_ok(properties={"long": "x" * 3900}), quiet()],
    "a frame of 4 GiB announced": [greet(), data(b"\x01\x00\x00\xff\xff\xff\xff"), read_to_end()],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("header", HEADERS),
        ("sasl", SASL),
        ("tune", TUNE),
        ("open", OPEN),
        ("order", ORDER),
    ]
    for name, script in table.items()
}
OPTIONS = {"bare": True}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
