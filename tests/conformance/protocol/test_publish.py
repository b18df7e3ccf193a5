"""basic.publish: where a message goes, what comes back, what is refused."""

import pytest

from tests.conformance.protocol.script import (
    bind,
    do,
    exchange,
    expect,
    get,
    mannerless,
    open_channel,
    publish,
    queue,
    quiet,
    sync,
    tell,
)
from tests.conformance.protocol.wire import Typed

again = open_channel(1)
two = [queue("~a"), queue("~b")]
look = [sync(), get("~a"), get("~b")]

EVERY_PROPERTY = {
    "content_type": "text/plain",
    "content_encoding": "utf-8",
    "headers": {
        "int": 5,
        "byte": Typed("b", -5),
        "ubyte": Typed("B", 200),
        "short": Typed("s", -500),
        "ushort": Typed("u", 50000),
        "uint": Typed("i", 4000000000),
        "long": Typed("l", -5000000000),
        "float": Typed("f", 1.5),
        "double": 2.25,
        "bool": True,
        "string": "žluť",
        "bytes": b"\x00\xff",
        "void": None,
        "time": Typed("T", 1700000000),
        "decimal": Typed("D", (2, 314)),
        "table": {"inner": {"deep": 1}},
        "array": [1, "two", None, [3.5], {"four": False}],
    },
    "delivery_mode": 2,
    "priority": 7,
    "correlation_id": "corr",
    "reply_to": "somewhere",
    "expiration": "600000",
    "message_id": "id",
    "timestamp": 1700000000,
    "type": "kind",
    "user_id": "guest",
    "app_id": "app",
    "cluster_id": "cluster",
}

PROPERTIES = {
    "none": [queue(), publish("~q"), sync(), get()],
    "every one comes through": [queue(), publish("~q", **EVERY_PROPERTY), sync(), get()],
    **{
        f"{name} alone": [queue(), publish("~q", **{name: value}), sync(), get()]
        for name, value in EVERY_PROPERTY.items()
    },
    "expiration of a word": [queue(), publish("~q", expiration="abc"), sync()],
    "expiration negative": [queue(), publish("~q", expiration="-1"), sync()],
    "expiration empty": [queue(), publish("~q", expiration=""), sync()],
    "expiration with a fraction": [queue(), publish("~q", expiration="1.5"), sync()],
    "expiration with a space": [queue(), publish("~q", expiration=" 5"), sync()],
    "expiration with a tail": [queue(), publish("~q", expiration="5000x"), sync()],
    "expiration with a plus": [queue(), publish("~q", expiration="+5000"), sync(), get()],
    "expiration with zeros": [queue(), publish("~q", expiration="0060000"), sync(), get()],
    "expiration of ten years": [queue(), publish("~q", expiration="315360000000"), sync(), get()],
    "expiration too long": [queue(), publish("~q", expiration="315360000001"), sync()],
    "expiration huge": [queue(), publish("~q", expiration="9" * 30), sync()],
    "expiration to a missing exchange": [publish("k", exchange="~none", expiration="abc"), sync()],
    "user of another name": [queue(), publish("~q", user_id="other"), sync()],
    "user empty": [queue(), publish("~q", user_id=""), sync()],
    "delivery mode 3": [queue(), publish("~q", delivery_mode=3), sync(), get()],
    "delivery mode 0": [queue(), publish("~q", delivery_mode=0), sync(), get()],
    "priority 255": [queue(), publish("~q", priority=255), sync(), get()],
    "empty headers": [queue(), publish("~q", headers={}), sync(), get()],
    "headers twice the same name": [
        queue(),
        publish("~q", headers=b"\x00\x00\x00\x08\x01at\x01\x01at\x00"),
        sync(),
        get(),
    ],
}

