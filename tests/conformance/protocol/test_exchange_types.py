"""Exchange types that come with RabbitMQ's plugins: hashes, chance, a memory.

Which queue a hash or chance finds is each broker's own; here is what both have to agree on.
tests/conformance/test_exchange_shares.py looks at the shares.
"""

import pytest

from tests.conformance.protocol.script import (
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
)
from tests.conformance.protocol.test_exchanges import ebind
from tests.conformance.protocol.wire import Typed

HASH = "x-consistent-hash"
RECENT = "x-recent-history"
PLUGGED_IN = ["x-consistent-hash", "x-modulus-hash", "x-random", "x-recent-history"]
again = open_channel(1)

DECLARE = {
    **{
        f"{kind}: {what}": steps
        for kind in PLUGGED_IN
        for what, steps in {
            "declared": [exchange(kind=kind)],
            "declared twice alike": [
                exchange(kind=kind, durable=1),
                exchange(kind=kind, durable=1),
            ],
            "another type": [exchange(kind=kind), exchange()],
            "unknown arguments": [exchange(kind=kind, arguments={"x-foo": 1})],
            "nothing bound": [
                exchange(kind=kind),
                publish("k", exchange="~x", mandatory=1),
                expect(),
            ],
        }.items()
    },
    **{
        f"hash: {arguments}": [exchange(kind=HASH, arguments=arguments)]
        for arguments in (
            {"hash-header": "h"},
            {"hash-header": ""},
            {"hash-property": "message_id"},
            {"hash-property": "correlation_id"},
            {"hash-property": "timestamp"},
            {"hash-property": "user_id"},
            {"hash-property": ""},
            {"hash-header": "h", "hash-property": "message_id"},
            {"hash-header": "h", "hash-property": "nothing"},
        )
    },
    "hash: declared again with another argument": [
        exchange(kind=HASH, arguments={"hash-header": "h"}),
        exchange(kind=HASH, arguments={"hash-property": "message_id"}),
        exchange(kind=HASH),
    ],
    **{
        f"history: length {length}": [
            exchange(kind=RECENT, arguments={"x-recent-history-length": length})
        ]
        for length in (
            *(1, 0, -1, "3", "", 3.0, True, None, {"a": 1}, {}, [1], []),
            *(Typed("b", 2), Typed("T", 5), Typed("D", (0, 5)), Typed("d", 2.5)),
        )
    },
    "history: declared again with another length": [
        exchange(kind=RECENT, arguments={"x-recent-history-length": 3}),
        exchange(kind=RECENT, arguments={"x-recent-history-length": 4}),
        exchange(kind=RECENT),
    ],
}

WEIGHTS = {
    f"weight: {key!r}": [exchange(kind=HASH), queue(), bind("~q", "~x", key)]
    for key in ("1", "0", "-1", "", "a", "1.5", "+3", " 3", "3 ", "0x1", "007", "100000", "१", '"')
} | {
    "weight: of an exchange": [exchange(kind=HASH), exchange("~y"), ebind("~y", "~x", "z")],
    "weight: missing queue": [exchange(kind=HASH), bind("~none", "~x", "z")],
}


def pages(count, **rest):
    return [publish(f"k{n}", b"%d" % n, exchange="~x", **rest) for n in range(count)]


def drained(count, name="~q"):
    return [get(name, no_ack=1) for _ in range(count)]


NO_STORE = "x-recent-history-no-store"

