"""Publisher confirms and transactions, which exclude each other."""

import pytest

from tests.conformance.protocol import wire
from tests.conformance.protocol.script import (
    bind,
    close_channel,
    confirms,
    data,
    do,
    exchange,
    expect,
    get,
    open_channel,
    publish,
    queue,
    quiet,
    read_to_end,
    sync,
    tell,
)

again = open_channel(1)
confirmed = do("confirm.select")
transacted = do("tx.select")
commit = do("tx.commit")
rollback = do("tx.rollback")


def in_one_chunk(last: str, channel: int = 1, **values: int):
    """Three publishes and a method that ends the channel or more, all sent at once."""
    frames = [
        (1, wire.METHOD, wire.encode_method("basic.publish", {"routing_key": "nowhere"})),
        (1, wire.HEADER, wire.encode_header({}, 1)),
        (1, wire.BODY, b"x"),
    ]
    end = wire.encode_frame(wire.METHOD, channel, wire.encode_method(last, values))
    publishes = b"".join(wire.encode_frame(kind, number, octets) for number, kind, octets in frames)
    return data(publishes * 3 + end)


CONFIRM = {
    "before the channel's close-ok": [
        confirmed,
        in_one_chunk("channel.close", reply_code=200),
        confirms(3),
        quiet(0.1),
    ],
    "before the connection's close-ok": [
        confirmed,
        in_one_chunk("connection.close", channel=0, reply_code=200),
        confirms(3),
        read_to_end(),
    ],
    "before the channel is closed on it": [
        confirmed,
        in_one_chunk("queue.delete"),
        confirms(3),
        quiet(0.1),
    ],
    "before the connection is closed on it": [
        confirmed,
        in_one_chunk("basic.qos", prefetch_size=1),
        confirms(3),
        read_to_end(),
    ],
    "selected": [confirmed],
    "selected twice": [confirmed, confirmed],
    "nowait": [do("confirm.select", nowait=1), publish("~none"), expect()],
    "routed": [confirmed, queue(), publish("~q"), expect(), get()],
    "routed nowhere": [confirmed, publish("~none"), expect()],
    "many": [confirmed, queue(), *[publish("~q")] * 20, confirms(20)],
    "persistent": [
        confirmed,
        queue(durable=1),
        *[publish("~q", delivery_mode=2)] * 5,
        confirms(5),
    ],
    "to several queues": [
        confirmed,
        exchange(kind="fanout"),
        queue("~a"),
        queue("~b"),
        bind("~a", "~x"),
        bind("~b", "~x"),
        publish("", exchange="~x"),
        expect(),
    ],
    "returned, then confirmed": [confirmed, publish("~none", mandatory=1), expect(2)],
    "returned, then confirmed, then the next": [
        confirmed,
        queue(),
        publish("~none", mandatory=1),
        expect(2),
        publish("~q", mandatory=1),
        expect(),
    ],
    "counted from the selection on": [queue(), publish("~q"), confirmed, publish("~q"), expect()],
    "counted from one on each channel": [
        confirmed,
        publish("~none"),
        expect(),
        open_channel(2),
        do("confirm.select", channel=2),
        publish("~none", channel=2),
        expect(),
    ],
    "missing exchange": [confirmed, publish("k", exchange="~none"), quiet()],
    "missing exchange after a good one": [
        confirmed,
        queue(),
        publish("~q"),
        expect(),
        publish("k", exchange="~none"),
        quiet(),
        again,
        confirmed,
        publish("~q"),
        expect(),
    ],
    "an empty message": [confirmed, queue(), publish("~q", b""), expect()],
    "a dead reply-to": [confirmed, publish("amq.rabbitmq.reply-to.dead"), expect()],
}

