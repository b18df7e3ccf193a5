"""Bindings seen from both ends, and what tells one from another."""

import pytest

from leveret.broker.bindings import Bindings, fingerprint
from leveret.wire.values import Int8
from tests.broker.domain import binding, exchange, queue


@pytest.fixture
def bindings():
    return Bindings()


def test_bindings_differ_in_destination_key_and_arguments():
    source, jobs = exchange(), queue("jobs")
    keys = [
        binding(source, jobs, "k").key,
        binding(source, jobs, "other").key,
        binding(source, jobs, "k", x_match="any").key,
        binding(source, queue("mails"), "k").key,
        binding(source, exchange("jobs"), "k").key,
    ]
    assert len(set(keys)) == len(keys)


def test_the_order_of_arguments_makes_no_difference():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


def test_the_width_of_a_number_makes_a_difference():
    assert fingerprint({"a": 1}) != fingerprint({"a": Int8(1)})


def test_binding_twice_is_binding_once(bindings):
    source, jobs = exchange(), queue("jobs")
    first = binding(source, jobs, "k")
    assert bindings.add(first) is True
    assert bindings.add(binding(source, jobs, "k")) is False
    assert source.bindings == bindings.arriving(jobs) == [first]


def test_unbinding_takes_it_from_both_ends(bindings):
    source, jobs = exchange(), queue("jobs")
    bindings.add(binding(source, jobs, "a"))
    kept = binding(source, jobs, "b")
    bindings.add(kept)
    assert binding(source, jobs, "a") in bindings
    assert bindings.remove(binding(source, jobs, "a")) is True
    assert binding(source, jobs, "a") not in bindings
    assert source.bindings == bindings.arriving(jobs) == [kept]
    bindings.remove(kept)
    assert source.bindings == bindings.arriving(jobs) == []


def test_unbinding_what_is_not_bound_is_no_error(bindings):
    source, jobs = exchange(), queue("jobs")
    assert bindings.remove(binding(source, jobs)) is False
    assert bindings.arriving(jobs) == []


def test_one_key_may_lead_from_two_exchanges_to_one_queue(bindings):
    one, other, jobs = exchange("one"), exchange("other"), queue("jobs")
    for source in (one, other):
        bindings.add(binding(source, jobs, "k"))
    assert [each.source.name for each in bindings.arriving(jobs)] == ["one", "other"]


def test_a_destination_that_goes_takes_its_bindings_along(bindings):
    one, other, jobs, mails = exchange("one"), exchange("other"), queue("jobs"), queue("mails")
    for source, destination, key in [(one, jobs, "a"), (one, jobs, "b"), (other, jobs, "a")]:
        bindings.add(binding(source, destination, key))
    bindings.add(binding(one, mails, "a"))
    assert bindings.remove_arriving(jobs) == [one, other]
    assert [each.destination.name for each in one.bindings] == ["mails"]
    assert other.bindings == bindings.arriving(jobs) == []
    assert bindings.remove_arriving(jobs) == []


def test_an_exchange_that_goes_takes_its_bindings_along(bindings):
    source, target, jobs = exchange("source"), exchange("target"), queue("jobs")
    bindings.add(binding(source, target))
    bindings.add(binding(source, jobs))
    bindings.add(binding(source, source))
    bindings.add(binding(target, jobs))
    bindings.remove_leaving(source)
    assert source.bindings == bindings.arriving(target) == bindings.arriving(source) == []
    assert [each.source.name for each in bindings.arriving(jobs)] == ["target"]