HISTORY = {
    "history: twenty": [
        *[exchange(kind=RECENT), *pages(25), sync()],
        *[queue(), bind("~q", "~x", "any"), *drained(1), queue()],
    ],
    "history: order and properties": [
        exchange(kind=RECENT, arguments={"x-recent-history-length": 2}),
        *pages(1),
        publish("a", b"one", exchange="~x", delivery_mode=2, headers={"a": 1}, priority=3),
        publish("b", b"two", exchange="~x", expiration="60000", message_id="m"),
        *[sync(), queue(), bind("~q", "~x"), *drained(3)],
    ],
    "history: not to be stored": [
        exchange(kind=RECENT),
        publish("a", b"no", exchange="~x", headers={NO_STORE: True}),
        publish("a", b"false", exchange="~x", headers={NO_STORE: False}),
        publish("a", b"1", exchange="~x", headers={NO_STORE: 1}),
        publish("a", b"string", exchange="~x", headers={NO_STORE: "true"}),
        *[sync(), queue(), bind("~q", "~x"), *drained(4)],
    ],
    "history: not to be stored and delivered": [
        *[exchange(kind=RECENT), queue(), bind("~q", "~x")],
        publish("a", b"1", exchange="~x", headers={NO_STORE: True}),
        *drained(2),
    ],
    "history: every binding brings it": [
        *[exchange(kind=RECENT), *pages(2), sync(), queue()],
        *[bind("~q", "~x"), sync(), queue()],
        *[bind("~q", "~x"), sync(), queue()],
        *[bind("~q", "~x", "other"), sync(), queue()],
    ],
    "history: of what was returned": [
        exchange(kind=RECENT),
        *[publish("a", exchange="~x", mandatory=1), expect()],
        *[queue(), bind("~q", "~x"), sync(), queue()],
    ],
    "history: of what went to the alternate": [
        *[queue("~spare"), exchange("~ae", "fanout"), bind("~spare", "~ae")],
        exchange(kind=RECENT, arguments={"alternate-exchange": "~ae"}),
        *[*pages(1), sync(), queue("~spare")],
        *[queue(), bind("~q", "~x"), sync(), queue()],
    ],
    "history: to an exchange behind": [
        *[exchange(kind=RECENT), *pages(1), sync()],
        *[exchange("~y", "fanout"), queue(), bind("~q", "~y"), ebind("~y", "~x")],
        *[sync(), *drained(2)],
    ],
    "history: of what came through another exchange": [
        *[exchange("~y", "fanout"), exchange(kind=RECENT), ebind("~x", "~y")],
        *[publish("k", b"1", exchange="~y"), sync(), queue(), bind("~q", "~x"), *drained(2)],
    ],
    "history: copies": [
        exchange(kind=RECENT),
        publish("a", b"1", exchange="~x", headers={"CC": ["b"], "BCC": ["c"]}),
        *[sync(), queue(), bind("~q", "~x"), *drained(2)],
    ],
    "history: gone with its exchange": [
        *[exchange(kind=RECENT), *pages(3), sync(), do("exchange.delete", exchange="~x")],
        *[exchange(kind=RECENT), queue(), bind("~q", "~x"), sync(), queue()],
    ],
    "history: straight to a consumer": [
        *[exchange(kind=RECENT), *pages(2), sync(), queue()],
        by("other", consume(no_ack=1)),
        *[bind("~q", "~x"), by("other", expect(2))],
    ],
    "history: expired in the queue": [
        *[exchange(kind=RECENT), *pages(1, expiration="1"), sync()],
        *[queue(), bind("~q", "~x"), sync(), quiet(0.2), queue()],
    ],
}

ONE_QUEUE = {
    f"{kind}: {what}": steps
    for kind, key in [("x-consistent-hash", "1"), ("x-modulus-hash", "k"), ("x-random", "k")]
    for what, steps in {
        "the only queue gets all": [
            *[exchange(kind=kind), queue(), bind("~q", "~x", key)],
            *[*pages(5), sync(), queue()],
        ],
        "a copy to itself is none": [
            *[exchange(kind=kind), queue(), bind("~q", "~x", key)],
            publish("a", exchange="~x", headers={"CC": ["b", "c"]}),
            *[sync(), queue()],
        ],
        "unbound, it gets nothing": [
            *[exchange(kind=kind), queue(), bind("~q", "~x", key)],
            do("queue.unbind", queue="~q", exchange="~x", routing_key=key),
            *[publish("a", exchange="~x", mandatory=1), expect()],
        ],
        "deleted, it gets nothing": [
            *[exchange(kind=kind), queue(), bind("~q", "~x", key)],
            do("queue.delete", queue="~q"),
            *[publish("a", exchange="~x", mandatory=1), expect()],
        ],
        "auto-delete": [
            *[exchange(kind=kind, auto_delete=1), queue(), bind("~q", "~x", key)],
            *[do("queue.delete", queue="~q"), exchange(passive=1)],
        ],
        "an exchange behind": [
            *[exchange(kind=kind), exchange("~y", "fanout"), ebind("~y", "~x", key)],
            *[queue(), bind("~q", "~y"), *pages(3), sync(), queue()],
        ],
        "alternate": [
            *[queue("~spare"), exchange("~ae", "fanout"), bind("~spare", "~ae")],
            exchange(kind=kind, arguments={"alternate-exchange": "~ae"}),
            *[*pages(2), sync(), queue("~spare")],
        ],
    }.items()
}

SCRIPTS = DECLARE | WEIGHTS | HISTORY | ONE_QUEUE


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(alike, name):
    alike(name)
