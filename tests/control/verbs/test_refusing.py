"""Whoever and whatever a command is about, or RabbitMQ's words when it is not there."""

import pytest

from leveret.control import exits
from leveret.control.call import Call, VerbRefused
from leveret.control.verbs.refusing import known_user_of, user_of, vhost_of


@pytest.mark.parametrize(
    ("find", "exit_code", "text"),
    [
        (vhost_of, exits.DATA, "Virtual host 'x' does not exist"),
        (user_of, exits.NO_USER, 'Error:\nUser "x" does not exist'),
        (known_user_of, exits.UNAVAILABLE, 'Error:\n{:no_such_user, "x"}'),
    ],
)
def test_what_is_not_there(node, find, exit_code, text):
    with pytest.raises(VerbRefused) as refused:
        find(Call(node, {"vhost": "x", "username": "x"}))
    assert (refused.value.exit_code, refused.value.text) == (exit_code, text)


def test_what_is_there(node):
    node.ask("add_user", username="ann", password="secret")
    assert vhost_of(Call(node, {})).name == "/"
    assert user_of(Call(node, {"username": "ann"})).name == "ann"
    assert known_user_of(Call(node, {}), "user", "ann").name == "ann"
