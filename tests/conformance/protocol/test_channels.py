"""Channels: opened, closed from either side, and what passes while they close."""

import pytest

from tests.conformance.protocol.script import (
    do,
    mannerless,
    open_channel,
    publish,
    queue,
    quiet,
    read_to_end,
    sync,
    tell,
)

OPEN = {
    "a second one": [open_channel(2)],
    "twice": [tell("channel.open"), read_to_end()],
    "the highest number": [open_channel(2047)],
    "above channel max": [do("channel.open", channel=2048)],
    "65535": [do("channel.open", channel=65535)],
    "work on one never opened": [tell("queue.declare", channel=3), read_to_end()],
    "publish on one never opened": [publish("~q", channel=3), read_to_end()],
    "work above channel max": [tell("queue.declare", channel=2048), read_to_end()],
    "out-of-band ignored": [do("channel.open", channel=2, out_of_band="abc")],
}

CLOSE = {
    "closed": [do("channel.close", reply_code=200, reply_text="bye")],
    "and opened again": [do("channel.close", reply_code=200), open_channel(1), queue()],
    "closed twice": [
        do("channel.close", reply_code=200),
        tell("channel.close", reply_code=200),
        read_to_end(),
    ],
    "work after close": [
        do("channel.close", reply_code=200),
        tell("queue.declare"),
        read_to_end(),
    ],
    "close one never opened": [tell("channel.close", channel=9, reply_code=200), read_to_end()],
    "close-ok unasked": [tell("channel.close-ok"), quiet(), queue()],
    "close-ok on one never opened": [tell("channel.close-ok", channel=9), read_to_end()],
}

REFUSED = {
    "frames until close-ok are discarded": [
        mannerless(),
        queue("amq.mine"),
        tell("queue.declare", queue="~dropped"),
        publish("~q"),
        tell("basic.qos"),
        tell("channel.close-ok"),
        open_channel(1),
        queue("~dropped", passive=1),
    ],
    "frames already on their way are discarded": [
        tell("queue.declare", queue="amq.mine"),
        tell("queue.declare", queue="~dropped"),
        publish("~dropped"),
        quiet(),
        open_channel(1),
        queue("~dropped", passive=1),
    ],
    "close crosses close": [
        mannerless(),
        queue("amq.mine"),
        do("channel.close", reply_code=200),
        tell("channel.close-ok"),
        open_channel(1),
    ],
    "close crosses close, opened too early": [
        mannerless(),
        queue("amq.mine"),
        do("channel.close", reply_code=200),
        open_channel(1),
    ],
    "close-ok twice": [queue("amq.mine"), tell("channel.close-ok"), read_to_end()],
    "open instead of close-ok": [
        mannerless(),
        queue("amq.mine"),
        tell("channel.open"),
        quiet(),
    ],
    "work after close-ok": [queue("amq.mine"), tell("queue.declare"), read_to_end()],
    "two refusals, one close": [
        tell("queue.declare", queue="amq.mine"),
        tell("exchange.declare", exchange="amq.mine", type="direct"),
        quiet(),
    ],
    "half a content when refused": [
        mannerless(),
        tell("basic.publish", exchange="~none"),
        quiet(),
        tell("channel.close-ok"),
        open_channel(1),
    ],
}

FLOW = {
    "flow on": [do("channel.flow", active=1)],
    "flow off": [do("channel.flow", active=0), quiet(), sync()],
    "flow-ok unasked": [tell("channel.flow-ok", active=1), read_to_end()],
    "access.request": [tell("access.request", realm="/data", read=1), quiet()],
    "access.request on channel 0": [tell("access.request", channel=0, realm="/"), read_to_end()],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("open", OPEN),
        ("close", CLOSE),
        ("refused", REFUSED),
        ("flow", FLOW),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
