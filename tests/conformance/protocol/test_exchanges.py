"""Exchanges: declared, compared, bound to each other, deleted, refused."""

import pytest

from tests.conformance.protocol.script import (
    bind,
    do,
    exchange,
    expect,
    get,
    open_channel,
    publish,
    queue,
    sync,
)
from tests.conformance.protocol.wire import Typed

again = open_channel(1)


def ebind(destination: str, source: str, routing_key: str = "", **arguments: object):
    return do(
        "exchange.bind",
        destination=destination,
        source=source,
        routing_key=routing_key,
        arguments=arguments,
    )


def eunbind(destination: str, source: str, routing_key: str = "", **arguments: object):
    return do(
        "exchange.unbind",
        destination=destination,
        source=source,
        routing_key=routing_key,
        arguments=arguments,
    )


DECLARE = {
    "declared twice alike": [exchange(), exchange()],
    "other type": [exchange(), exchange(kind="fanout")],
    "other durability": [exchange(), exchange(durable=1)],
    "less durable": [exchange(durable=1), exchange()],
    "other auto-delete": [exchange(), exchange(auto_delete=1)],
    "other internal": [exchange(), exchange(internal=1)],
    "several differences name the first": [exchange(), exchange(kind="topic", durable=1)],
    "unknown arguments are no difference": [exchange(), exchange(arguments={"x-foo": 1})],
    "other alternate exchange": [
        exchange(arguments={"alternate-exchange": "a"}),
        exchange(arguments={"alternate-exchange": "b"}),
    ],
    "alternate exchange left out": [
        exchange(arguments={"alternate-exchange": "a"}),
        exchange(),
    ],
    "alternate exchange added": [exchange(), exchange(arguments={"alternate-exchange": "a"})],
    "alternate exchange of a wrong type": [exchange(arguments={"alternate-exchange": 1})],
    "alternate exchange of bytes": [exchange(arguments={"alternate-exchange": Typed("x", b"abc")})],
    "unknown type": [exchange(kind="nonsense")],
    "unknown x-type": [exchange(kind="x-nonsense")],
    "empty type": [exchange(kind="")],
    "reserved name": [exchange("amq.mine")],
    "reserved name, bare prefix": [exchange("amq.")],
    "name that only begins like a reserved one": [exchange("amqx~"), exchange("~amq.")],
    "predeclared alike": [exchange("amq.direct", "direct", durable=1)],
    "predeclared otherwise": [exchange("amq.direct", "direct")],
    "predeclared with another type": [exchange("amq.direct", "fanout", durable=1)],
    "predeclared, all of them": [
        exchange(name, kind, durable=1)
        for name, kind in [
            ("amq.direct", "direct"),
            ("amq.fanout", "fanout"),
            ("amq.topic", "topic"),
            ("amq.headers", "headers"),
            ("amq.match", "headers"),
        ]
    ],
    "predeclared trace exchange is internal": [
        exchange("amq.rabbitmq.trace", "topic", durable=1, internal=1)
    ],
    "default exchange": [exchange("", "direct", durable=1)],
    "default exchange, passive": [exchange("", "direct", passive=1)],
    "default exchange with another type": [exchange("", "fanout")],
    "passive and present": [exchange(), exchange(passive=1)],
    "passive ignores the rest": [exchange(), exchange(kind="topic", durable=1, passive=1)],
    "passive with an unknown type": [exchange(), exchange(kind="nonsense", passive=1)],
    "passive and missing": [exchange("~none", passive=1)],
    "passive and reserved": [exchange("amq.none", passive=1)],
    "passive predeclared": [exchange("amq.topic", passive=1)],
    "name of 255": [exchange("~" + "n" * 240)],
    "name with spaces and signs": [exchange("~ a/b*#?\n'\"")],
    "name that is not ascii": [exchange("~zaječí")],
    "nowait": [exchange(nowait=1), sync(), exchange(passive=1)],
    "nowait and refused": [exchange("amq.mine", nowait=1), sync()],
    "line breaks are cut from names": [exchange("~a\r\nb"), exchange("~ab", passive=1)],
}

