"""The broker: who may come in, and where to."""

import pytest

from leveret.broker.broker import Broker
from leveret.broker.errors import AccessRefused, NotAllowed
from leveret.broker.permissions import Permission
from tests.broker.domain import random_bytes


@pytest.fixture
def broker():
    broker = Broker(lambda: 0.0, random_bytes())
    broker.add_vhost("/")
    for name in ("guest", "ada"):
        broker.users.add(name, "secret")
        broker.set_permission(name, "/")
    return broker


def test_a_vhost_is_made_once(broker):
    assert broker.add_vhost("/") is broker.add_vhost("/")
    assert broker.vhosts.keys() == {"/"}


def test_positions_only_grow(broker):
    positions = [broker.next_position() for _ in range(5)]
    assert positions == sorted(set(positions))


@pytest.mark.parametrize("is_loopback", [True, False])
def test_the_right_password_opens(broker, is_loopback):
    assert broker.authenticate("ada", "secret", is_loopback=is_loopback).name == "ada"


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", "secret")])
def test_a_wrong_name_or_password_is_refused_alike(broker, name, password):
    with pytest.raises(AccessRefused, match="the user name or password is wrong"):
        broker.authenticate(name, password, is_loopback=True)


def test_guest_may_come_from_this_machine_only(broker):
    assert broker.authenticate("guest", "secret", is_loopback=True).name == "guest"
    with pytest.raises(AccessRefused, match="user 'guest' can only connect via localhost"):
        broker.authenticate("guest", "secret", is_loopback=False)


def test_the_loopback_users_are_a_setting():
    broker = Broker(lambda: 0.0, random_bytes(), loopback_users=frozenset())
    broker.users.add("guest", "secret")
    assert broker.authenticate("guest", "secret", is_loopback=False).name == "guest"


def test_a_user_enters_a_vhost(broker):
    access = broker.enter(broker.users.get("ada"), "/", object())
    assert (access.user.name, access.vhost.name) == ("ada", "/")


def test_a_vhost_that_is_not_there_cannot_be_entered(broker):
    with pytest.raises(NotAllowed, match="vhost nowhere not found"):
        broker.enter(broker.users.get("ada"), "nowhere", object())


def test_a_vhost_without_permission_cannot_be_entered(broker):
    broker.add_vhost("other")
    with pytest.raises(NotAllowed, match="access to vhost 'other' refused for user 'ada'"):
        broker.enter(broker.users.get("ada"), "other", object())
    broker.clear_permission("ada", "/")
    with pytest.raises(NotAllowed, match="access to vhost '/' refused for user 'ada'"):
        broker.enter(broker.users.get("ada"), "/", object())


def test_a_changed_permission_forgets_the_vhosts_routes(broker):
    access = broker.enter(broker.users.get("ada"), "/", object())
    for change in (
        lambda: broker.set_permission("ada", "/", Permission("", "", "")),
        lambda: broker.clear_permission("ada", "/"),
    ):
        access.remember(b"address", object())
        change()
        assert access.routes == {}


def test_permission_may_be_granted_before_the_vhost_is_there(broker):
    broker.set_permission("ada", "later")
    broker.add_vhost("later")
    assert broker.enter(broker.users.get("ada"), "later", object()).vhost.name == "later"
