"""What users may do is granted, listed, taken back."""

import pytest

from leveret.broker.permissions import Permission
from leveret.control import exits

RIGHTS = {"configure": "a", "write": "b", "read": "c"}


@pytest.fixture
def node(node):
    node.ask("add_user", username="ann", password="secret")
    node.ask("add_vhost", vhost="v")
    return node


def test_in_one_vhost(node):
    node.ask("set_permissions", username="ann", vhost="v", **RIGHTS)
    assert node.broker.permissions.get("ann", "v") == Permission("a", "b", "c")
    assert node.ask("list_permissions", vhost="v") == [["ann", "a", "b", "c"]]
    assert node.ask("list_permissions", vhost="/") == []
    assert node.ask("list_user_permissions", username="ann") == [["v", "a", "b", "c"]]
    node.ask("clear_permissions", username="ann", vhost="v")
    assert node.ask("list_permissions", vhost="v") == []


def test_in_all_vhosts(node):
    node.ask("set_permissions_globally", username="ann", **RIGHTS)
    assert {row[0] for row in node.ask("list_user_permissions", username="ann")} == {"/", "v"}


def test_nothing_is_granted_where_a_pattern_is_none(node):
    rights = RIGHTS | {"read": "("}
    for verb in ("set_permissions", "set_permissions_globally"):
        code, text = node.refusal(verb, username="ann", vhost="v", **rights)
        assert code == exits.UNAVAILABLE
        assert text.startswith('Error:\n{:invalid_regexp, "(", {')
    assert node.ask("list_user_permissions", username="ann") == []


def test_who_and_where_have_to_be_there(node):
    for verb in ("set_permissions", "clear_permissions", "clear_topic_permissions"):
        nobody = node.refusal(verb, username="bob", vhost="v", **RIGHTS)
        assert nobody == (exits.NO_USER, "Error:\nUser bob does not exist")
        nowhere = node.refusal(verb, username="ann", vhost="w", **RIGHTS)
        assert nowhere == (exits.UNAVAILABLE, "Error:\nVirtual host w does not exist")


def test_for_topic_exchanges(node):
    place = {"username": "ann", "vhost": "v"}
    for exchange in ("logs", "news"):
        node.ask("set_topic_permissions", exchange=exchange, write="w", read="r", **place)
    assert node.ask("list_topic_permissions", vhost="v") == [
        ["ann", "logs", "w", "r"],
        ["ann", "news", "w", "r"],
    ]
    node.ask("clear_topic_permissions", exchange="logs", **place)
    assert node.ask("list_user_topic_permissions", username="ann") == [["v", "news", "w", "r"]]
    node.ask("clear_topic_permissions", **place)
    assert node.ask("list_topic_permissions", vhost="v") == []
    code, _text = node.refusal("set_topic_permissions", exchange="x", write="(", read="r", **place)
    assert code == exits.UNAVAILABLE
