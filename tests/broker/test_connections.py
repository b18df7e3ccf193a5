"""Who is connected, by user and by vhost."""

from types import SimpleNamespace

import pytest

from leveret.broker.connections import Connections


class Connection:
    def __init__(self, user, vhost, channels=0):
        place = {"user": SimpleNamespace(name=user), "vhost": SimpleNamespace(name=vhost)}
        self.access = SimpleNamespace(**place)
        self.channels = range(channels)


@pytest.fixture
def connections():
    return Connections()


def test_connections_are_found_by_user_and_by_vhost(connections):
    first, second = Connection("ada", "/", 2), Connection("ada", "other", 3)
    third = Connection("bob", "/", 5)
    for each in (first, second, third):
        connections.add(each)
    assert connections.of_user("ada") == [first, second]
    assert connections.in_vhost("/") == [first, third]
    assert [connections.count_of_user(name) for name in ("ada", "bob", "eve")] == [2, 1, 0]
    assert [connections.count_in_vhost(name) for name in ("/", "other", "no")] == [2, 1, 0]
    assert [connections.channels_of_user(name) for name in ("ada", "bob", "eve")] == [5, 5, 0]
    assert connections.channels() == 10
    assert len(connections) == 3
    assert set(connections) == {first, second, third}


def test_what_has_gone_is_found_no_more(connections):
    first, second = Connection("ada", "/"), Connection("ada", "/")
    connections.add(first)
    connections.add(second)
    connections.discard(first)
    connections.discard(first)
    assert connections.of_user("ada") == connections.in_vhost("/") == [second]
    connections.discard(second)
    assert connections.of_user("ada") == connections.in_vhost("/") == []
    connections.discard(second)


def test_a_list_may_be_walked_while_its_connections_go(connections):
    every = [Connection("ada", "/") for _ in range(3)]
    for each in every:
        connections.add(each)
    for each in connections.in_vhost("/"):
        connections.discard(each)
    assert connections.count_in_vhost("/") == 0
