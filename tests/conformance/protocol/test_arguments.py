"""Queue arguments: which values are accepted, what is said of others, what compares equal."""

import pytest

from tests.conformance.protocol.script import queue
from tests.conformance.protocol.wire import Typed


def declared(**arguments: object):
    return [queue(arguments={name.replace("_", "-"): each for name, each in arguments.items()})]


def twice(first: dict[str, object], second: dict[str, object]):
    return [queue(arguments=first), queue(arguments=second)]


KINDS = {
    "string": "abc",
    "number as string": "5000",
    "bool": True,
    "float": 1.5,
    "void": None,
    "bytes": b"abc",
    "table": {"a": 1},
    "array": [1],
    "timestamp": Typed("T", 5000),
    "decimal": Typed("D", (0, 5000)),
}

INTEGERS = {
    "-1": -1,
    "0": 0,
    "1": 1,
    "5000": 5000,
    "byte": Typed("b", 5),
    "unsigned byte": Typed("B", 5),
    "short": Typed("s", 5),
    "unsigned short": Typed("u", 5),
    "unsigned int": Typed("i", 5),
    "long": Typed("l", 5),
    "2^31": Typed("l", 2**31),
    "2^32": Typed("l", 2**32),
    "ten years": Typed("l", 315360000000),
    "ten years and a moment": Typed("l", 315360000001),
    "largest": Typed("l", 2**63 - 1),
    "very negative": Typed("l", -(2**63)),
}

NUMBERS = ["x-expires", "x-message-ttl", "x-max-length", "x-max-length-bytes", "x-max-priority"]
WORDS = [
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-overflow",
    "x-queue-mode",
    "x-queue-type",
    "x-single-active-consumer",
    "x-queue-version",
    "x-unknown",
    "unknown",
]

VALUES = {
    f"{argument} {kind}": [queue(arguments={argument: value})]
    for arguments, values in [(NUMBERS, INTEGERS | KINDS), (WORDS, KINDS)]
    for argument in arguments
    for kind, value in values.items()
}

MORE = {
    f"{argument} {value!r}": [queue(durable=durable, arguments={argument: value})]
    for argument, value, durable in [
        ("x-max-priority", 10, 0),
        ("x-max-priority", 255, 0),
        ("x-max-priority", 256, 0),
        ("x-overflow", "drop-head", 0),
        ("x-overflow", "reject-publish", 0),
        ("x-overflow", "reject-publish-dlx", 0),
        ("x-overflow", "", 0),
        ("x-queue-mode", "default", 0),
        ("x-queue-mode", "lazy", 0),
        ("x-queue-mode", "LAZY", 0),
        ("x-queue-type", "classic", 0),
        ("x-queue-type", "quorum", 0),
        ("x-queue-type", "stream", 0),
        ("x-queue-type", "", 0),
        ("x-queue-version", 1, 0),
        ("x-queue-version", 2, 0),
        ("x-queue-version", 3, 0),
        ("x-dead-letter-exchange", "", 0),
        ("x-dead-letter-exchange", "amq.direct", 0),
        ("x-single-active-consumer", False, 0),
        ("x-delivery-limit", 5, 0),
        ("x-max-in-memory-length", 1, 0),
        ("x-max-age", "1h", 0),
        ("x-quorum-initial-group-size", 3, 0),
        ("x-dead-letter-strategy", "at-least-once", 0),
        ("x-queue-leader-locator", "client-local", 0),
        ("x-queue-master-locator", "min-masters", 0),
        ("x-stream-max-segment-size-bytes", 100, 0),
        ("x-consumer-timeout", 100, 0),
    ]
}

TOGETHER = {
    "dead-letter routing key without an exchange": declared(x_dead_letter_routing_key="k"),
    "dead-letter routing key with an exchange": declared(
        x_dead_letter_exchange="", x_dead_letter_routing_key="k"
    ),
    "two bad ones name the first": declared(x_expires=-1, x_message_ttl=-1),
    "two bad ones, turned": declared(x_message_ttl=-1, x_expires=-1),
    "a bad one and a good one": declared(x_max_priority=5, x_expires=0),
    "passive does not look": [queue(), queue(passive=1, arguments={"x-expires": 0})],
    "a bad one on an existing queue": twice({}, {"x-expires": 0}),
    "a bad one with a reserved name": [queue("amq.mine", arguments={"x-expires": 0})],
}

X = "x-message-ttl"
EQUAL = {
    "alike": twice({X: 5000}, {X: 5000}),
    "other value": twice({X: 5000}, {X: 6000}),
    "left out": twice({X: 5000}, {}),
    "added": twice({}, {X: 5000}),
    "other width": twice({X: 5000}, {X: Typed("l", 5000)}),
    "other width and value": twice({X: 5000}, {X: Typed("l", 6000)}),
    "other order": twice({X: 5000, "x-expires": 60000}, {"x-expires": 60000, X: 5000}),
    "second differs": twice({X: 5000, "x-expires": 60000}, {X: 5000, "x-expires": 70000}),
    "both differ": twice({X: 5000, "x-expires": 60000}, {X: 1, "x-expires": 2}),
    "unknown x- other value": twice({"x-mine": 1}, {"x-mine": 2}),
    "unknown x- left out": twice({"x-mine": 1}, {}),
    "unknown other value": twice({"mine": 1}, {"mine": 2}),
    "priority other value": twice({"x-max-priority": 5}, {"x-max-priority": 6}),
    "priority added": twice({}, {"x-max-priority": 5}),
    "priority left out": twice({"x-max-priority": 5}, {}),
    "expires other value": twice({"x-expires": 60000}, {"x-expires": 70000}),
    "expires added": twice({}, {"x-expires": 60000}),
    "type named later": twice({}, {"x-queue-type": "classic"}),
    "type no longer named": twice({"x-queue-type": "classic"}, {}),
    "type other": twice({}, {"x-queue-type": "quorum"}),
    "flags before arguments": [queue(arguments={X: 5}), queue(durable=1, arguments={X: 6})],
    "dead-letter exchange other value": twice(
        {"x-dead-letter-exchange": "a"}, {"x-dead-letter-exchange": "b"}
    ),
    "dead-letter exchange added": twice({}, {"x-dead-letter-exchange": "a"}),
    "max-length other value": twice({"x-max-length": 1}, {"x-max-length": 2}),
    "overflow other value": twice({"x-overflow": "drop-head"}, {"x-overflow": "reject-publish"}),
    "overflow added": twice({}, {"x-overflow": "drop-head"}),
    "mode other value": twice({"x-queue-mode": "lazy"}, {"x-queue-mode": "default"}),
    "mode added": twice({}, {"x-queue-mode": "lazy"}),
    "single active consumer other value": twice(
        {"x-single-active-consumer": True}, {"x-single-active-consumer": False}
    ),
    "single active consumer added": twice({}, {"x-single-active-consumer": True}),
    "an array differs": twice({"x-mine": [1, 2]}, {"x-mine": [2, 1]}),
    "a table differs": twice({"x-mine": {"a": 1}}, {"x-mine": {"a": 2}}),
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("value", VALUES),
        ("value", MORE),
        ("together", TOGETHER),
        ("equal", EQUAL),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
