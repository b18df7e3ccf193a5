"""Queues: declared, compared, bound, purged, deleted, owned."""

import pytest

from tests.conformance.protocol.script import (
    bind,
    by,
    close_channel,
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
exclusive = queue(exclusive=1)


def unbind(queue_name: str, exchange_name: str, routing_key: str = "", **arguments: object):
    return do(
        "queue.unbind",
        queue=queue_name,
        exchange=exchange_name,
        routing_key=routing_key,
        arguments=arguments,
    )


DECLARE = {
    "twice alike": [queue(), queue()],
    "counts what waits and who consumes": [
        queue(),
        publish("~q"),
        publish("~q"),
        sync(),
        queue(),
        consume(),
        expect(2),
        queue(),
        queue(passive=1),
    ],
    "other durability": [queue(), queue(durable=1)],
    "less durable": [queue(durable=1), queue()],
    "other auto-delete": [queue(), queue(auto_delete=1)],
    "exclusive where it is not": [queue(), exclusive],
    "not exclusive where it is": [exclusive, queue()],
    "several differences name the first": [queue(), queue(durable=1, auto_delete=1, exclusive=1)],
    "reserved name": [queue("amq.mine")],
    "reserved name, bare prefix": [queue("amq.")],
    "name that begins like a reserved one": [queue("~amq.x"), queue("amqx~")],
    "passive and present": [queue(), queue(passive=1)],
    "passive ignores the rest": [queue(), queue(passive=1, durable=1, auto_delete=1)],
    "passive and missing": [queue("~none", passive=1)],
    "passive and reserved": [queue("amq.none", passive=1)],
    "nowait": [queue(nowait=1), queue(passive=1)],
    "nowait and refused": [queue("amq.mine", nowait=1), sync()],
    "name of 255": [queue("~" + "n" * 240)],
    "name with spaces and signs": [queue("~ a/b*#?'\"")],
    "name with a line break": [queue("~a\r\nb"), queue("~ab", passive=1)],
    "name that is not ascii": [queue("~zaječí"), queue("~zaječí", durable=1)],
    "durable and exclusive": [queue(durable=1, exclusive=1)],
}

SERVER_NAMED = {
    "named by the server": [queue("")],
    "two names differ": [queue(""), queue(""), queue("@0", passive=1), queue("@1", passive=1)],
    "declared again by its name": [queue("", exclusive=1), queue("@0", exclusive=1)],
    "declared again otherwise": [queue(""), queue("@0", durable=1)],
    "empty name means the last declared: passive": [queue(), queue("", passive=1)],
    "passive declare counts as declared": [
        queue("~a"),
        queue("~b"),
        queue("~a", passive=1),
        queue("", passive=1),
    ],
    "the last is the channel's own": [
        queue("~a"),
        open_channel(2),
        do("queue.purge", channel=2, queue=""),
    ],
    "none declared: bind": [do("queue.bind", queue="", exchange="amq.direct")],
    "none declared: consume": [do("basic.consume", queue="")],
    "none declared: get": [do("basic.get", queue="")],
    "none declared: purge": [do("queue.purge", queue="")],
    "none declared: delete": [do("queue.delete", queue="")],
    "none declared: unbind": [do("queue.unbind", queue="", exchange="amq.direct")],
    "none declared: passive": [queue("", passive=1)],
    "empty everywhere": [
        queue("", exclusive=1),
        do("queue.bind", queue="", exchange="amq.direct", routing_key=""),
        do("queue.unbind", queue="", exchange="amq.direct", routing_key="@0"),
        publish("@0"),
        sync(),
        get(""),
        do("queue.purge", queue=""),
        do("queue.delete", queue=""),
    ],
    "an empty routing key becomes the name, if the queue is empty too": [
        queue("~last"),
        exchange(),
        do("queue.bind", queue="", exchange="~x", routing_key=""),
        publish("~last", exchange="~x", mandatory=1),
        sync(),
        get("~last"),
        publish("", exchange="~x", mandatory=1),
        expect(),
    ],
    "an empty routing key stays, if the queue is named": [
        queue("~last"),
        exchange(),
        do("queue.bind", queue="~last", exchange="~x", routing_key=""),
        publish("", exchange="~x", mandatory=1),
        sync(),
        get("~last"),
    ],
    "the last declared is gone": [
        queue("~a"),
        do("queue.delete", queue="~a"),
        do("queue.purge", queue=""),
    ],
}

EXCLUSIVE = {
    "another connection declares": [exclusive, by("other", exclusive)],
    "another connection declares it otherwise": [exclusive, by("other", queue())],
    "another connection declares it passively": [exclusive, by("other", queue(passive=1))],
    "another connection binds": [exclusive, by("other", bind("~q", "amq.direct"))],
    "another connection unbinds": [exclusive, by("other", unbind("~q", "amq.direct"))],
    "another connection consumes": [exclusive, by("other", consume())],
    "another connection gets": [exclusive, by("other", get())],
    "another connection purges": [exclusive, by("other", do("queue.purge", queue="~q"))],
    "another connection deletes": [exclusive, by("other", do("queue.delete", queue="~q"))],
    "another connection publishes": [
        exclusive,
        by("other", publish("~q")),
        by("other", sync()),
        get(),
    ],
    "another channel of the owner": [
        exclusive,
        open_channel(2),
        do("queue.declare", channel=2, queue="~q", exclusive=1),
        do("basic.get", channel=2, queue="~q"),
    ],
    "goes with its connection": [
        by("owner", exclusive),
        by("owner", do("connection.close", channel=0, reply_code=200)),
        queue(passive=1),
    ],
    "stays without consumers": [
        exclusive,
        consume(),
        do("basic.cancel", consumer_tag="t"),
        queue(passive=1),
    ],
}

AUTO_DELETE = {
    "stays until someone has consumed": [queue(auto_delete=1), queue(passive=1)],
    "goes with its last consumer": [
        queue(auto_delete=1),
        consume(tag="one"),
        consume(tag="two"),
        do("basic.cancel", consumer_tag="one"),
        queue(passive=1),
        do("basic.cancel", consumer_tag="two"),
        queue(passive=1),
    ],
    "goes with the channel of its consumer": [
        queue(auto_delete=1),
        open_channel(2),
        do("basic.consume", channel=2, queue="~q"),
        close_channel(2),
        queue(passive=1),
    ],
    "goes with the connection of its consumer": [
        queue(auto_delete=1),
        by("other", consume()),
        by("other", do("connection.close", channel=0, reply_code=200)),
        queue(passive=1),
    ],
    "a get is no consumer": [queue(auto_delete=1), get(), queue(passive=1)],
}

BIND = {
    "bound": [queue(), bind("~q", "amq.direct", "~k"), unbind("~q", "amq.direct", "~k")],
    "missing queue": [bind("~none", "amq.direct")],
    "missing exchange": [queue(), bind("~q", "~none")],
    "both missing": [bind("~none", "~nil")],
    "default exchange": [queue(), bind("~q", "")],
    "default exchange, missing queue": [bind("~none", "")],
    "unbind default exchange": [queue(), unbind("~q", "")],
    "internal exchange": [queue(), exchange(internal=1), bind("~q", "~x")],
    "nowait": [
        queue(),
        do("queue.bind", queue="~q", exchange="amq.direct", routing_key="~k", nowait=1),
        sync(),
    ],
    "nowait and refused": [
        queue(),
        do("queue.bind", queue="~q", exchange="~none", nowait=1),
        sync(),
    ],
    "unbind what was never bound": [queue(), unbind("~q", "amq.direct", "~never")],
    "unbind missing queue": [unbind("~none", "amq.direct")],
    "unbind missing exchange": [queue(), unbind("~q", "~none")],
    "unbind both missing": [unbind("~none", "~nil")],
    "twice is once": [
        queue(),
        exchange(),
        bind("~q", "~x", "k"),
        bind("~q", "~x", "k"),
        publish("k", exchange="~x"),
        sync(),
        get(),
        get(),
        unbind("~q", "~x", "k"),
        publish("k", exchange="~x", mandatory=1),
        expect(),
    ],
    "other arguments are another binding": [
        queue(),
        exchange(),
        bind("~q", "~x", "k"),
        bind("~q", "~x", "k", a=1),
        unbind("~q", "~x", "k"),
        publish("k", exchange="~x", mandatory=1),
        sync(),
        get(),
    ],
    "arguments of another integer width": [
        queue(),
        exchange(),
        bind("~q", "~x", "k", a=1),
        unbind("~q", "~x", "k", a=Typed("l", 1)),
        publish("k", exchange="~x", mandatory=1),
        quiet(),
    ],
    "arguments in another order": [
        queue(),
        exchange(),
        bind("~q", "~x", "k", a=1, b=2),
        unbind("~q", "~x", "k", b=2, a=1),
        publish("k", exchange="~x", mandatory=1),
        quiet(),
    ],
    "x-match of nonsense": [queue(), bind("~q", "amq.headers", **{"x-match": "some"})],
    "x-match of a wrong type": [queue(), bind("~q", "amq.headers", **{"x-match": 1})],
    "x-match on a direct exchange": [queue(), bind("~q", "amq.direct", **{"x-match": "some"})],
}

PURGE = {
    "purged": [queue(), publish("~q"), publish("~q"), do("queue.purge", queue="~q"), get()],
    "empty": [queue(), do("queue.purge", queue="~q")],
    "unacknowledged stay": [
        queue(),
        publish("~q"),
        publish("~q"),
        sync(),
        get(),
        do("queue.purge", queue="~q"),
        do("basic.recover", requeue=1),
        get(),
    ],
    "missing": [do("queue.purge", queue="~none")],
    "nowait": [queue(), do("queue.purge", queue="~q", nowait=1), sync()],
}

DELETE = {
    "deleted": [queue(), publish("~q"), sync(), do("queue.delete", queue="~q"), queue(passive=1)],
    "missing": [do("queue.delete", queue="~none")],
    "missing, if unused, if empty": [
        do("queue.delete", queue="~none", if_unused=1),
        do("queue.delete", queue="~none", if_empty=1),
    ],
    "if unused and used": [queue(), consume(), do("queue.delete", queue="~q", if_unused=1)],
    "if unused and unused": [queue(), do("queue.delete", queue="~q", if_unused=1)],
    "if empty and not": [
        queue(),
        publish("~q"),
        sync(),
        do("queue.delete", queue="~q", if_empty=1),
    ],
    "if empty and empty": [queue(), do("queue.delete", queue="~q", if_empty=1)],
    "if empty and only unacknowledged left": [
        queue(),
        publish("~q"),
        sync(),
        get(),
        do("queue.delete", queue="~q", if_empty=1),
    ],
    "if unused and if empty and neither": [
        queue(),
        publish("~q"),
        consume(),
        expect(),
        publish("~q"),
        expect(),
        do("queue.delete", queue="~q", if_unused=1, if_empty=1),
    ],
    "nowait": [queue(), do("queue.delete", queue="~q", nowait=1), queue(passive=1)],
    "reserved and missing": [do("queue.delete", queue="amq.none")],
    "with consumers": [queue(), consume(), do("queue.delete", queue="~q"), quiet()],
    "with another's consumers": [
        queue(),
        by("other", consume()),
        do("queue.delete", queue="~q"),
        by("other", expect()),
        by("other", do("basic.cancel", consumer_tag="t")),
        by("other", queue()),
        by("other", consume()),
    ],
    "unacknowledged messages settle quietly": [
        queue(),
        publish("~q"),
        publish("~q"),
        sync(),
        get(),
        get(),
        do("queue.delete", queue="~q"),
        tell("basic.ack", delivery_tag=1),
        tell("basic.nack", delivery_tag=2, requeue=1),
        sync(),
    ],
    "counts what waited, not what was out": [
        queue(),
        publish("~q"),
        publish("~q"),
        sync(),
        get(),
        do("queue.delete", queue="~q"),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("declare", DECLARE),
        ("server-named", SERVER_NAMED),
        ("exclusive", EXCLUSIVE),
        ("auto-delete", AUTO_DELETE),
        ("bind", BIND),
        ("purge", PURGE),
        ("delete", DELETE),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