DELETE = {
    "deleted": [exchange(), do("exchange.delete", exchange="~x"), exchange(passive=1)],
    "missing": [do("exchange.delete", exchange="~none")],
    "missing, if unused": [do("exchange.delete", exchange="~none", if_unused=1)],
    "predeclared": [do("exchange.delete", exchange="amq.direct")],
    "reserved and missing": [do("exchange.delete", exchange="amq.none")],
    "default": [do("exchange.delete", exchange="")],
    "if unused and unused": [exchange(), do("exchange.delete", exchange="~x", if_unused=1)],
    "if unused and used by a queue": [
        exchange(),
        queue(),
        bind("~q", "~x"),
        do("exchange.delete", exchange="~x", if_unused=1),
        again,
        do("exchange.delete", exchange="~x"),
    ],
    "if unused and used by an exchange": [
        exchange(),
        exchange("~y"),
        ebind("~y", "~x"),
        do("exchange.delete", exchange="~y", if_unused=1),
        do("exchange.delete", exchange="~x", if_unused=1),
    ],
    "if unused and a source": [
        exchange(),
        exchange("~y"),
        ebind("~y", "~x"),
        do("exchange.delete", exchange="~x", if_unused=1),
    ],
    "nowait": [
        exchange(),
        do("exchange.delete", exchange="~x", nowait=1),
        exchange(passive=1),
    ],
    "its bindings go with it": [
        exchange(),
        queue(),
        bind("~q", "~x", "k"),
        do("exchange.delete", exchange="~x"),
        exchange(),
        publish("k", exchange="~x", mandatory=1),
        expect(1),
    ],
}

AUTO_DELETE = {
    "stays until it has been bound": [
        exchange(auto_delete=1),
        exchange(passive=1),
    ],
    "goes with its last binding": [
        exchange(auto_delete=1),
        queue(),
        bind("~q", "~x", "one"),
        bind("~q", "~x", "two"),
        do("queue.unbind", queue="~q", exchange="~x", routing_key="one"),
        exchange(passive=1),
        do("queue.unbind", queue="~q", exchange="~x", routing_key="two"),
        exchange(passive=1),
    ],
    "goes with its last queue": [
        exchange(auto_delete=1),
        queue(),
        bind("~q", "~x"),
        do("queue.delete", queue="~q"),
        exchange(passive=1),
    ],
    "goes when the exchange bound to it goes": [
        exchange(auto_delete=1),
        exchange("~y"),
        ebind("~y", "~x"),
        do("exchange.delete", exchange="~y"),
        exchange(passive=1),
    ],
    "a chain goes together": [
        exchange("~top", auto_delete=1),
        exchange("~mid", auto_delete=1),
        queue(),
        ebind("~mid", "~top"),
        bind("~q", "~mid"),
        do("queue.delete", queue="~q"),
        exchange("~mid", passive=1),
        again,
        exchange("~top", passive=1),
    ],
    "stays when it is only a destination": [
        exchange("~x"),
        exchange("~y", auto_delete=1),
        ebind("~y", "~x"),
        eunbind("~y", "~x"),
        exchange("~y", passive=1),
    ],
}

