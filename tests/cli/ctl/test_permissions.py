"""leveretctl's commands on permissions."""

import pytest

from leveret.control import exits


@pytest.fixture
def ctl(node, ctl):
    node.broker.users.add("ann", "secret")
    return ctl


def test_in_a_vhost(ctl):
    banner = 'Setting permissions for user "ann" in vhost "/" ...\n'
    assert ctl("set_permissions", "ann", "a", "b", "c").out == banner
    assert ctl("list_permissions", "-q").out == "user\tconfigure\twrite\tread\nann\ta\tb\tc\n"
    assert ctl("list_user_permissions", "ann", "-s").out == "/\ta\tb\tc\n"
    banner = 'Clearing permissions for user "ann" in vhost "/" ...\n'
    assert ctl("clear_permissions", "ann").out == banner
    assert ctl("list_permissions", "-q").out == "\n"


def test_everywhere(ctl):
    told = ctl("set_permissions_globally", "ann", "a", "b", "c").out
    assert told == 'Setting permissions for user "ann" in all virtual hosts ...\n'
    assert ctl("set_permissions_globally", "bob", "a", "b", "c").code == exits.NO_USER


def test_for_topic_exchanges(ctl):
    told = ctl("set_topic_permissions", "ann", "logs", "a", "b").out
    assert told == 'Setting topic permissions on "logs" for user "ann" in vhost "/" ...\n'
    assert ctl("list_user_topic_permissions", "ann", "-q").out == "/\tlogs\ta\tb\n"
    assert ctl("list_topic_permissions", "-s").out == "ann\tlogs\ta\tb\n"
    told = ctl("clear_topic_permissions", "ann", "logs").out
    assert told == 'Clearing topic permissions on "logs" for user "ann" in vhost "/" ...\n'
    told = ctl("clear_topic_permissions", "ann").out
    assert told == 'Clearing topic permissions for user "ann" in vhost "/" ...\n'
