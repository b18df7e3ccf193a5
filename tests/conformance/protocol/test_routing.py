"""Which bindings a routing key or a header table matches, type by type."""

import pytest

from tests.conformance.protocol.script import bind, exchange, expect, get, publish, queue, sync
from tests.conformance.protocol.wire import Typed


def matches(kind: str, routing_key: str, binding_key: str):
    """One binding, one mandatory publish: it arrives or it comes back."""
    return [
        queue(),
        exchange(kind=kind),
        bind("~q", "~x", binding_key),
        publish(routing_key, exchange="~x", mandatory=1),
        sync(),
        get(),
    ]


def headers_match(arguments: dict[str, object], headers: dict[str, object] | None):
    properties = {} if headers is None else {"headers": headers}
    return [
        queue(),
        exchange(kind="headers"),
        bind("~q", "~x", "ignored", **arguments),
        publish("k", exchange="~x", mandatory=1, **properties),
        sync(),
        get(),
    ]


TOPIC = {
    f"{key!r} under {pattern!r}": matches("topic", key, pattern)
    for key, pattern in [
        ("a.b.c", "a.b.c"),
        ("a.b.c", "a.*.c"),
        ("a.b.c", "a.#"),
        ("a.b.c", "#"),
        ("a.b.c", "#.c"),
        ("a.b.c", "a.#.c"),
        ("a.b.c", "*.*.*"),
        ("a.b.c", "*.*"),
        ("a.b.c", "a.*"),
        ("a.b.c", "a.b.c.#"),
        ("a.b.c", "a.b.c.*"),
        ("a.b.c", "#.#"),
        ("a.b.c", "#.a.#.b.#.c.#"),
        ("a", "a.#"),
        ("a", "*"),
        ("a", "#.*"),
        ("", "#"),
        ("", "*"),
        ("", ""),
        ("", "#.#"),
        ("a", ""),
        ("", "a"),
        (".", "*.*"),
        (".", "#"),
        ("a.", "a.*"),
        ("a.", "a"),
        (".a", "*.a"),
        ("a..b", "a.*.b"),
        ("a..b", "a.#.b"),
        ("a.b", "a*"),
        ("ab", "a*"),
        ("a.b", "a#"),
        ("*", "a"),
        ("#", "#"),
        ("a.*", "a.b"),
        ("A.b", "a.b"),
        ("kern.critical.high", "kern.*.#"),
    ]
}

OTHERS = {
    "direct, equal": matches("direct", "k", "k"),
    "direct, different": matches("direct", "k", "K"),
    "direct, empty": matches("direct", "", ""),
    "direct takes no patterns": matches("direct", "a.b", "a.*"),
    "fanout looks at nothing": matches("fanout", "k", "other"),
    "default exchange by queue name": [queue(), publish("~q", mandatory=1), sync(), get()],
}

HEADERS = {
    "all by default": headers_match({"a": 1, "b": 2}, {"a": 1, "b": 2}),
    "all, one missing": headers_match({"a": 1, "b": 2}, {"a": 1}),
    "all, one different": headers_match({"a": 1, "b": 2}, {"a": 1, "b": 3}),
    "all, more headers": headers_match({"a": 1}, {"a": 1, "b": 2}),
    "all, said": headers_match({"x-match": "all", "a": 1}, {"a": 1}),
    "all, nothing to match": headers_match({"x-match": "all"}, {"a": 1}),
    "all, nothing at all": headers_match({}, None),
    "any, one of two": headers_match({"x-match": "any", "a": 1, "b": 2}, {"b": 2}),
    "any, none": headers_match({"x-match": "any", "a": 1, "b": 2}, {"b": 1}),
    "any, nothing to match": headers_match({"x-match": "any"}, {"a": 1}),
    "any, no headers": headers_match({"x-match": "any", "a": 1}, None),
    "void matches any value": headers_match({"a": None}, {"a": "whatever"}),
    "void needs the header": headers_match({"a": None}, {"b": 1}),
    "any with void": headers_match({"x-match": "any", "a": None}, {"a": 1}),
    "other width": headers_match({"a": 1}, {"a": Typed("l", 1)}),
    "integer and float": headers_match({"a": 1}, {"a": 1.0}),
    "integer and string": headers_match({"a": 1}, {"a": "1"}),
    "bool and integer": headers_match({"a": True}, {"a": 1}),
    "bytes and string": headers_match({"a": b"x"}, {"a": "x"}),
    "timestamp and integer": headers_match({"a": 5}, {"a": Typed("T", 5)}),
    "float and double": headers_match({"a": 1.5}, {"a": Typed("f", 1.5)}),
    "table": headers_match({"a": {"b": 1}}, {"a": {"b": 1}}),
    "array": headers_match({"a": [1, 2]}, {"a": [1, 2]}),
    "case matters": headers_match({"a": 1}, {"A": 1}),
    "x- arguments are left out": headers_match({"a": 1, "x-more": 1}, {"a": 1}),
    "any, x- arguments are left out": headers_match({"x-match": "any", "x-a": 1}, {"x-a": 1}),
    "all-with-x": headers_match({"x-match": "all-with-x", "a": 1, "x-b": 2}, {"a": 1, "x-b": 2}),
    "all-with-x, one missing": headers_match({"x-match": "all-with-x", "x-b": 2}, {"a": 1}),
    "any-with-x": headers_match({"x-match": "any-with-x", "a": 1, "x-b": 2}, {"x-b": 2}),
    "any-with-x, none": headers_match({"x-match": "any-with-x", "x-b": 2}, {"a": 1}),
    "a header called x-match": headers_match({"x-match": "all", "a": 1}, {"x-match": "b", "a": 1}),
}

MANY = {
    "each queue once": [
        queue(),
        exchange(kind="topic"),
        bind("~q", "~x", "a.#"),
        bind("~q", "~x", "#.b"),
        bind("~q", "~x", "a.b"),
        publish("a.b", exchange="~x"),
        sync(),
        get(),
        get(),
    ],
    "every queue": [
        exchange(kind="fanout"),
        *[step for name in "abc" for step in (queue(f"~{name}"), bind(f"~{name}", "~x"))],
        publish("", exchange="~x"),
        sync(),
        *[get(f"~{name}") for name in "abc"],
    ],
    "after unbinding one pattern of two": [
        queue(),
        exchange(kind="topic"),
        bind("~q", "~x", "a.*"),
        bind("~q", "~x", "a.#"),
        publish("a.b", exchange="~x", mandatory=1),
        sync(),
        get(),
        get(),
    ],
    "topic and default arrive apart": [
        queue(),
        exchange(kind="topic"),
        bind("~q", "~x", "k"),
        publish("k", exchange="~x"),
        publish("~q"),
        sync(),
        get(),
        get(),
    ],
    "headers twice": [
        queue(),
        exchange(kind="headers"),
        bind("~q", "~x", "", a=1),
        bind("~q", "~x", "", b=1),
        publish("", exchange="~x", headers={"a": 1, "b": 1}),
        expect(0),
        sync(),
        get(),
        get(),
    ],
}

SCRIPTS = {
    f"{topic}: {name}": script
    for topic, table in [
        ("topic", TOPIC),
        ("others", OTHERS),
        ("headers", HEADERS),
        ("many", MANY),
    ]
    for name, script in table.items()
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_both_brokers_answer_alike(name, alike):
    alike(name)
