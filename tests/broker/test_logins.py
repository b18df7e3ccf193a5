"""Who is believed, and that a refusal is one and the same."""

import pytest

from leveret.broker.attempts import Patience
from leveret.broker.errors import AccessRefused
from leveret.broker.keeper import Keeper
from leveret.broker.logins import Entry, Logins, Source
from leveret.broker.memory import MEMORY
from leveret.broker.users import Users
from tests.broker.domain import random_bytes

HERE = Source("127.0.0.1", is_loopback=True)
THERE = Source("192.0.2.1", is_loopback=False)


@pytest.fixture
def users():
    users = Users(random_bytes(), Keeper(MEMORY))
    for name in ("guest", "ada"):
        users.add(name, "secret")
    return users


@pytest.fixture
def logins(users, agenda):
    return Logins(users, agenda.clock, Entry(patience=Patience(failures=2)))


@pytest.mark.parametrize("source", [HERE, THERE])
def test_the_right_password_opens(logins, source):
    assert logins.with_password("ada", "secret", source).name == "ada"
    assert logins.attempts.counts.succeeded == 1


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "wrong"), ("nobody", "secret"), ("ada", ""), ("", "")]
)
def test_a_wrong_name_or_password_is_refused_alike(logins, name, password):
    with pytest.raises(AccessRefused, match=f"user '{name}' - invalid credentials"):
        logins.with_password(name, password, HERE)
    assert logins.attempts.counts.failed == 1


def test_a_certificate_needs_no_password(logins):
    assert logins.with_certificate("ada", THERE).name == "ada"
    with pytest.raises(AccessRefused, match="user 'nobody' - invalid credentials"):
        logins.with_certificate("nobody", THERE)


@pytest.mark.parametrize(
    "log_in",
    [
        lambda logins, source: logins.with_password("guest", "secret", source),
        lambda logins, source: logins.with_certificate("guest", source),
    ],
)
def test_guest_may_come_from_this_machine_only(logins, log_in):
    assert log_in(logins, HERE).name == "guest"
    with pytest.raises(AccessRefused, match="user 'guest' can only connect via localhost"):
        log_in(logins, THERE)
    assert (logins.attempts.counts.succeeded, logins.attempts.counts.failed) == (1, 1)


def test_the_loopback_users_are_a_setting(users, agenda):
    logins = Logins(users, agenda.clock, Entry(loopback_users=frozenset()))
    assert logins.with_password("guest", "secret", THERE).name == "guest"


def test_after_too_many_failures_even_the_right_password_has_to_wait(logins, agenda):
    for _ in range(2):
        with pytest.raises(AccessRefused, match="invalid credentials"):
            logins.with_password("ada", "wrong", THERE)
    with pytest.raises(AccessRefused, match="too many attempts"):
        logins.with_password("ada", "secret", THERE)
    assert logins.with_password("ada", "secret", HERE).name == "ada"
    assert logins.with_certificate("ada", THERE).name == "ada"
    agenda.pass_time(60)
    assert logins.with_password("ada", "secret", THERE).name == "ada"
    assert (logins.attempts.counts.succeeded, logins.attempts.counts.failed) == (3, 3)
