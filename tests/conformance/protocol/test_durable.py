"""What has to reach the disk: answered in its order, however much is said without waiting."""

import pytest

from tests.conformance.protocol.script import (
    bind,
    confirms,
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

declare = tell("queue.declare", queue="~q", durable=1)
passive = tell("queue.declare", queue="~q", passive=1)
stored = publish("~q", b"stored", delivery_mode=2)
transient = publish("~q", b"transient")
got = tell("basic.get", queue="~q", no_ack=1)
leave = tell("connection.close", channel=0, reply_code=200)

ANSWERS = {
    "a row of everything": [
        declare,
        tell("exchange.declare", exchange="~x", type="fanout", durable=1),
        tell("queue.bind", queue="~q", exchange="~x"),
        publish("", b"bound", exchange="~x", delivery_mode=2),
        got,
        tell("queue.unbind", queue="~q", exchange="~x"),
        publish("", b"lost", exchange="~x", delivery_mode=2, mandatory=1),
        tell("exchange.delete", exchange="~x"),
        stored,
        tell("queue.purge", queue="~q"),
        tell("queue.delete", queue="~q"),
    ],
    "declared over and over": [declare, declare, passive, declare],
    "declared and deleted": [declare, tell("queue.delete", queue="~q"), declare, stored, got],
    "nobody is answered": [
        tell("queue.declare", queue="~q", durable=1, nowait=1),
        tell("exchange.declare", exchange="~x", type="topic", durable=1, nowait=1),
        tell("queue.bind", queue="~q", exchange="~x", routing_key="#", nowait=1),
        publish("a.b", exchange="~x", delivery_mode=2),
        got,
    ],
    "deleted, then declared otherwise": [
        queue(durable=1),
        tell("queue.delete", queue="~q", nowait=1),
        queue(),
    ],
    "the channel closes behind it": [
        declare,
        stored,
        tell("channel.close", reply_code=200),
        quiet(),
        open_channel(1),
        passive,
    ],
    "the connection closes behind it": [declare, stored, leave, read_to_end()],
    "refused behind it": [
        declare,
        stored,
        tell("queue.declare", queue="~missing", passive=1),
        quiet(),
        open_channel(1),
        get(),
    ],
    "an auto-delete queue and its last consumer": [
        queue(durable=1, auto_delete=1),
        do("basic.consume", queue="~q", consumer_tag="t"),
        do("basic.cancel", consumer_tag="t"),
        passive,
        quiet(),
    ],
}

CONFIRMS = {
    "mixed": [declare, tell("confirm.select"), stored, transient, stored, transient],
    "several queues": [
        exchange(kind="fanout"),
        queue("~a", durable=1),
        queue("~b", durable=1),
        queue("~c"),
        *[bind(name, "~x") for name in ("~a", "~b", "~c")],
        do("confirm.select"),
        *[publish("", exchange="~x", delivery_mode=2)] * 4,
        confirms(4),
    ],
    "returned first": [
        do("confirm.select"),
        publish("~none", delivery_mode=2, mandatory=1),
        expect(2),
    ],
    "in a queue that need not survive": [queue(), do("confirm.select"), stored, confirms(1)],
}
CONFIRMS["mixed"] += [expect(2), confirms(4)]

TRANSACTIONS = {
    "commits in a row": [
        declare,
        tell("tx.select"),
        stored,
        transient,
        do("tx.commit"),
        stored,
        # RabbitMQ closes the connection of who says more before this is answered; we do not.
        do("tx.commit"),
        got,
        got,
        got,
        got,
    ],
    "acknowledgements": [
        queue(durable=1),
        stored,
        stored,
        get(),
        do("tx.select"),
        tell("basic.ack", delivery_tag=1),
        tell("tx.commit"),
        passive,
    ],
    "rolled back": [queue(durable=1), do("tx.select"), stored, tell("tx.rollback"), passive],
}

SCRIPTS = {
    f"{kind}: {name}": script if name.endswith("closes behind it") else [*script, sync()]
    for kind, scripts in [
        ("answers", ANSWERS),
        ("confirms", CONFIRMS),
        ("transactions", TRANSACTIONS),
    ]
    for name, script in scripts.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
