"""One entry of JSON, and what it means."""

import base64

import pytest
from msgspec import convert

from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedGlobalParameter,
    DefinedParameter,
    DefinedPermission,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedVhost,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.passwords import MD5, NO_PASSWORD, SHA256
from leveret.broker.permissions import Permission
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from leveret.definitions.entries import FORMS, arguments_of, declared, named, pairs_of, words_of

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
    assert set(words_of(told)) == tags


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
    rights = {"configure": "a", "write": "b", "read": "c"}
    assert entry("permissions", user="ada", vhost="/", **rights) == DefinedPermission(
        "ada", "/", Permission("a", "b", "c")
    )
    told = {"user": "ada", "vhost": "/", "exchange": "x", "write": "b", "read": "c"}
    assert entry("topic_permissions", **told) == DefinedTopicPermission(
        "ada", "/", "x", TopicPermission("b", "c")
    )


INNER = {"description": "d", "tags": ["a", "b"], "default_queue_type": "quorum"}


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ({}, DefinedVhost("/")),
        ({"metadata": INNER}, DefinedVhost("/", "d", ("a", "b"), "quorum")),
        ({**INNER, "metadata": {}}, DefinedVhost("/", "d", ("a", "b"), "quorum")),
        ({"description": "e", "metadata": INNER}, DefinedVhost("/", "e", ("a", "b"), "quorum")),
        ({"metadata": {"tags": ""}}, DefinedVhost("/", tags=())),
        ({"metadata": {"default_queue_type": "undefined"}}, DefinedVhost("/")),
        ({"metadata": []}, DefinedVhost("/")),
        ({"tracing": True}, DefinedVhost("/", tracing=True)),
    ],
)
def test_what_is_said_of_a_vhost_stands_in_one_place_or_the_other(told, meant):
    assert entry("vhosts", name="/", **told) == meant


@pytest.mark.parametrize(
    ("limits", "meant"),
    [({}, {}), ([], {}), ({"max-channels": 5}, {"max-channels": 5}), ([["a", 1]], {"a": 1})],
)
def test_limits_of_a_user(limits, meant):
    assert entry("users", name="ada", tags="", limits=limits).limits == meant


def test_limits_that_are_not_told():
    assert entry("users", name="ada", tags="").limits is None


@pytest.mark.parametrize("definition", [{"max-length": 5}, [["max-length", 5]]])
def test_a_definition_is_an_object_or_pairs(definition):
    told = {"name": "p", "vhost": "/", "pattern": "^a", "definition": definition}
    assert entry("policies", **told).policy == Policy("p", "^a", {"max-length": 5})
    told |= {"priority": 3, "apply-to": "queues"}
    assert entry("policies", **told).policy == Policy("p", "^a", {"max-length": 5}, 3, "queues")
    value = {"pattern": ".*", "definition": definition, "priority": 0}
    place = {"component": "operator_policy", "vhost": "/", "name": "o"}
    assert entry("parameters", value=value, **place) == DefinedParameter(
        **place, value={**value, "definition": {"max-length": 5}}
    )


def test_a_global_parameter_is_any_json():
    for value in (None, [1, {"a": None}], "x", 2.5, True):
        told = entry("global_parameters", name="g", value=value)
        assert told == DefinedGlobalParameter("g", value)


@pytest.mark.parametrize("told", [[1], [["a"]], [[1, 2, 3]]])
def test_what_is_neither_object_nor_pairs(told):
    with pytest.raises(ValueError, match="expected an object"):
        pairs_of(told)


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
