"""One user's questions, and the words of a refusal."""

import pytest

from leveret.broker.errors import AccessRefused
from leveret.broker.exchanges.direct import Direct
from leveret.broker.exchanges.exchange import Exchange, ExchangeOptions
from leveret.broker.exchanges.topic import Topic
from leveret.broker.permissions import Permission, Permissions
from leveret.broker.rights import Rights
from leveret.broker.topic_permissions import TopicPermission, TopicPermissions
from leveret.broker.users import User


@pytest.fixture
def permissions():
    permissions = Permissions()
    permissions.set("ada", "/", Permission("^c$", "^w$", "^r$"))
    return permissions


@pytest.fixture
def topics():
    topics = TopicPermissions()
    topics.set(("ada", "/", "logs"), TopicPermission(write="^w", read="^r"))
    return topics


@pytest.fixture
def ada(permissions, topics):
    return Rights(User("ada"), "/", permissions, topics)


def exchange(name="logs", kind=Topic):
    return Exchange("/", name, kind(), ExchangeOptions())


def refusal(ask, *question):
    with pytest.raises(AccessRefused) as refused:
        ask(*question)
    return str(refused.value)


def test_what_is_granted_is_not_refused(ada):
    ada.ask("configure", "queue", "c")
    ada.ask("write", "exchange", "w")
    ada.ask("read", "queue", "r")
    assert ada.user.name == "ada"


def test_a_refusal_names_resource_vhost_and_user(ada):
    expected = "access to queue 'jobs' in vhost '/' refused for user 'ada'"
    assert refusal(ada.ask, "read", "queue", "jobs") == expected


def test_the_default_exchange_has_a_name_in_texts(ada):
    expected = "access to exchange 'amq.default' in vhost '/' refused for user 'ada'"
    assert refusal(ada.ask, "write", "exchange", "") == expected


def test_a_change_is_felt_at_once(ada, permissions):
    permissions.set("ada", "/", Permission("", "", ""))
    assert refusal(ada.ask, "configure", "queue", "c")


def test_topics_are_asked_of_a_topic_exchange_with_permissions_of_its_own(ada):
    ada.ask_topics("write", exchange(), "w.1", "w.2")
    ada.ask_topics("read", exchange(), "r")
    ada.ask_topics("write", exchange("others"), "anything")
    ada.ask_topics("write", exchange(kind=Direct), "anything")


def test_a_refused_topic_is_named_with_its_exchange(ada):
    expected = "access to topic 'x.y' in exchange 'logs' in vhost '/' refused for user 'ada'"
    assert refusal(ada.ask_topics, "write", exchange(), "w.1", "x.y") == expected
    assert refusal(ada.ask_topics, "read", exchange(), "x.y") == expected
