"""What a user may say to a topic exchange: routing keys asked about, on both brokers.

The user `topical` may do everything, and has topic permissions for three exchanges.
"""

import pytest

from leveret.broker.permissions import EVERYTHING
from leveret.broker.topic_permissions import TopicPermission
from tests.brokers import Endpoint
from tests.conformance.protocol.script import by, do, get, publish, queue, run, sync
from tests.conformance.protocol.script import exchange as declare_exchange

USER = "topical"
GRANTED = {
    "tp-plain": TopicPermission("^w\\.", "^r\\."),
    "tp-named": TopicPermission("^{username}\\.{vhost}$", "^{username}-{client_id}-{other}$"),
    "tp-nothing": TopicPermission("", ""),
    # Permissions for what is no topic exchange change nothing.
    "tp-direct": TopicPermission("", ""),
}
EXCHANGES = [
    by("guest", declare_exchange(name, "direct" if name == "tp-direct" else "topic"))
    for name in (*GRANTED, "tp-free")
]
QUEUE = by("guest", queue())


def say(exchange: str, key: str, **properties):
    return [publish(key, exchange=exchange, **properties), sync()]


def bind(exchange: str, key: str, verb: str = "bind"):
    return [QUEUE, do(f"queue.{verb}", queue="~q", exchange=exchange, routing_key=key)]


def bind_exchange(destination: str, source: str, key: str, verb: str = "bind"):
    named = {"destination": destination, "source": source, "routing_key": key}
    return [do(f"exchange.{verb}", **named)]


PUBLISH = {
    "allowed": say("tp-plain", "w.1"),
    "refused": say("tp-plain", "r.1"),
    "refused with a bad property": say("tp-plain", "r.1", expiration="soon"),
    "refused under another's name": say("tp-plain", "r.1", user_id="guest"),
    "refused in a transaction": [do("tx.select"), *say("tp-plain", "r.1")],
    "refused mandatory": [publish("r.1", exchange="tp-plain", mandatory=1), sync()],
    "allowed, refused, allowed": [
        *say("tp-plain", "w.1"),
        *say("tp-plain", "w.1"),
        *say("tp-plain", "x"),
    ],
    "allowed and delivered": [
        by("guest", queue()),
        by("guest", do("queue.bind", queue="~q", exchange="tp-plain", routing_key="w.#")),
        *say("tp-plain", "w.1.2"),
        get(),
    ],
    "variables": say("tp-named", "topical./"),
    "variables refused": say("tp-named", "guest./"),
    "empty pattern, empty key": say("tp-nothing", ""),
    "empty pattern refused": say("tp-nothing", "a"),
    "without topic permissions": say("tp-free", "anything"),
    "no topic exchange": say("tp-direct", "anything"),
    "through an exchange before it": [
        by("guest", declare_exchange("~x", "fanout")),
        by("guest", do("exchange.bind", destination="tp-plain", source="~x")),
        *say("~x", "not.allowed"),
    ],
    "as an alternate exchange": [
        by("guest", declare_exchange("~x", arguments={"alternate-exchange": "tp-plain"})),
        *say("~x", "not.allowed"),
    ],
}
BIND = {
    "allowed": bind("tp-plain", "r.#"),
    "refused": bind("tp-plain", "w.#"),
    "unbind refused": bind("tp-plain", "w.#", "unbind"),
    "unbind allowed": bind("tp-plain", "r.#", "unbind"),
    "missing queue refused": [
        do("queue.bind", queue="~none", exchange="tp-plain", routing_key="w"),
    ],
    "missing exchange": bind("tp-missing", "w"),
    "unknown variables are text": bind("tp-named", "topical-{client_id}-{other}"),
    "exchange refused": bind_exchange("tp-direct", "tp-plain", "w.#"),
    "exchange allowed": bind_exchange("tp-direct", "tp-plain", "r.#"),
    "exchange unbind refused": bind_exchange("tp-direct", "tp-plain", "w.#", "unbind"),
    "destination is not asked": bind_exchange("tp-plain", "tp-direct", "anything"),
    "the queue's name is the key": [
        queue(),
        do("queue.bind", queue="", exchange="tp-plain", routing_key=""),
    ],
}
SCRIPTS = {
    f"{topic}: {name}": [*EXCHANGES, *script]
    for topic, table in [("publish", PUBLISH), ("bind", BIND)]
    for name, script in table.items()
}
OPTIONS = {"user": USER}
USERS = {USER: EVERYTHING}


@pytest.fixture(scope="module", autouse=True)
def granted(rabbitmq: Endpoint, leveret: Endpoint) -> None:
    """Before any script starts."""
    for broker in (rabbitmq, leveret):
        broker.admit(USER, EVERYTHING)
        for exchange, rights in GRANTED.items():
            broker.admin.set_topic_permission(USER, exchange, rights)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_ends_alike_on_both(name: str, rabbitmq: Endpoint, leveret: Endpoint) -> None:
    theirs, ours = (run(SCRIPTS[name], broker, user=USER) for broker in (rabbitmq, leveret))
    assert ours == theirs


def test_the_keys_of_copies_are_asked_about_too(leveret: Endpoint) -> None:
    """Not by RabbitMQ 3.10.8; its later versions do (docs/differences.md)."""
    script = [*EXCHANGES, *say("tp-plain", "w.1", headers={"CC": ["w.2", "r.1"]})]
    (closed,) = [line for line in run(script, leveret, user=USER) if "channel.close" in line]
    assert "access to topic 'r.1' in exchange 'tp-plain' in vhost '/' refused for" in closed
