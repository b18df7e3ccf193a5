"""Accounts, their tags and limits, as the node changes them."""

import base64

import pytest

from leveret.broker.errors import InvalidParameter
from leveret.broker.passwords import is_right
from leveret.control import exits


def test_an_account_is_made_once(node):
    node.ask("add_user", username="ann", password="secret")
    assert node.broker.users.authenticate("ann", "secret")
    text = 'Error:\nUser "ann" already exists'
    assert node.refusal("add_user", username="ann", password="other") == (exits.SOFTWARE, text)
    assert node.broker.users.authenticate("ann", "secret")


def test_a_password_changes_and_goes(node):
    node.ask("add_user", username="ann", password="secret")
    node.ask("change_password", username="ann", password="new")
    assert node.ask("authenticate_user", username="ann", password="new") is None
    node.ask("clear_password", username="ann")
    code, text = node.refusal("authenticate_user", username="ann", password="new")
    assert code == exits.DATA
    assert "failed to authenticate" in text


@pytest.mark.parametrize("verb", ["delete_user", "change_password", "set_user_tags"])
def test_who_is_not_there(node, verb):
    told = node.refusal(verb, username="nobody", password="x")
    assert told == (exits.NO_USER, 'Error:\nUser "nobody" does not exist')


def test_who_goes_has_no_permissions_left(node):
    node.ask("add_user", username="ann", password="secret")
    node.ask("set_permissions", username="ann", vhost="/", configure="", write="", read="")
    node.ask("delete_user", username="ann")
    assert node.broker.users.get("ann") is None
    assert node.ask("list_permissions", vhost="/") == []


def test_tags_are_listed(node):
    node.ask("add_user", username="ann", password="secret")
    node.ask("set_user_tags", username="ann", tags=["monitoring", "management"])
    assert node.ask("list_users") == [["ann", ["management", "monitoring"]]]


def test_a_hash_is_the_passwords(node):
    hashed = base64.b64decode(node.ask("hash_password", password="secret"))
    assert is_right("secret", hashed, "rabbit_password_hashing_sha256")
    assert node.ask("list_hashes") == ["sha512", "sha256", "md5"]


def test_limits_are_added_and_taken_away(node):
    node.ask("add_user", username="ann", password="secret")
    node.ask("set_user_limits", username="ann", definition='{"max-connections": 5}')
    node.ask("set_user_limits", username="ann", definition='{"max-channels": 2}')
    told = '{"max-channels":2,"max-connections":5}'
    assert node.ask("list_user_limits", user="ann") == told
    assert node.ask("list_user_limits", **{"global": True}) == [["ann", told]]
    node.ask("clear_user_limits", username="ann", limit="max-channels")
    assert node.ask("list_user_limits", user="ann") == '{"max-connections":5}'
    node.ask("clear_user_limits", username="ann", limit="all")
    assert node.ask("list_user_limits", **{"global": True}) == []


def test_limits_that_are_none(node):
    node.ask("add_user", username="ann", password="secret")
    with pytest.raises(InvalidParameter, match="Unrecognised terms"):
        node.ask("set_user_limits", username="ann", definition='{"max-foo": 5}')
    code, text = node.refusal("set_user_limits", username="ann", definition="junk")
    assert (code, text) == (exits.UNAVAILABLE, "Error:\nJSON decoding error. Reason: badarg")
