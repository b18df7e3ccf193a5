"""Failures that count, and who is held back for how long."""

import pytest

from leveret.broker import attempts as module
from leveret.broker.attempts import Attempts, Patience, source_of

HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def attempts(agenda):
    return Attempts(agenda.clock, Patience(failures=3, window_s=60))


def fail(attempts, count, name="ada", address=HERE):
    for _ in range(count):
        attempts.failed(address, name)


def test_a_name_is_held_back_where_it_failed_too_often(attempts):
    fail(attempts, 2)
    assert not attempts.are_held_back(HERE, "ada")
    fail(attempts, 1)
    assert attempts.are_held_back(HERE, "ada")
    assert not attempts.are_held_back(THERE, "ada")
    assert not attempts.are_held_back(HERE, "bob")


def test_a_source_that_tries_many_names_is_held_back_with_all(attempts):
    for number in range(3 * module.NAMES_PER_SOURCE):
        assert not attempts.are_held_back(HERE, "bob")
        fail(attempts, 1, f"user{number}")
    assert attempts.are_held_back(HERE, "bob")
    assert not attempts.are_held_back(THERE, "bob")


def test_whoever_is_held_back_is_let_in_again_when_the_first_failure_is_old(attempts, agenda):
    for _ in range(3):
        fail(attempts, 1)
        agenda.pass_time(10)
    agenda.pass_time(29)
    assert attempts.are_held_back(HERE, "ada")
    agenda.pass_time(1)
    assert not attempts.are_held_back(HERE, "ada")
    fail(attempts, 1)
    assert attempts.are_held_back(HERE, "ada")


def test_trying_on_while_held_back_makes_it_no_longer(attempts, agenda):
    fail(attempts, 3)
    for _ in range(59):
        agenda.pass_time(1)
        assert attempts.are_held_back(HERE, "ada")
        attempts.held_back(HERE, "ada")
    agenda.pass_time(1)
    assert not attempts.are_held_back(HERE, "ada")


def test_slow_failures_hold_nobody_back(attempts, agenda):
    for _ in range(20):
        fail(attempts, 1)
        agenda.pass_time(31)
        assert not attempts.are_held_back(HERE, "ada")


def test_a_success_forgets_the_names_failures_there(attempts):
    fail(attempts, 2)
    attempts.succeeded(HERE, "ada")
    fail(attempts, 2)
    assert not attempts.are_held_back(HERE, "ada")


def test_a_success_does_not_forget_the_sources_failures(attempts):
    for number in range(3 * module.NAMES_PER_SOURCE):
        fail(attempts, 1, f"user{number}")
        attempts.succeeded(HERE, "mine")
    assert attempts.are_held_back(HERE, "ada")


def test_without_a_limit_nobody_is_held_back(agenda):
    attempts = Attempts(agenda.clock, Patience(failures=0))
    fail(attempts, 1000)
    assert not attempts.are_held_back(HERE, "ada")
    assert attempts.counts.failed == 1000


def test_what_is_remembered_is_bounded(attempts, monkeypatch):
    monkeypatch.setattr(module, "PLACES_MAX", 10)
    attempts.tracks_sources = True
    for number in range(100):
        fail(attempts, 1, "x" * 1000, f"192.0.2.{number}")
        assert len(attempts._failures) <= 10
        assert len(attempts.by_source) <= 10
    assert max(len(name or "") for _source, name in attempts._failures) == module.NAME_KEPT


def test_the_failures_that_are_given_up_are_the_oldest(attempts, monkeypatch):
    monkeypatch.setattr(module, "PLACES_MAX", 6)
    fail(attempts, 3, address=HERE)
    fail(attempts, 3, address=THERE)
    fail(attempts, 1, address="192.0.2.3")
    fail(attempts, 1, address="192.0.2.4")
    assert not attempts.are_held_back(HERE, "ada")
    assert attempts.are_held_back(THERE, "ada")


def test_attempts_are_counted(attempts):
    attempts.succeeded(HERE, "ada")
    fail(attempts, 2)
    attempts.held_back(HERE, "ada")
    assert (attempts.counts.succeeded, attempts.counts.failed, attempts.counts.all) == (1, 3, 4)
    assert attempts.by_source == {}


def test_attempts_are_counted_by_source_where_they_are_asked_for(attempts):
    attempts.tracks_sources = True
    attempts.succeeded(HERE, "ada")
    fail(attempts, 2, "bob")
    found = {key: (counts.succeeded, counts.failed) for key, counts in attempts.by_source.items()}
    assert found == {(HERE, "ada", "amqp091"): (1, 0), (HERE, "bob", "amqp091"): (0, 2)}


def test_counts_that_are_forgotten_let_nobody_in(attempts):
    attempts.tracks_sources = True
    fail(attempts, 3)
    attempts.forget()
    assert (attempts.counts.all, attempts.by_source) == (0, {})
    assert attempts.are_held_back(HERE, "ada")


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("/run/socket", "/run/socket"),
    ],
)
def test_a_source_is_an_address_or_a_network_of_one_machine(address, source):
    assert source_of(address) == source


def test_attempts_are_counted_by_protocol(attempts):
    attempts.succeeded(HERE, "ada")
    attempts.failed(HERE, "ada", module.HTTP)
    attempts.held_back(THERE, "bob", module.HTTP)
    counted = {name: (each.succeeded, each.failed) for name, each in attempts.by_protocol.items()}
    assert counted == {"amqp091": (1, 0), "http": (0, 2)}
    assert (attempts.counts.all, attempts.counts.failed) == (3, 2)