TX = {
    "selected twice": [transacted, transacted],
    "commit without select": [commit],
    "rollback without select": [rollback],
    "commit nothing": [transacted, commit, commit],
    "confirm after tx": [transacted, confirmed],
    "tx after confirm": [confirmed, transacted],
    "publish shows at commit": [
        queue(),
        transacted,
        publish("~q", b"0"),
        publish("~q", b"1"),
        queue(passive=1),
        commit,
        get(),
        get(),
    ],
    "publish is dropped at rollback": [
        queue(),
        transacted,
        publish("~q"),
        rollback,
        queue(passive=1),
        publish("~q"),
        commit,
        queue(passive=1),
    ],
    "publish is dropped with the channel": [
        queue(),
        transacted,
        publish("~q"),
        close_channel(),
        again,
        queue(passive=1),
    ],
    "what is published meanwhile stands before, also after a requeue": [
        queue(),
        transacted,
        publish("~q", b"late"),
        open_channel(2),
        publish("~q", b"early", channel=2),
        sync(2),
        commit,
        get(),
        get(),
        commit,
        do("basic.recover", requeue=1),
        commit,
        do("basic.get", channel=2, queue="~q"),
        do("basic.get", channel=2, queue="~q"),
    ],
    "multiple acks": [
        queue(),
        *[publish("~q")] * 3,
        sync(),
        transacted,
        *[get()] * 3,
        tell("basic.ack", delivery_tag=2, multiple=1),
        commit,
        do("basic.recover", requeue=1),
        commit,
        queue(passive=1),
    ],
    "all acks": [
        queue(),
        *[publish("~q")] * 3,
        sync(),
        transacted,
        *[get()] * 3,
        tell("basic.ack", delivery_tag=0, multiple=1),
        rollback,
        tell("basic.ack", delivery_tag=0, multiple=1),
        commit,
        queue(passive=1),
    ],
    "recover is part of it": [
        queue(),
        publish("~q"),
        sync(),
        transacted,
        get(),
        do("basic.recover", requeue=1),
        queue(passive=1),
        rollback,
        queue(passive=1),
    ],
    "expiry counts from the commit": [
        queue(arguments={"x-message-ttl": 400}),
        transacted,
        publish("~q"),
        quiet(0.3),
        commit,
        quiet(0.2),
        get(),
    ],
    "ack counts at commit": [
        queue(),
        publish("~q"),
        sync(),
        transacted,
        get(),
        tell("basic.ack", delivery_tag=1),
        commit,
        do("basic.recover", requeue=1),
        queue(passive=1),
    ],
    "ack is undone by rollback": [
        queue(),
        publish("~q"),
        sync(),
        transacted,
        get(),
        tell("basic.ack", delivery_tag=1),
        rollback,
        tell("basic.ack", delivery_tag=1),
        commit,
        do("basic.recover", requeue=1),
        queue(passive=1),
    ],
    "ack before commit twice": [
        queue(),
        publish("~q"),
        sync(),
        transacted,
        get(),
        tell("basic.ack", delivery_tag=1),
        tell("basic.ack", delivery_tag=1),
        sync(),
    ],
    "ack is undone with the channel": [
        queue(),
        publish("~q"),
        sync(),
        transacted,
        get(),
        tell("basic.ack", delivery_tag=1),
        close_channel(),
        again,
        get(),
    ],
    "nack requeues at commit": [
        queue(),
        publish("~q"),
        sync(),
        transacted,
        get(),
        tell("basic.nack", delivery_tag=1, requeue=1),
        queue(passive=1),
        commit,
        get(),
    ],
    "unknown tag": [transacted, tell("basic.ack", delivery_tag=9), sync()],
    "missing exchange": [transacted, publish("k", exchange="~none"), sync()],
    "exchange gone before commit": [
        exchange(),
        transacted,
        publish("k", exchange="~x"),
        do("exchange.delete", exchange="~x"),
        commit,
    ],
    "mandatory returns at commit": [
        transacted,
        publish("~none", mandatory=1),
        sync(),
        tell("tx.commit"),
        expect(2),
    ],
    "mandatory is dropped at rollback": [transacted, publish("~none", mandatory=1), rollback],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [("confirm", CONFIRM), ("tx", TX)]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
