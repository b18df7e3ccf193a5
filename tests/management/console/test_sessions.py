"""Sessions of the console: what a token is worth, and until when."""

from itertools import count

import pytest

from leveret.broker.broker import Broker
from leveret.management.console.sessions import SESSIONS_MAX, Sessions


@pytest.fixture
def sessions():
    numbers = count()
    return Sessions(lambda size: next(numbers).to_bytes(size, "big"))


@pytest.fixture
def users():
    return Broker(lambda: 0.0, bytes).users


def test_a_token_is_worth_its_user_until_it_expires(sessions, users):
    ada = users.add("ada", "secret")
    token = sessions.begin(ada, expires_at=10.0)
    assert sessions.user(token, users, now=9.9) == ada
    assert sessions.user(token, users, now=10.0) is None
    assert len(sessions) == 0


def test_a_token_that_nobody_was_given_is_worth_nothing(sessions, users):
    sessions.begin(users.add("ada", "secret"), expires_at=10.0)
    assert sessions.user("00", users, now=0.0) is None


def test_a_session_ends_by_itself_with_its_account_or_password(sessions, users):
    for end in (lambda: users.set_password("ada", "another"), lambda: users.remove("ada")):
        token = sessions.begin(users.add("ada", "secret"), expires_at=10.0)
        end()
        assert sessions.user(token, users, now=0.0) is None
        users.add("ada", "secret")
        assert sessions.user(token, users, now=0.0) is None


def test_tags_count_as_they_are_now(sessions, users):
    token = sessions.begin(users.add("ada", "secret"), expires_at=10.0)
    users.set_tags("ada", frozenset({"monitoring"}))
    assert sessions.user(token, users, now=0.0).tags == {"monitoring"}


def test_an_end_is_for_one_session(sessions, users):
    ada = users.add("ada", "secret")
    one, other = sessions.begin(ada, 10.0), sessions.begin(ada, 10.0)
    sessions.end(one)
    assert (sessions.user(one, users, 0.0), sessions.user(other, users, 0.0)) == (None, ada)


def test_beyond_the_most_there_may_be_the_oldest_ends(sessions, users):
    ada = users.add("ada", "secret")
    tokens = [sessions.begin(ada, 10.0) for _ in range(SESSIONS_MAX + 1)]
    assert len(sessions) == SESSIONS_MAX
    assert sessions.user(tokens[0], users, 0.0) is None
    assert sessions.user(tokens[1], users, 0.0) == ada
