"""What clients see of policies: every key that does something, what beats what, and changes while
messages wait."""

import pytest

from tests.conformance.protocol.governing import (
    no_operator_policy,
    no_policy,
    operator_policy,
    own_vhost,
    policy,
)
from tests.conformance.protocol.script import (
    Run,
    Step,
    bind,
    by,
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
from tests.conformance.raw import Client

wait = quiet
count = queue(passive=1)
confirming = do("confirm.select")


def _read_verdict(_: Run, client: Client) -> None:
    """Whether one publish is confirmed or refused; the rest of the frame is RabbitMQ's choice."""
    found = client.receive()
    client.transcript[-1:] = [found.method if found else "silence"]


verdict = Step(_read_verdict)


def publishes(number: int, to: str = "~q", **values) -> list[Step]:
    return [*[publish(to, b"%d" % each, **values) for each in range(number)], sync()]


def limited(**arguments: int | str) -> Step:
    """A queue with arguments."""
    return queue(arguments={f"x-{key.replace('_', '-')}": each for key, each in arguments.items()})


morgue = [exchange("~dlx", "fanout"), queue("~morgue"), bind("~morgue", "~dlx")]
fallback = [exchange("~ae", "fanout"), queue("~strays"), bind("~strays", "~ae")]
to_x = {"pattern": "^~x$", "apply_to": "exchanges"}

KEYS = {
    "message-ttl": [queue(), policy({"message-ttl": 100}), *publishes(2), wait(0.4), count],
    "message-ttl 0": [queue(), policy({"message-ttl": 0}), *publishes(1), count],
    "expires": [queue(), policy({"expires": 150}), wait(0.6), count],
    "expires, consumed": [queue(), consume(), policy({"expires": 100}), wait(0.4), count],
    "max-length": [queue(), policy({"max-length": 2}), *publishes(4), count, get(), get(), get()],
    "max-length 0": [queue(), policy({"max-length": 0}), *publishes(2), count],
    "max-length-bytes": [queue(), policy({"max-length-bytes": 2}), *publishes(4), count, get()],
    "overflow": [
        queue(),
        policy({"max-length": 1, "overflow": "reject-publish"}),
        confirming,
        publish("~q", b"0"),
        verdict,
        publish("~q", b"1"),
        verdict,
        get(),
    ],
    "dead-letter-exchange": [
        queue(),
        *morgue,
        policy({"dead-letter-exchange": "~dlx"}),
        *publishes(1),
        get(),
        tell("basic.reject", delivery_tag=1),
        sync(),
        wait(0.1),
        get("~morgue"),
    ],
    "dead-letter-routing-key": [
        queue(),
        queue("~morgue"),
        policy({"dead-letter-exchange": "", "dead-letter-routing-key": "~morgue"}),
        *publishes(1),
        get(),
        tell("basic.nack", delivery_tag=1),
        sync(),
        wait(0.1),
        get("~morgue"),
    ],
    "dead letters of a full queue": [
        queue(),
        *morgue,
        policy({"max-length": 1, "dead-letter-exchange": "~dlx"}),
        *publishes(3),
        wait(0.1),
        get("~morgue"),
        get("~morgue"),
        get(),
    ],
    "queue-mode": [queue(), policy({"queue-mode": "lazy"}), *publishes(2), get(), get(), count],
    "alternate-exchange": [
        exchange("~x"),
        *fallback,
        policy({"alternate-exchange": "~ae"}, **to_x),
        publish("nowhere", exchange="~x", mandatory=1),
        sync(),
        get("~strays"),
    ],
    "delivery-limit of a quorum queue": [
        queue(durable=1, arguments={"x-queue-type": "quorum"}),
        policy({"delivery-limit": 1}),
        wait(0.3),
        *publishes(1),
        *[
            step
            for tag in (1, 2)
            for step in (
                get(),
                tell("basic.reject", delivery_tag=tag, requeue=1),
                sync(),
                wait(0.3),
            )
        ],
        count,
    ],
}

ARGUMENTS = {
    "a smaller length beats the policy's": [
        limited(max_length=1),
        policy({"max-length": 3}),
        *publishes(4),
        count,
    ],
    "a greater length does not": [
        limited(max_length=3),
        policy({"max-length": 1}),
        *publishes(4),
        count,
    ],
    "a smaller TTL": [
        limited(message_ttl=100),
        policy({"message-ttl": 60000}),
        *publishes(1),
        wait(0.4),
        count,
    ],
    "a greater TTL": [
        limited(message_ttl=60000),
        policy({"message-ttl": 100}),
        *publishes(1),
        wait(0.4),
        count,
    ],
    "a greater x-expires": [limited(expires=60000), policy({"expires": 150}), wait(0.6), count],
    "fewer octets": [
        limited(max_length_bytes=1),
        policy({"max-length-bytes": 3}),
        *publishes(4),
        count,
    ],
    "overflow beats the policy's": [
        limited(overflow="drop-head", max_length=1),
        policy({"overflow": "reject-publish"}),
        confirming,
        publish("~q", b"0"),
        verdict,
        publish("~q", b"1"),
        verdict,
        get(),
    ],
    "the exchange of dead letters beats the policy's": [
        *morgue,
        limited(dead_letter_exchange="nowhere"),
        policy({"dead-letter-exchange": "~dlx"}),
        *publishes(1),
        get(),
        tell("basic.reject", delivery_tag=1),
        sync(),
        wait(0.1),
        get("~morgue"),
    ],
    "an alternate exchange beats the policy's": [
        *fallback,
        exchange("~x", arguments={"alternate-exchange": "nowhere"}),
        policy({"alternate-exchange": "~ae"}, **to_x),
        publish("nowhere", exchange="~x", mandatory=1),
        sync(),
        get("~strays"),
    ],
    "both kinds of length": [
        limited(max_length=2),
        policy({"max-length-bytes": 1}),
        *publishes(3),
        count,
    ],
}

OPERATORS = {
    "alone": [queue(), operator_policy({"max-length": 1}), *publishes(3), count],
    "the smaller is the operator's": [
        queue(),
        policy({"max-length": 3}),
        operator_policy({"max-length": 1}),
        *publishes(4),
        count,
    ],
    "the smaller is the policy's": [
        queue(),
        policy({"max-length": 1}),
        operator_policy({"max-length": 3}),
        *publishes(4),
        count,
    ],
    "both say something else": [
        queue(),
        policy({"max-length": 1}),
        operator_policy({"message-ttl": 150}),
        *publishes(3),
        count,
        wait(0.4),
        count,
    ],
    "an argument is limited too": [
        limited(max_length=5),
        operator_policy({"max-length": 1}),
        *publishes(3),
        count,
    ],
    "the higher of two": [
        queue(),
        operator_policy({"max-length": 1}, "~low"),
        operator_policy({"max-length": 2}, "~high", priority=5),
        *publishes(4),
        count,
    ],
    "cleared": [
        queue(),
        operator_policy({"max-length": 1}),
        no_operator_policy(),
        *publishes(3),
        count,
    ],
    "not for exchanges alone": [
        queue(),
        operator_policy({"max-length": 1}, apply_to="exchanges"),
        *publishes(3),
        count,
    ],
}

CHOICE = {
    "the higher priority": [
        queue(),
        policy({"max-length": 1}, name="~low", priority=-1),
        policy({"max-length": 2}, name="~high"),
        *publishes(4),
        count,
    ],
    "the higher alone, not both": [
        queue(),
        policy({"max-length": 1}, name="~low", priority=1),
        policy({"message-ttl": 60000}, name="~high", priority=2),
        *publishes(4),
        count,
    ],
    "a pattern anywhere in the name": [
        queue("~quiet"),
        policy({"max-length": 1}, pattern="~qui"),
        *publishes(2, "~quiet"),
        queue("~quiet", passive=1),
    ],
    "exchanges only": [
        queue(),
        policy({"max-length": 1}, apply_to="exchanges"),
        *publishes(3),
        count,
    ],
    "what a type of queue does not know": [
        queue(),
        policy({"max-age": "1h", "max-length": 1}, name="~strange", priority=9),
        policy({"max-length": 2}, name="~plain"),
        *publishes(4),
        count,
    ],
    "an exclusive queue": [queue(exclusive=1), policy({"max-length": 1}), *publishes(3), count],
    "a queue named by the server": [
        own_vhost(),
        by("elsewhere", queue("", exclusive=1)),
        policy({"expires": 150}, pattern=r"^amq\.gen-", vhost="~v"),
        by("elsewhere", wait(0.6)),
        by("elsewhere", queue("", passive=1)),
    ],
    "amq.topic": [
        own_vhost(),
        *[by("elsewhere", each) for each in fallback],
        policy({"alternate-exchange": "~ae"}, pattern="^amq.topic$", vhost="~v"),
        by("elsewhere", publish("nowhere", exchange="amq.topic", mandatory=1)),
        by("elsewhere", sync()),
        by("elsewhere", get("~strays")),
    ],
    "the default exchange has no alternate": [
        own_vhost(),
        *[by("elsewhere", each) for each in fallback],
        policy({"alternate-exchange": "~ae"}, pattern="^$", vhost="~v"),
        by("elsewhere", publish("nowhere", mandatory=1)),
        by("elsewhere", expect(1)),
        by("elsewhere", get("~strays")),
    ],
    "another vhost's policy": [
        own_vhost(),
        policy({"max-length": 1}, vhost="~v"),
        queue(),
        *publishes(3),
        count,
    ],
}

CHANGES = {
    "a shorter queue loses its oldest": [
        queue(),
        *publishes(5),
        policy({"max-length": 2}),
        count,
        get(),
        get(),
    ],
    "fewer octets lose the oldest": [
        queue(),
        *publishes(5),
        policy({"max-length-bytes": 3}),
        count,
        get(),
    ],
    "what goes is dead-lettered": [
        queue(),
        *morgue,
        *publishes(3),
        policy({"max-length": 1, "dead-letter-exchange": "~dlx"}),
        count,
        wait(0.1),
        get("~morgue"),
        get("~morgue"),
    ],
    "changed": [
        queue(),
        policy({"max-length": 1}),
        policy({"max-length": 3}),
        *publishes(4),
        count,
    ],
    "cleared": [queue(), policy({"max-length": 1}), no_policy(), *publishes(3), count],
    "cleared, and the next applies": [
        queue(),
        policy({"max-length": 1}, priority=1),
        policy({"max-length": 2}, name="~next"),
        no_policy(),
        *publishes(4),
        count,
    ],
    "expires cleared": [
        queue(),
        # So long that a busy RabbitMQ has heard of the second before it is over.
        policy({"expires": 3000}),
        no_policy(),
        wait(3.5),
        count,
    ],
    "set before the queue is declared": [policy({"max-length": 1}), queue(), *publishes(3), count],
    "a pattern that matches no more": [
        queue(),
        policy({"max-length": 1}),
        policy({"max-length": 1}, pattern="^~other$"),
        *publishes(3),
        count,
    ],
    "an alternate exchange that goes": [
        exchange("~x"),
        *fallback,
        policy({"alternate-exchange": "~ae"}, **to_x),
        publish("nowhere", exchange="~x", mandatory=1),
        sync(),
        no_policy(),
        publish("nowhere", exchange="~x", mandatory=1),
        expect(),
        get("~strays"),
        get("~strays"),
    ],
    "refusing starts and ends": [
        queue(),
        confirming,
        publish("~q"),
        verdict,
        policy({"max-length": 1, "overflow": "reject-publish"}),
        publish("~q"),
        verdict,
        no_policy(),
        publish("~q"),
        verdict,
        count,
    ],
    "declared again as it was": [
        limited(max_length=3),
        policy({"max-length": 1}),
        limited(max_length=3),
        queue(),
        open_channel(1),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("keys", KEYS),
        ("arguments", ARGUMENTS),
        ("operators", OPERATORS),
        ("choice", CHOICE),
        ("changes", CHANGES),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
