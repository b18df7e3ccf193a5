"""Accounts and RabbitMQ's salted hashes."""

import base64

import pytest

from leveret.broker.changes import UserRemoved, UserSet
from leveret.broker.keeper import Keeper
from leveret.broker.users import User, Users, hash_password
from tests.broker.domain import random_bytes
from tests.broker.fake_storage import FakeEngine


@pytest.fixture
def engine(agenda):
    return FakeEngine(agenda)


@pytest.fixture
def users(engine):
    return Users(random_bytes(), Keeper(engine.storage))


def test_a_hash_is_salt_and_sha_256_as_rabbitmq_computes_it():
    # The worked example of RabbitMQ's documentation (passwords, "this is the algorithm").
    salted = hash_password("test12", bytes.fromhex("908dc60a"))
    assert base64.b64encode(salted) == b"kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"


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
    ada = users.add("ada", "secret", frozenset({"monitoring"}))
    users.remove("ada")
    assert engine.catalogue.changes == [
        UserSet("ada", ada.password_hash, frozenset({"monitoring"})),
        UserRemoved("ada"),
    ]


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
