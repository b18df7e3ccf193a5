"""One entry of JSON, and what it means."""

import base64

import pytest
from msgspec import convert

from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedPermission,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedVhost,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.passwords import MD5, NO_PASSWORD, SHA256
from leveret.broker.permissions import Permission
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from leveret.definitions.entries import FORMS, arguments_of, declared, named, tags_of

HASH = base64.b64encode(b"salthash").decode()


def entry(section, version="3.13.7", **told):
    return convert(told, FORMS[section]).entry(version)


def user(version="3.13.7", **told):
    return entry("users", version, **{"name": "ada", **told}).user


def test_a_user():
    found = user(password_hash=HASH, hashing_algorithm=MD5, tags=["management"])
    assert (found.name, found.password_hash) == ("ada", b"salthash")
    assert (found.tags, found.hashing_algorithm) == ({"management"}, MD5)


@pytest.mark.parametrize(
    ("told", "tags"),
    [
        ("", set()),
        ("administrator", {"administrator"}),
        ("management, monitoring", {"management", "monitoring"}),
        ([], set()),
        (["a", " b "], {"a", "b"}),
    ],
)
def test_tags_are_a_list_or_a_text_with_commas(told, tags):
    assert user(tags=told).tags == tags
    assert tags_of(told) == tags


@pytest.mark.parametrize(("told", "tags"), [("true", {"administrator"}), (False, set())])
def test_an_administrator_as_of_old(told, tags):
    assert user(administrator=told).tags == tags


@pytest.mark.parametrize(
    ("version", "algorithm"), [("3.5.7", MD5), ("3.6.0", SHA256), ("3.10.8", SHA256), ("", SHA256)]
)
def test_an_algorithm_that_is_not_named_is_that_of_its_time(version, algorithm):
    assert user(version, tags="", password_hash=HASH).hashing_algorithm == algorithm


def test_a_user_without_password_cannot_log_in():
    assert user(tags="").password_hash == NO_PASSWORD


def test_a_plain_password():
    assert entry("users", name="ada", tags="", password="open").password == "open"


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "no tags"),
        ({"tags": "", "password": "x", "password_hash": HASH}, "both"),
        ({"tags": "", "password_hash": "!!"}, "not base64"),
        ({"tags": "", "name": "n" * 256}, "256 octets"),
    ],
)
def test_what_is_no_user(told, reason):
    with pytest.raises(ValueError, match=reason):
        user(**told)


def test_the_others():
    assert entry("vhosts", name="/") == DefinedVhost("/")
    rights = {"configure": "a", "write": "b", "read": "c"}
    assert entry("permissions", user="ada", vhost="/", **rights) == DefinedPermission(
        "ada", "/", Permission("a", "b", "c")
    )
    told = {"user": "ada", "vhost": "/", "exchange": "x", "write": "b", "read": "c"}
    assert entry("topic_permissions", **told) == DefinedTopicPermission(
        "ada", "/", "x", TopicPermission("b", "c")
    )


def test_what_goes_without_saying_may_be_left_out():
    assert entry("queues", name="q", vhost="/") == DefinedQueue("/", "q", QueueOptions(True))
    assert entry("exchanges", name="x", vhost="/", type="topic") == DefinedExchange(
        "/", "x", "topic", ExchangeOptions(True)
    )
    ends = {"source": "x", "destination": "q", "destination_type": "queue"}
    assert entry("bindings", vhost="/", **ends) == DefinedBinding("/", "x", "queue", "q", "")


def test_what_is_said_counts():
    options = {"durable": False, "auto_delete": True, "arguments": {"x-max-priority": 3}}
    assert entry("queues", name="q", vhost="/", **options).options == QueueOptions(
        False, False, True, {"x-max-priority": 3}
    )
    assert entry("exchanges", name="x", vhost="/", type="topic", internal=True).options.internal


def test_line_breaks_are_cut_out_as_from_a_clients_declare():
    assert entry("queues", name="a\r\nb", vhost="/").name == "ab"
    assert declared("a\nb") == "ab"
    assert named("a\nb") == "a\nb"


def test_erlangs_empty_object():
    assert arguments_of([]) == {}
    with pytest.raises(ValueError, match="expected an object"):
        arguments_of([1])
