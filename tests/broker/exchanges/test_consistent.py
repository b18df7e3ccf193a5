"""x-consistent-hash: by weight, always alike, and few keys move."""

from collections import Counter

import pytest

from leveret.broker.errors import PreconditionFailed
from leveret.broker.exchanges.consistent import ConsistentHash
from tests.broker.domain import binding, exchange, foundation, queue, routed

KEYS = [f"order-{number}" for number in range(20_000)]


def bound_to(weights, **arguments):
    source = exchange(kind="x-consistent-hash", arguments=arguments)
    for name, weight in weights.items():
        source.bind(binding(source, queue(name), str(weight)))
    return source


def owners(source):
    return {key: routed(source, key)[0] for key in KEYS}


@pytest.mark.parametrize(
    "weights",
    [
        {"a": 1, "b": 1, "c": 1},
        {"a": 1, "b": 2, "c": 5},
        {"a": 10, "b": 30},
        {f"q{number}": 1 for number in range(20)},
        {"a": 1000, "b": 3000},
        {"a": 1_000_000, "b": 1_000_000},
    ],
)
def test_keys_are_spread_by_weight(weights):
    shares = Counter(owners(bound_to(weights)).values())
    total = sum(weights.values())
    for name, weight in weights.items():
        due = len(KEYS) * weight / total
        assert 0.88 * due < shares[name] < 1.12 * due, name


def test_a_key_leads_to_one_queue_whatever_the_order_of_binding():
    forwards = {"a": 1, "b": 2, "c": 3}
    backwards = dict(reversed(forwards.items()))
    assert owners(bound_to(forwards)) == owners(bound_to(backwards))


def test_a_new_queue_takes_its_share_and_moves_nothing_else():
    before = bound_to({"a": 1, "b": 1, "c": 1, "d": 1})
    owned = owners(before)
    before.bind(binding(before, queue("new"), "1"))
    moved = [name for key, name in owners(before).items() if name != owned[key]]
    assert set(moved) == {"new"}
    assert 0.15 < len(moved) / len(KEYS) < 0.25


def test_a_queue_that_goes_leaves_the_others_what_they_had():
    source = bound_to({"a": 1, "b": 1, "c": 1, "d": 1})
    gone = binding(source, queue("gone"), "1")
    source.bind(gone)
    with_it = owners(source)
    source.unbind(gone.key)
    without = owners(source)
    assert "gone" not in without.values()
    assert all(without[key] == name for key, name in with_it.items() if name != "gone")


def test_a_message_with_copies_goes_to_one_queue():
    source = bound_to({"a": 1, "b": 1, "c": 1})
    assert all(len(routed(source, key, "cc", "bcc")) == 1 for key in KEYS[:20])


def test_the_oldest_binding_of_a_queue_is_its_weight():
    source, twice, other = exchange(kind="x-consistent-hash"), queue("twice"), queue("other")
    first, second = binding(source, twice, "1"), binding(source, twice, "3")
    for each in (first, second, binding(source, other, "1")):
        source.bind(each)
    assert 0.4 < Counter(owners(source).values())["twice"] / len(KEYS) < 0.6
    source.unbind(first.key)
    assert 0.7 < Counter(owners(source).values())["twice"] / len(KEYS) < 0.8
    source.unbind(second.key)
    assert set(owners(source).values()) == {"other"}


def test_a_header_can_be_hashed_instead_of_the_key():
    source = bound_to({"a": 1, "b": 1, "c": 1}, **{"hash-header": "customer"})
    assert source.type.looks_at_message
    for customer in ("ada", "bob", 7, None):
        found = {routed(source, key, headers={"customer": customer})[0] for key in KEYS[:20]}
        assert len(found) == 1
    found = {routed(source, "k", headers={"customer": key})[0] for key in KEYS[:50]}
    assert found == {"a", "b", "c"}


@pytest.mark.parametrize("name", ["message_id", "correlation_id", "timestamp"])
def test_a_property_can_be_hashed_instead_of_the_key(name):
    source = bound_to({"a": 1, "b": 1, "c": 1}, **{"hash-property": name})
    values = range(50) if name == "timestamp" else KEYS[:50]
    assert {routed(source, "k", **{name: value})[0] for value in values} == {"a", "b", "c"}
    assert len({routed(source, key, **{name: values[0]})[0] for key in KEYS[:20]}) == 1


@pytest.mark.parametrize("argument", [{"hash-header": "h"}, {"hash-property": "message_id"}])
def test_messages_without_what_is_hashed_stay_together(argument):
    source = bound_to({"a": 1, "b": 1, "c": 1}, **argument)
    assert len({routed(source, key)[0] for key in KEYS[:50]}) == 1


def test_the_routing_key_alone_decides_otherwise():
    assert not bound_to({}).type.looks_at_message
    assert routed(bound_to({})) == []


@pytest.mark.parametrize("key", ["1", "+3", "007", "100000"])
def test_a_binding_key_is_a_weight(key):
    source = exchange(kind="x-consistent-hash")
    source.type.check_binding(binding(source, queue(), key))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("0", "The binding key must be greater than 0"),
        ("-1", "The binding key must be greater than 0"),
        ("", "The binding key must be an integer: <<>>"),
        ("a", 'The binding key must be an integer: <<"a">>'),
        ("1.5", 'The binding key must be an integer: <<"1.5">>'),
        (" 3", 'The binding key must be an integer: <<" 3">>'),
        ("3\n", 'The binding key must be an integer: <<"3\\n">>'),
        ("१", 'The binding key must be an integer: <<"१">>'),
    ],
)
def test_another_binding_key_is_refused(key, text):
    source = exchange(kind="x-consistent-hash")
    with pytest.raises(PreconditionFailed) as refusal:
        source.type.check_binding(binding(source, queue(), key))
    assert str(refusal.value) == text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"hash_property": "user_id"}, "Unsupported property: user_id"),
        ({"hash_property": 5}, "Unsupported property: 5"),
        ({"hash_header": 1}, "Unsupported header: 1"),
        (
            {"hash_header": "h", "hash_property": "message_id"},
            "hash-header and hash-property are mutually exclusive",
        ),
    ],
)
def test_an_exchange_that_can_hash_nothing_is_refused(arguments, text):
    with pytest.raises(PreconditionFailed) as refusal:
        ConsistentHash(foundation(**arguments))
    assert str(refusal.value) == text
