"""What a user may do to names that it may configure (c), write (w) or read (r), as they say.

The user `limited` has three patterns: a name with c after its prefix may be configured, one with
w written, one with r read. Guest prepares what it could not declare itself.
"""

import pytest

from leveret.broker.permissions import Permission
from tests.conformance.protocol.script import by, do, get, publish, queue, sync, tell
from tests.conformance.protocol.script import exchange as declare_exchange

LIMITED = Permission(
    configure="^t[0-9]+-[a-z]*c",
    write="^t[0-9]+-[a-z]*w",
    read="^t[0-9]+-[a-z]*r",
)


def given(*names: str):
    """Queues of these names, declared by guest."""
    return [by("guest", queue(name)) for name in names]


def given_exchanges(*names: str):
    return [by("guest", declare_exchange(name, "fanout")) for name in names]


def qbind(queue_name: str, exchange_name: str, verb: str = "bind"):
    return do(f"queue.{verb}", queue=queue_name, exchange=exchange_name)


def ebind(destination: str, source: str, verb: str = "bind"):
    return do(f"exchange.{verb}", destination=destination, source=source)


QUEUES = {
    "declare": [queue("~c")],
    "declare refused": [queue("~wr")],
    "declare an existing one refused": [*given("~wr"), queue("~wr")],
    "declare by the server's name": [queue("")],
    "passive declare needs nothing": [*given("~none"), queue("~none", passive=1)],
    "passive declare of a missing one": [queue("~none", passive=1)],
    "declare a reserved name": [queue("amq.mine")],
    "delete": [*given("~c"), do("queue.delete", queue="~c")],
    "delete refused": [*given("~wr"), do("queue.delete", queue="~wr")],
    "delete a missing one refused": [do("queue.delete", queue="~wr")],
    "purge": [*given("~r"), do("queue.purge", queue="~r")],
    "purge refused": [*given("~cw"), do("queue.purge", queue="~cw")],
    "purge a missing one refused": [do("queue.purge", queue="~cw")],
    "get": [*given("~r"), get("~r")],
    "get refused": [*given("~cw"), get("~cw")],
    "get from a missing one refused": [get("~cw")],
    "consume": [*given("~r"), do("basic.consume", queue="~r", consumer_tag="t")],
    "consume refused": [*given("~cw"), do("basic.consume", queue="~cw", consumer_tag="t")],
    "consume from a missing one refused": [do("basic.consume", queue="~cw")],
}

BINDINGS = {
    "bind": [*given("~w"), *given_exchanges("~xr"), qbind("~w", "~xr")],
    "bind refused for the queue": [*given("~cr"), *given_exchanges("~xr"), qbind("~cr", "~xr")],
    "bind refused for the exchange": [*given("~w"), *given_exchanges("~xcw"), qbind("~w", "~xcw")],
    "bind refused for both": [*given("~c"), *given_exchanges("~xc"), qbind("~c", "~xc")],
    "bind missing ones refused": [qbind("~c", "~xc")],
    "bind a missing queue": [*given_exchanges("~xr"), qbind("~w", "~xr")],
    "bind to the default exchange": [*given("~w"), qbind("~w", "")],
    "unbind": [*given("~w"), *given_exchanges("~xr"), qbind("~w", "~xr", "unbind")],
    "unbind refused for the queue": [
        *given("~cr"),
        *given_exchanges("~xr"),
        qbind("~cr", "~xr", "unbind"),
    ],
    "unbind refused for the exchange": [
        *given("~w"),
        *given_exchanges("~xcw"),
        qbind("~w", "~xcw", "unbind"),
    ],
    "exchanges": [*given_exchanges("~xw", "~yr"), ebind("~xw", "~yr")],
    "exchanges refused for the destination": [*given_exchanges("~xr", "~yr"), ebind("~xr", "~yr")],
    "exchanges refused for the source": [*given_exchanges("~xw", "~yw"), ebind("~xw", "~yw")],
    "exchanges unbound refused for the source": [
        *given_exchanges("~xw", "~yw"),
        ebind("~xw", "~yw", "unbind"),
    ],
}

EXCHANGES = {
    "declare": [declare_exchange("~xc")],
    "declare refused": [declare_exchange("~xwr")],
    "declare an existing one refused": [*given_exchanges("~xwr"), declare_exchange("~xwr")],
    "declare of an unknown type refused": [declare_exchange("~xwr", "nonsense")],
    "passive declare needs nothing": [
        *given_exchanges("~none"),
        declare_exchange("~none", passive=1),
    ],
    "declare with an alternate exchange": [
        declare_exchange("~xcr", arguments={"alternate-exchange": "~yw"})
    ],
    "alternate exchange, exchange unread": [
        declare_exchange("~xc", arguments={"alternate-exchange": "~yw"})
    ],
    "alternate exchange unwritten": [
        declare_exchange("~xcr", arguments={"alternate-exchange": "~yr"})
    ],
    "delete": [*given_exchanges("~xc"), do("exchange.delete", exchange="~xc")],
    "delete refused": [*given_exchanges("~xwr"), do("exchange.delete", exchange="~xwr")],
    "delete a missing one refused": [do("exchange.delete", exchange="~xwr")],
    "publish": [*given_exchanges("~xw"), publish("k", exchange="~xw"), sync()],
    "publish refused": [*given_exchanges("~xcr"), publish("k", exchange="~xcr"), sync()],
    "publish to a missing one refused": [publish("k", exchange="~xcr"), sync()],
    "publish to a missing one": [publish("k", exchange="~xw"), sync()],
    "publish to an internal one refused": [
        by("guest", declare_exchange("~xcr", internal=1)),
        publish("k", exchange="~xcr"),
        sync(),
    ],
    "publish by the default exchange refused": [*given("~w"), publish("~w"), sync()],
    "publish to amq.direct refused": [publish("k", exchange="amq.direct"), sync()],
    "publish with a bad expiration refused for access": [
        publish("k", exchange="amq.direct", expiration="abc"),
        sync(),
    ],
    "publish under another's name": [
        *given_exchanges("~xw"),
        publish("k", exchange="~xw", user_id="guest"),
        sync(),
    ],
    "publish refused in a transaction": [
        do("tx.select"),
        publish("k", exchange="amq.direct"),
        sync(),
    ],
}

REPLY_TO = {
    "listen": [
        do("basic.consume", queue="amq.rabbitmq.reply-to", consumer_tag="t", no_ack=1),
        do("basic.cancel", consumer_tag="t"),
    ],
    "dead-letter exchange unwritten": [
        queue("~cr", arguments={"x-dead-letter-exchange": "~yr"}),
    ],
    "dead-letter exchange, queue unread": [
        queue("~c", arguments={"x-dead-letter-exchange": "~yw"}),
    ],
    "what needs no permission": [
        do("basic.qos", prefetch_count=1),
        do("confirm.select"),
        do("basic.recover", requeue=1),
        do("basic.cancel", consumer_tag="none"),
        tell("basic.ack", delivery_tag=0, multiple=1),
        sync(),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("queues", QUEUES),
        ("bindings", BINDINGS),
        ("exchanges", EXCHANGES),
        ("others", REPLY_TO),
    ]
    for name, script in table.items()
}
OPTIONS = {"user": "limited"}
USERS = {"limited": LIMITED}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
