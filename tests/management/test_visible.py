"""Which connections a user may see. The routes' tests look at it from outside
(routes/test_connections.py, routes/test_channels.py); here: whom the rules let in."""

from types import SimpleNamespace

import pytest

from leveret.management.answers import NotAuthorised, NotThere
from leveret.management.visible import (
    channels,
    connection_to_close,
    find_channel,
    find_connection,
    visible_connections,
)
from tests.session.harness import World

SEES_ALL = {"": False, "management": False, "policymaker": False, "monitoring": True,
            "administrator": True}  # fmt: skip


@pytest.fixture
def world():
    world = World()
    world.broker.users.add("other", "other")
    world.broker.set_permission("other", "/")
    world.client(user="other", password="other").channel()
    return world


def call_of(world, tag, user="guest"):
    return SimpleNamespace(
        broker=world.broker,
        user=SimpleNamespace(name=user),
        may=lambda needs: tag in needs.tags,
    )


@pytest.mark.parametrize("tag", SEES_ALL)
def test_others_connections_are_seen_by_tag(world, tag):
    call = call_of(world, tag)
    assert len(visible_connections(call)) == SEES_ALL[tag]
    if SEES_ALL[tag]:
        assert find_connection(call, "peer")
    else:
        with pytest.raises(NotAuthorised):
            find_connection(call, "peer")


@pytest.mark.parametrize("tag", SEES_ALL)
def test_only_an_administrator_closes_others_connections(world, tag):
    call = call_of(world, tag)
    if tag == "administrator":
        assert connection_to_close(call, "peer")
    else:
        with pytest.raises(NotAuthorised):
            connection_to_close(call, "peer")


def test_its_own_connection_is_anybodys(world):
    call = call_of(world, "management", "other")
    (session,) = visible_connections(call)
    assert find_connection(call, "peer") is connection_to_close(call, "peer") is session
    assert channels([session]) == [find_channel(call, "peer (1)")]


@pytest.mark.parametrize("name", ["peer", "peer (2)", "peer (x)", "else (1)"])
def test_what_is_not_there_is_not_found(world, name):
    with pytest.raises(NotThere):
        find_channel(call_of(world, "administrator"), name)
