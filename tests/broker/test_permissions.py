"""Three patterns per user and vhost; decisions that are remembered until something changes."""

import pytest

from leveret.broker import permissions as module
from leveret.broker.patterns import InvalidPattern
from leveret.broker.permissions import EVERYTHING, Permission, Permissions


@pytest.fixture
def permissions():
    return Permissions()


@pytest.mark.parametrize(
    ("pattern", "resource", "allowed"),
    [
        (".*", "anything", True),
        (".*", "", True),
        ("^jobs$", "jobs", True),
        ("^jobs$", "jobs2", False),
        ("jobs", "my-jobs-2", True),
        ("", "jobs", False),
        ("", "", False),
        ("^$", "jobs", False),
        ("^amq\\.default$", "", True),
        ("^(amq\\.default|jobs)$", "jobs", True),
    ],
)
def test_a_pattern_is_searched_in_the_name(pattern, resource, allowed):
    assert Permission(pattern, "", "").allows("configure", resource) is allowed


@pytest.mark.parametrize("right", ["configure", "write", "read"])
def test_each_right_has_its_own_pattern(right):
    only = Permission(**{"configure": "", "write": "", "read": "", right: ".*"})
    rights = ["configure", "write", "read"]
    assert [name for name in rights if only.allows(name, "q")] == [right]


@pytest.mark.parametrize("right", ["configure", "write", "read"])
def test_each_pattern_is_checked(right):
    patterns = {"configure": ".*", "write": "", "read": "^x$"}
    Permission(**patterns).check()
    with pytest.raises(InvalidPattern):
        Permission(**patterns | {right: "["}).check()


def test_all_permissions_are_listed(permissions):
    permissions.set("guest", "/", EVERYTHING)
    assert list(permissions) == [("guest", "/", EVERYTHING)]


def test_a_user_without_permission_may_not_do_anything(permissions):
    permissions.set("guest", "/", EVERYTHING)
    assert permissions.allows("guest", "/", "read", "q")
    assert not permissions.allows("guest", "other", "read", "q")
    assert not permissions.allows("nobody", "/", "read", "q")
    assert permissions.get("nobody", "/") is None
    assert permissions.get("guest", "/") is EVERYTHING


def test_a_change_is_felt_at_once(permissions):
    permissions.set("guest", "/", EVERYTHING)
    assert permissions.allows("guest", "/", "read", "q")
    permissions.set("guest", "/", Permission("", "", ""))
    assert not permissions.allows("guest", "/", "read", "q")
    permissions.set("guest", "/", EVERYTHING)
    assert permissions.allows("guest", "/", "read", "q")
    permissions.clear("guest", "/")
    assert not permissions.allows("guest", "/", "read", "q")
    permissions.clear("guest", "/")


def test_decisions_are_remembered_within_a_bound(permissions, monkeypatch):
    monkeypatch.setattr(module, "DECISIONS_MAX", 3)
    permissions.set("guest", "/", EVERYTHING)
    for number in range(10):
        for _again in range(2):
            assert permissions.allows("guest", "/", "read", f"q{number}")
        assert len(permissions._decisions) <= 3


def test_a_user_or_vhost_that_is_forgotten_leaves_the_others_alone(permissions):
    places = [("ada", "/"), ("ada", "other"), ("bob", "/"), ("bob", "other")]
    for user, vhost in places:
        permissions.set(user, vhost, EVERYTHING)
        assert permissions.allows(user, vhost, "read", "q")
    permissions.forget_user("ada")
    assert [place for place in places if permissions.get(*place)] == [
        ("bob", "/"),
        ("bob", "other"),
    ]
    permissions.forget_vhost("/")
    assert [place for place in places if permissions.allows(*place, "read", "q")] == [places[-1]]
