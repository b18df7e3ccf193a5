"""direct: equal keys."""

import pytest

from tests.broker.domain import binding, exchange, queue, routed


@pytest.fixture
def direct():
    return exchange(kind="direct")


def test_a_message_goes_to_every_binding_with_its_key(direct):
    for name, key in [("a", "red"), ("b", "red"), ("c", "blue")]:
        direct.bind(binding(direct, queue(name), key))
    assert routed(direct, "red") == ["a", "b"]
    assert routed(direct, "blue") == ["c"]
    assert routed(direct, "blue", "red") == ["c", "a", "b"]


@pytest.mark.parametrize("key", ["", "Red", "re", "red.", "*", "#"])
def test_a_message_with_another_key_goes_nowhere(direct, key):
    direct.bind(binding(direct, queue("a"), "red"))
    assert routed(direct, key) == []


def test_a_pattern_is_a_key_like_any_other(direct):
    direct.bind(binding(direct, queue("a"), "#"))
    assert routed(direct, "#") == ["a"]
    assert routed(direct, "red") == []


def test_an_unbound_queue_gets_nothing_more(direct):
    one, other = binding(direct, queue("a"), "red"), binding(direct, queue("b"), "red")
    direct.bind(one)
    direct.bind(other)
    direct.unbind(one.key)
    assert routed(direct, "red") == ["b"]
    direct.unbind(other.key)
    assert routed(direct, "red") == []
