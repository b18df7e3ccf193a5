"""Whether a binding takes a message, and the words for it."""

import pytest

from leveret.broker.bindings import Binding
from leveret.explaining.verdicts import judge
from leveret.wire.properties import Properties
from tests.management.domain import entered, exchange, queue

NOT_THE_KEY = "the binding's key is 'a', which is not the routing key"
EVERY_MESSAGE = "the exchange sends every message to all its bindings"


def verdict(kind, key="", sent="", arguments=None, headers=None):
    """Of one binding of an exchange of this kind."""
    access = entered()
    source = exchange(access, "e", kind)
    binding = Binding(source, queue(access, "q"), key, arguments or {})
    access.vhost.bind(binding)
    (said,) = judge(source.type, source.bindings, (sent,), Properties(headers=headers or {}))
    return said


@pytest.mark.parametrize(
    ("kind", "key", "sent", "code", "why"),
    [
        ("direct", "a", "a", "key_equal", "the routing key is the binding's key"),
        ("direct", "a", "b", "key_differs", NOT_THE_KEY),
        ("topic", "a.*", "a.b", "pattern_matches", "the routing key matches 'a.*'"),
        ("topic", "a.*", "a.b.c", "pattern_differs", "the routing key does not match 'a.*'"),
        ("fanout", "a", "b", "every_message", EVERY_MESSAGE),
        ("x-random", "a", "b", "by_chance", "one of 1 bindings takes it, by chance"),
        ("x-modulus-hash", "a", "b", "hash_here", "the message's hash leads here"),
        ("x-consistent-hash", "1", "b", "hash_here", "the message's hash leads here"),
    ],
)  # fmt: skip
def test_of_each_type(kind, key, sent, code, why):
    said = verdict(kind, key, sent)
    assert (said.code, said.why) == (code, why)
    assert said.is_match is (code not in {"key_differs", "pattern_differs"})


@pytest.mark.parametrize(
    ("arguments", "headers", "why"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, "the headers match (x-match all)"),
        ({"a": 1, "b": 2}, {"a": 1}, "headers not there: b (x-match all)"),
        ({"a": 1, "b": 2}, {"a": 3}, "headers not there: b; with another value: a (x-match all)"),
        ({"x-a": 1, "b": 2}, {"b": 3}, "headers with another value: b (x-match all)"),
        ({"x-match": "any", "a": 1, "b": 2}, {"b": 2}, "the headers match (x-match any)"),
        ({"x-match": "all-with-x", "x-a": 1}, {}, "headers not there: x-a (x-match all-with-x)"),
        (
            {"x-match": "any", "a": 1},
            {"a": 2},
            "none of the headers that are asked for is as it should be (x-match any)",
        ),
    ],
)
def test_of_headers(arguments, headers, why):
    assert verdict("headers", arguments=arguments, headers=headers).why == why


def test_which_headers_fail_is_told_apart():
    said = verdict("headers", arguments={"a": 1, "b": 2, "c": 3}, headers={"a": 1, "b": 9})
    assert said.told == {"x_match": "all", "missing": ["c"], "different": ["b"]}


def test_only_one_is_chosen_by_a_hash():
    access = entered()
    source = exchange(access, "e", "x-modulus-hash")
    for name in ("p", "q"):
        access.vhost.bind(Binding(source, queue(access, name), "", {}))
    said = judge(source.type, source.bindings, ("k",), Properties())
    assert sorted(each.code for each in said) == ["hash_elsewhere", "hash_here"]
