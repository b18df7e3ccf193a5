"""Documents read: RabbitMQ's own, and bad ones, of which every fault is told."""

import json
from pathlib import Path

import pytest

from leveret.broker.definitions.document import SECTION_OF, SECTIONS
from leveret.broker.definitions.importing import Unimportable
from leveret.definitions.reading import counted, read_document

GOLDEN = Path(__file__).parent / "golden"


def read(told, vhost=None):
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    return read_document(data, vhost)


def faults(told):
    with pytest.raises(Unimportable) as refused:
        read(told)
    return [str(each) for each in refused.value.faults]


def skipped(told, vhost=None):
    return [str(each) for each in read(told, vhost).skipped]


@pytest.mark.parametrize("data", [b"", b" \n", b"{}"])
def test_nothing_in_it(data):
    assert read(data).entries == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"users": [\n  nope]}', r"invalid character (line 2, column 7)"),
        (b"[]", "expected an object of sections"),
        (b'"text"', "expected an object of sections"),
        (b'{"a": ' + b"[" * 100_000, "too deep"),
        (b'{"\xff": 1}', "invalid start byte"),
        (b'{"a": ', "truncated"),
    ],
)
def test_what_is_no_document(data, reason):
    (told,) = faults(data)
    assert told.startswith("document: JSON: ")
    assert reason in told


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "expected a list, found an object"),
        (None, "expected a list, found null"),
        ("x", "expected a list, found a string"),
        (5, "expected a list, found a number or boolean"),
    ],
)
def test_a_section_is_a_list(told, reason):
    assert faults({"queues": told}) == [f"queues: section: {reason}"]


def test_every_fault_is_told_with_its_place():
    told = {
        "users": [{"name": "ada"}],
        "queues": [
            "jobs",
            {"name": "a", "vhost": "/", "durable": "yes"},
            {"name": "b"},
            {"vhost": "/"},
            {"name": "c", "vhost": "/", "arguments": {"x": None}},
            {"name": "d", "vhost": "/", "arguments": [1]},
        ],
        "bindings": [{"source": "x", "destination": "q", "destination_type": "queue"}],
    }
    assert faults(told) == [
        "users: entry 1, 'ada': it has no tags; \"tags\": [] says that it has none",
        "queues: entry 1: expected an object, found a string",
        "queues: entry 2, 'a': durable: Expected 'bool', got 'str'",
        "queues: entry 3, 'b': it has no 'vhost'",
        "queues: entry 4: it has no 'name'",
        "queues: entry 5, 'c': null is no value of an argument",
        "queues: entry 6, 'd': arguments are a list, expected an object",
        "bindings: entry 1, 'x': it has no 'vhost'",
    ]


def test_what_nobody_knows_is_told():
    told = {
        "rabbit_version": "3.10.8",
        "product_name": "RabbitMQ",
        "shovels": [],
        "queues": [
            {"name": "a", "vhost": "/", "type": "classic", "color": 1},
            {"name": "b", "vhost": "/", "color": 2},
        ],
    }
    assert skipped(told) == [
        "shovels: section: this section is not known",
        "queues: key 'color' of 2 entries: this key is not known",
    ]


def test_a_document_of_one_vhost_goes_into_any():
    told = {"queues": [{"name": "a"}], "users": [{"name": "x"}], "metadata": {"tags": []}}
    document = read(told, "orders")
    assert [str(each) for each in document.entries] == ["queue 'a' in vhost 'orders'"]
    assert skipped(told, "orders") == [
        "users: 1 entry: only what belongs into vhost 'orders' is taken"
    ]


def test_the_version_says_how_old_a_hash_is():
    told = {"rabbit_version": "3.5.7", "users": [{"name": "a", "tags": "", "password_hash": ""}]}
    (user,) = read(told).entries
    assert user.user.hashing_algorithm == "rabbit_password_hashing_md5"


def test_counting():
    assert (counted(1), counted(2)) == ("1 entry", "2 entries")


COUNTS = {
    "rabbitmq-3.10.8-ctl.json": (4, 4, 4, 2, 3, 2, 4, 7, 9, 11),
    "rabbitmq-3.10.8-http.json": (4, 4, 4, 2, 4, 2, 4, 8, 9, 11),
    "rabbitmq-3.13.json": (2, 2, 2, 1, 2, 1, 3, 2, 3, 2),
}


@pytest.mark.parametrize("name", COUNTS)
def test_rabbitmqs_own_documents(name):
    document = read((GOLDEN / name).read_bytes())
    sections = [SECTION_OF[type(each)] for each in document.entries]
    assert tuple(sections.count(section) for section in SECTIONS) == COUNTS[name]
    assert not document.skipped


def test_rabbitmqs_own_document_of_one_vhost():
    entries = read((GOLDEN / "rabbitmq-3.10.8-http-vhost.json").read_bytes(), "new").entries
    assert {each.vhost for each in entries} == {"new"}