BIND = {
    "routes on": [
        exchange("~x"),
        exchange("~y", "fanout"),
        queue(),
        ebind("~y", "~x", "k"),
        bind("~q", "~y"),
        publish("k", exchange="~x"),
        sync(),
        get(),
    ],
    "twice is once": [
        exchange("~x"),
        exchange("~y"),
        ebind("~y", "~x", "k"),
        ebind("~y", "~x", "k"),
        eunbind("~y", "~x", "k"),
        publish("k", exchange="~x", mandatory=1),
        expect(1),
    ],
    "missing source": [exchange(), ebind("~x", "~none")],
    "missing destination": [exchange(), ebind("~none", "~x")],
    "both missing": [ebind("~none", "~nil")],
    "default source": [exchange(), ebind("~x", "")],
    "default destination": [exchange(), ebind("", "~x")],
    "unbind what was never bound": [exchange("~x"), exchange("~y"), eunbind("~y", "~x", "k")],
    "unbind, missing source": [exchange(), eunbind("~x", "~none")],
    "unbind, missing destination": [exchange(), eunbind("~none", "~x")],
    "unbind default": [exchange(), eunbind("~x", "")],
    "to itself": [
        exchange("~x", "fanout"),
        queue(),
        ebind("~x", "~x"),
        bind("~q", "~x"),
        publish("", exchange="~x"),
        sync(),
        get(),
        get(),
    ],
    "in a circle, each queue once": [
        exchange("~x", "fanout"),
        exchange("~y", "fanout"),
        queue(),
        ebind("~x", "~y"),
        ebind("~y", "~x"),
        bind("~q", "~x"),
        bind("~q", "~y"),
        publish("", exchange="~x"),
        sync(),
        get(),
        get(),
    ],
    "to an internal one": [
        exchange("~x"),
        exchange("~inner", internal=1),
        queue(),
        ebind("~inner", "~x", "k"),
        bind("~q", "~inner", "k"),
        publish("k", exchange="~x"),
        sync(),
        get(),
        publish("k", exchange="~inner"),
        sync(),
    ],
    "to a predeclared one": [
        ebind("amq.fanout", "amq.direct", "~k"),
        eunbind("amq.fanout", "amq.direct", "~k"),
    ],
    "nowait": [
        exchange("~x"),
        exchange("~y"),
        do("exchange.bind", destination="~y", source="~x", nowait=1),
        do("exchange.unbind", destination="~y", source="~x", nowait=1),
        sync(),
    ],
}

ALTERNATE = {
    "takes what was not routed": [
        exchange("~alt", "fanout"),
        exchange("~x", arguments={"alternate-exchange": "~alt"}),
        queue(),
        bind("~q", "~alt"),
        publish("nowhere", exchange="~x", mandatory=1),
        sync(),
        get(),
    ],
    "missing is as none": [
        exchange("~x", arguments={"alternate-exchange": "~alt"}),
        publish("nowhere", exchange="~x", mandatory=1),
        expect(1),
    ],
    "a circle ends": [
        exchange("~x", arguments={"alternate-exchange": "~y"}),
        exchange("~y", arguments={"alternate-exchange": "~x"}),
        publish("nowhere", exchange="~x", mandatory=1),
        expect(1),
    ],
    "a chain of them": [
        exchange("~z", "fanout"),
        exchange("~y", arguments={"alternate-exchange": "~z"}),
        exchange("~x", arguments={"alternate-exchange": "~y"}),
        queue(),
        bind("~q", "~z"),
        publish("nowhere", exchange="~x"),
        sync(),
        get(),
    ],
    "may be internal": [
        exchange("~alt", "fanout", internal=1),
        exchange("~x", arguments={"alternate-exchange": "~alt"}),
        queue(),
        bind("~q", "~alt"),
        publish("nowhere", exchange="~x"),
        sync(),
        get(),
    ],
    "applies to an exchange reached through a binding": [
        exchange("~alt", "fanout"),
        exchange("~x", "fanout"),
        exchange("~y", arguments={"alternate-exchange": "~alt"}),
        queue(),
        ebind("~y", "~x"),
        bind("~q", "~alt"),
        publish("nowhere", exchange="~x"),
        sync(),
        get(),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("declare", DECLARE),
        ("delete", DELETE),
        ("auto-delete", AUTO_DELETE),
        ("bind", BIND),
        ("alternate", ALTERNATE),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
