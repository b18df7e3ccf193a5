"""Publisher confirms and transactions, which exclude each other."""

import pytest

from tests.conformance.protocol.script import (
    bind,
    close_channel,
    confirms,
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

again = open_channel(1)
confirmed = do("confirm.select")
transacted = do("tx.select")
commit = do("tx.commit")
rollback = do("tx.rollback")


CONFIRM = {
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