REFUSED = {
    "missing exchange": [publish("k", exchange="~none"), sync()],
    "missing exchange, mandatory": [publish("k", exchange="~none", mandatory=1), sync()],
    "missing exchange, and what follows": [
        mannerless(),
        queue(),
        publish("k", exchange="~none"),
        publish("~q"),
        quiet(),
        tell("channel.close-ok"),
        again,
        get(),
    ],
    "internal exchange": [exchange(internal=1), publish("k", exchange="~x"), sync()],
    "immediate": [queue(), publish("~q", immediate=1), sync()],
    "immediate and mandatory to nowhere": [publish("~none", immediate=1, mandatory=1), sync()],
    "the exchange was deleted": [
        exchange(),
        do("exchange.delete", exchange="~x"),
        publish("k", exchange="~x"),
        sync(),
    ],
}

MANDATORY = {
    "unroutable": [publish("~none"), sync()],
    "unroutable and mandatory": [publish("~none", mandatory=1), expect()],
    "routable and mandatory": [queue(), publish("~q", mandatory=1), sync(), get()],
    "returned with its properties": [
        publish("~none", b"body", mandatory=1, **EVERY_PROPERTY),
        expect(),
    ],
    "returned empty": [publish("~none", b"", mandatory=1), expect()],
    "returned large": [publish("~none", b"x" * 200000, mandatory=1), expect()],
    "returned in order": [
        *[publish(f"~none{number}", mandatory=1) for number in range(5)],
        expect(5),
    ],
    "no binding matches": [
        exchange(),
        queue(),
        bind("~q", "~x", "other"),
        publish("k", exchange="~x", mandatory=1),
        expect(),
    ],
    "returned once although copied": [
        publish("~none", mandatory=1, headers={"CC": ["~also", "~neither"]}),
        expect(),
        sync(),
    ],
    "routed by its copy alone": [
        queue(),
        publish("~none", mandatory=1, headers={"CC": ["~q"]}),
        sync(),
        get(),
    ],
}

COPIES = {
    "CC": [*two, publish("~a", headers={"CC": ["~b"]}), *look],
    "CC stays in the headers": [*two, publish("~a", headers={"x": 1, "CC": ["~b"]}), *look],
    "BCC": [*two, publish("~a", headers={"BCC": ["~b"]}), *look],
    "BCC leaves the rest of the headers": [
        *two,
        publish("~a", headers={"x": 1, "BCC": ["~b"], "y": 2}),
        *look,
    ],
    "both": [*two, publish("~none", headers={"CC": ["~a"], "BCC": ["~b"]}), *look],
    "each queue once": [*two, publish("~a", headers={"CC": ["~a", "~a", "~b"]}), *look],
    "CC of a string": [*two, publish("~a", headers={"CC": "~b"}), sync()],
    "CC of an integer": [*two, publish("~a", headers={"CC": 1}), sync()],
    "BCC of a string": [*two, publish("~a", headers={"BCC": "~b"}), sync()],
    "CC with integers inside": [*two, publish("~a", headers={"CC": [1, "~b"]}), quiet(), sync()],
    "CC empty": [*two, publish("~a", headers={"CC": []}), *look],
    "BCC empty": [*two, publish("~a", headers={"BCC": []}), *look],
    "cc in small letters": [*two, publish("~a", headers={"cc": ["~b"]}), *look],
    "CC through a direct exchange": [
        *two,
        exchange(),
        bind("~a", "~x", "one"),
        bind("~b", "~x", "two"),
        publish("one", exchange="~x", headers={"CC": ["two"]}),
        *look,
    ],
    "CC through a topic exchange": [
        *two,
        exchange(kind="topic"),
        bind("~a", "~x", "a.*"),
        bind("~b", "~x", "*.b"),
        publish("none", exchange="~x", headers={"CC": ["a.z"], "BCC": ["z.b"]}),
        *look,
    ],
    "BCC returned": [publish("~none", mandatory=1, headers={"BCC": ["~nor"]}), expect()],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("properties", PROPERTIES),
        ("refused", REFUSED),
        ("mandatory", MANDATORY),
        ("copies", COPIES),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
