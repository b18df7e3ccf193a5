"""Two patterns per user and topic exchange, and the variables in them."""

import pytest

from leveret.broker.patterns import InvalidPattern
from leveret.broker.topic_permissions import TopicPermission, TopicPermissions, expand

ADA = ("ada", "/", "logs")


@pytest.fixture
def topics():
    return TopicPermissions()


@pytest.mark.parametrize(
    ("pattern", "expanded"),
    [
        ("^{username}\\.{vhost}$", "^ada\\./$"),
        ("{username}{username}", "adaada"),
        ("{client_id}{Username}{}", "{client_id}{Username}{}"),
        ("^a{2,3}$", "^a{2,3}$"),
    ],
)
def test_a_variable_stands_for_what_it_is_where_it_is_known(pattern, expanded):
    assert expand(pattern, {"username": "ada", "vhost": "/"}) == expanded


def test_a_client_id_stands_for_itself_where_the_protocol_has_one():
    assert expand("{client_id}/#", {"client_id": "sensor-1"}) == "sensor-1/#"


def test_what_a_variable_stands_for_is_a_part_of_the_pattern():
    assert TopicPermission("^{username}$", "").allows("write", "ax", {"username": "a."})


def test_a_variable_that_breaks_the_pattern_allows_nothing():
    assert not TopicPermission("^{username}$", "").allows("write", "a(", {"username": "a("})


@pytest.mark.parametrize(
    ("pattern", "routing_key", "allowed"),
    [("^a\\.", "a.b", True), ("^a\\.", "b.a", False), ("", "", True), ("", "a", False)],
)
@pytest.mark.parametrize("right", ["write", "read"])
def test_each_right_has_its_own_pattern(right, pattern, routing_key, allowed):
    never = "x^"
    patterns = (pattern, never) if right == "write" else (never, pattern)
    assert TopicPermission(*patterns).allows(right, routing_key, {}) is allowed


def test_both_patterns_are_checked():
    TopicPermission("{username}", "").check()
    for patterns in (("(", ""), ("", "(")):
        with pytest.raises(InvalidPattern):
            TopicPermission(*patterns).check()


def test_a_user_without_topic_permission_may_say_anything(topics):
    topics.set(ADA, TopicPermission("", ""))
    assert not topics.allows(ADA, "write", "a")
    for key in [("bob", "/", "logs"), ("ada", "other", "logs"), ("ada", "/", "other")]:
        assert topics.allows(key, "write", "a")


def test_user_and_vhost_are_the_variables_of_amqp(topics):
    topics.set(ADA, TopicPermission("^{username}@{vhost}$", ""))
    assert topics.allows(ADA, "write", "ada@/")
    assert not topics.allows(ADA, "write", "bob@/")


def test_a_change_is_felt_at_once(topics):
    topics.set(ADA, TopicPermission("", ""))
    topics.set(ADA, TopicPermission("a", ""))
    assert topics.allows(ADA, "write", "a")
    assert topics.get(ADA) == TopicPermission("a", "")
    assert [topics.clear(ADA), topics.clear(ADA)] == [True, False]
    assert topics.get(ADA) is None
    assert topics.allows(ADA, "write", "b")


def test_a_user_or_vhost_that_is_forgotten_leaves_the_others_alone(topics):
    keys = [(user, vhost, "x") for user in ("ada", "bob") for vhost in ("/", "other")]
    for key in keys:
        topics.set(key, TopicPermission("", ""))
    assert topics.of("ada", "/") == ["x"]
    topics.forget_user("ada")
    assert [key for key, _granted in topics] == keys[2:]
    topics.forget_vhost("/")
    assert [key for key, _granted in topics] == keys[3:]
    assert topics.of("ada", "/") == []
