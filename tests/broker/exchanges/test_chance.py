"""x-random, x-local-random: one binding, each with the same chance."""

from collections import Counter

import pytest

from leveret.broker.errors import PreconditionFailed
from tests.broker.domain import binding, exchange, queue, routed

BOTH = ["x-random", "x-local-random"]


@pytest.mark.parametrize("kind", BOTH)
def test_every_queue_gets_its_share(kind):
    source = exchange(kind=kind)
    for name in "abcd":
        source.bind(binding(source, queue(name)))
    shares = Counter(name for _ in range(400) for name in routed(source, "k"))
    assert shares == {"a": 100, "b": 100, "c": 100, "d": 100}


def test_a_queue_bound_twice_has_two_chances():
    source, twice = exchange(kind="x-random"), queue("twice")
    for destination, key in [(twice, "1"), (twice, "2"), (queue("once"), "")]:
        source.bind(binding(source, destination, key))
    shares = Counter(name for _ in range(300) for name in routed(source))
    assert shares == {"twice": 200, "once": 100}


@pytest.mark.parametrize("kind", BOTH)
def test_copies_take_no_further_chance(kind):
    source = exchange(kind=kind)
    for name in "abc":
        source.bind(binding(source, queue(name)))
    assert all(len(routed(source, "k", "cc", "bcc")) == 1 for _ in range(10))


@pytest.mark.parametrize("kind", BOTH)
def test_an_unbound_queue_gets_nothing_more(kind):
    source = exchange(kind=kind)
    one, other = binding(source, queue("a")), binding(source, queue("b"))
    source.bind(one)
    source.bind(other)
    source.unbind(one.key)
    assert {name for _ in range(10) for name in routed(source)} == {"b"}
    source.unbind(other.key)
    assert routed(source) == []


def test_a_local_one_takes_classic_queues_under_the_empty_key():
    source = exchange(kind="x-local-random")
    source.type.check_binding(binding(source, queue()))
    source.type.check_binding(binding(source, queue(arguments={"x-queue-type": "classic"})))


@pytest.mark.parametrize(
    ("destination", "key", "text"),
    [
        (queue(), "k", "Non empty binding 'k' key not permitted"),
        (exchange("other"), "", "Destination not found"),
        (
            queue(arguments={"x-queue-type": "quorum"}),
            "",
            "Queue type rabbit_quorum_queue not valid for this exchange type",
        ),
    ],
)
def test_a_local_one_refuses_what_is_not_at_hand(destination, key, text):
    source = exchange(kind="x-local-random")
    with pytest.raises(PreconditionFailed) as refusal:
        source.type.check_binding(binding(source, destination, key))
    assert str(refusal.value) == text
