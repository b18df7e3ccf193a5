"""What the firehose says of messages, on both brokers."""

import pytest

from tests.conformance.protocol.script import (
    bind,
    by,
    close_channel,
    consume,
    do,
    exchange,
    get,
    open_channel,
    publish,
    queue,
    quiet,
    sync,
    tell,
)

TRACE = "amq.rabbitmq.trace"
EVERYTHING = {
    "content_type": "text/plain",
    "content_encoding": "utf-8",
    "headers": {"a": 1, "s": "x", "t": {"n": True}, "l": [1, "x"]},
    "delivery_mode": 2,
    "priority": 3,
    "correlation_id": "c",
    "reply_to": "r",
    "expiration": "60000",
    "message_id": "m",
    "timestamp": 1234,
    "type": "ty",
    "user_id": "guest",
    "app_id": "app",
    "cluster_id": "cl",
}


def watch(*keys: str):
    """Another connection that is given the copies; named copies of names are the script's own."""
    return [
        by("tap", step)
        for step in (
            queue("~tap", exclusive=1),
            *(bind("~tap", TRACE, key) for key in keys or ("#",)),
            consume("~tap", "tap", no_ack=1),
        )
    ]


copies = by("tap", quiet(0.4))
SCRIPTS = {
    "a publish": [*watch(), queue(), publish("~q"), sync(), copies],
    "all properties": [*watch(), queue(), publish("~q", b"hello", **EVERYTHING), sync(), copies],
    "an empty body": [*watch(), queue(), publish("~q", b""), sync(), copies],
    "a large body": [*watch(), queue(), publish("~q", b"x" * 300_000), sync(), copies],
    "through an exchange": [
        *watch(),
        *(step for name in ("~b", "~a") for step in (queue(name), exchange("~x", "fanout"))),
        *(bind(name, "~x") for name in ("~b", "~a")),
        publish("key", exchange="~x"),
        sync(),
        copies,
    ],
    "each publish, not the first alone": [*watch(), queue(), *[publish("~q")] * 3, sync(), copies],
    "copies to": [
        *watch(),
        queue("~a"),
        queue("~b"),
        publish("~a", headers={"CC": ["~b", "~none"], "BCC": ["~zz"]}),
        sync(),
        copies,
    ],
    "nowhere": [*watch(), publish("~none"), sync(), copies],
    "returned": [*watch(), publish("~none", mandatory=1), sync(), copies],
    "refused": [*watch(), publish("k", exchange="~none"), sync(), copies],
    "got": [*watch("deliver.#"), queue(), publish("~q"), get(no_ack=1), copies],
    "got again": [
        *watch("deliver.#"),
        queue(),
        publish("~q", **EVERYTHING),
        get(),
        tell("basic.nack", delivery_tag=1, requeue=1),
        get(),
        copies,
    ],
    "nothing to get": [*watch(), queue(), get(), copies],
    "consumed": [
        *watch("deliver.#"),
        queue(),
        publish("~q", b"before"),
        consume(),
        publish("~q", b"after", headers={"CC": ["~c"]}),
        quiet(0.3),
        copies,
    ],
    "another channel": [
        *watch(),
        queue(),
        open_channel(7),
        publish("~q", channel=7),
        sync(7),
        copies,
        do("basic.get", queue="~q", channel=7),
        copies,
    ],
    "a transaction": [
        *watch(),
        queue(),
        do("tx.select"),
        publish("~q"),
        sync(),
        copies,
        do("tx.commit"),
        get(),
        copies,
    ],
    "given back by a channel": [
        *watch("deliver.#"),
        queue(),
        publish("~q"),
        get(),
        close_channel(),
        open_channel(1),
        get("~q"),
        copies,
    ],
    "a request for a direct reply": [
        *watch(),
        queue(),
        do("basic.consume", queue="amq.rabbitmq.reply-to", consumer_tag="r", no_ack=1),
        publish("~q", reply_to="amq.rabbitmq.reply-to"),
        sync(),
        copies,
    ],
    "only what was asked for": [
        *watch("publish.~x", "deliver.~q"),
        queue("~q"),
        queue("~other"),
        exchange("~x", "fanout"),
        bind("~q", "~x"),
        bind("~other", "~x"),
        publish("k", exchange="~x"),
        publish("~q"),
        get("~q"),
        get("~other"),
        copies,
    ],
    "published to it": [publish("k", exchange=TRACE), sync()],
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_say_the_same_of_a_message(name, alike):
    alike(SCRIPTS[name])
