"""Accounts: what becomes of them, and who is let in."""

import pytest

from leveret.broker.changes import UserRemoved, UserSet
from leveret.broker.errors import NotFound, PreconditionFailed
from leveret.broker.keeper import Keeper
from leveret.broker.passwords import ALGORITHMS, MD5, SHA256, SHA512, hash_password
from leveret.broker.users import NO_TAGS, User, Users
from tests.broker.domain import random_bytes
from tests.broker.fake_storage import FakeEngine


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def users(engine):
    return Users(random_bytes(), Keeper(engine.storage))


def test_the_right_name_and_password_are_the_user(users):
    ada = users.add("ada", "secret", frozenset({"administrator"}))
    assert users.authenticate("ada", "secret") is ada is users.get("ada")
    assert ada.tags == {"administrator"}


@pytest.mark.parametrize(("name", "password"), [("ada", "Secret"), ("ada", ""), ("bob", "secret")])
def test_a_wrong_name_or_password_is_nobody(users, name, password):
    users.add("ada", "secret")
    assert users.authenticate(name, password) is None


def test_a_name_that_is_not_known_is_nobody_even_with_an_empty_password(users):
    assert users.authenticate("", "") is None
    assert users.get("") is None


def test_a_user_may_have_an_empty_name_of_its_own(users):
    nameless = users.add("", "secret")
    assert users.authenticate("", "secret") is nameless


def test_adding_again_changes_password_and_tags(users):
    users.add("ada", "old", frozenset({"administrator"}))
    users.add("ada", "new")
    assert users.authenticate("ada", "old") is None
    assert users.authenticate("ada", "new").tags == frozenset()


def test_two_users_with_one_password_have_different_hashes(users):
    assert users.add("ada", "p").password_hash != users.add("bob", "p").password_hash


def test_every_change_of_an_account_is_committed(users, engine):
    users.add("ada", "secret", frozenset({"monitoring"}))
    users.set_password("ada", "other")
    users.set_tags("ada", frozenset())
    users.set_password_hash("ada", b"salt and digest", MD5)
    users.clear_password("ada")
    users.remove("ada")
    told = engine.catalogue.changes
    assert [type(each) for each in told] == [UserSet] * 5 + [UserRemoved]
    assert [each.tags for each in told[:5]] == [{"monitoring"}, {"monitoring"}, set(), set(), set()]
    assert told[3] == UserSet("ada", b"salt and digest", frozenset(), MD5)
    assert told[4] == UserSet("ada", b"", frozenset(), SHA256)


@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.find("ada"),
        lambda users: users.set_password("ada", "secret"),
        lambda users: users.clear_password("ada"),
        lambda users: users.set_password_hash("ada", b"", SHA256),
        lambda users: users.set_tags("ada", frozenset()),
    ],
)
def test_who_is_not_there_is_not_changed(users, change):
    with pytest.raises(NotFound, match='User "ada" does not exist'):
        change(users)
    assert users.get("ada") is None


def test_a_new_password_takes_the_place_of_the_old_one(users):
    users.add("ada", "old", frozenset({"monitoring"}))
    users.set_password("ada", "new")
    assert users.authenticate("ada", "old") is None
    assert users.authenticate("ada", "new").tags == {"monitoring"}


def test_an_account_without_a_password_lets_nobody_in(users):
    users.add("ada", "secret")
    users.clear_password("ada")
    assert [users.authenticate("ada", said) for said in ("secret", "")] == [None, None]


def test_an_empty_password_is_never_right(users):
    assert users.add("ada", "").password_hash
    assert users.authenticate("ada", "") is None


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
def test_an_account_that_was_made_elsewhere_keeps_its_hash_and_algorithm(users, algorithm):
    made = User("ada", hash_password("secret", b"salt", algorithm), NO_TAGS, algorithm)
    assert users.put(made) is users.find("ada") is users.authenticate("ada", "secret")


def test_an_algorithm_that_is_not_known_is_refused(users, engine):
    with pytest.raises(PreconditionFailed, match=r"password hash by 'scrypt'; known are rabbit_"):
        users.put(User("ada", b"octets", NO_TAGS, "scrypt"))
    assert users.get("ada") is None
    assert engine.catalogue.changes == []


def test_new_passwords_are_hashed_as_the_broker_is_told(engine):
    users = Users(random_bytes(), Keeper(engine.storage), SHA512)
    assert users.add("ada", "secret").hashing_algorithm == SHA512
    assert users.authenticate("ada", "secret") is users.find("ada")
    assert users.authenticate("bob", "secret") is None


def test_users_are_listed_in_the_order_they_came(users):
    for name in ("bob", "ada"):
        users.add(name, "secret")
    assert [user.name for user in users] == ["bob", "ada"]


def test_a_removed_user_is_nobody(users):
    users.add("ada", "secret")
    users.remove("ada")
    assert users.get("ada") is None
    assert users.authenticate("ada", "secret") is None


def test_removing_nobody_is_no_error_and_no_change(users, engine):
    users.remove("ada")
    assert engine.catalogue.changes == []


def test_an_account_that_is_placed_or_forgotten_is_told_to_nobody(users, engine):
    users.place(User("ada", hash_password("secret", b"salt")))
    assert users.authenticate("ada", "secret").name == "ada"
    assert [users.forget("ada"), users.forget("ada")] == [True, False]
    assert engine.catalogue.changes == []
