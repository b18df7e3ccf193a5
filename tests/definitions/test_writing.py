"""Entries written: RabbitMQ's keys, in RabbitMQ's order, and readable again."""

import json

from leveret.definitions.reading import read_document
from leveret.definitions.writing import write_document, write_vhost_document
from leveret.version import VERSION
from tests.broker.definitions import entries


def told(*what):
    return json.loads(write_document(what, "3.13.7"))


def test_what_it_says_of_itself():
    document = told()
    assert list(document)[:6] == [
        "rabbit_version", "rabbitmq_version", "product_name", "product_version", "users", "vhosts",
    ]  # fmt: skip
    assert document["rabbit_version"] == document["rabbitmq_version"] == "3.13.7"
    assert (document["product_name"], document["product_version"]) == ("Leveret", VERSION)


def test_each_section_has_rabbitmqs_keys():
    document = told(*entries.everything())
    assert document["users"] == [
        {
            "name": "ada",
            "password_hash": "c2FsdGhhc2g=",
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": [],
            "limits": {},
        }
    ]
    assert document["vhosts"] == [
        {"name": "/", "limits": [], "metadata": {"description": "", "tags": []}}
    ]
    assert document["global_parameters"] == [{"name": "where", "value": "here"}]
    assert document["policies"] == [
        {
            "vhost": "/",
            "name": "short",
            "pattern": "^jobs",
            "apply-to": "all",
            "definition": {"max-length": 5},
            "priority": 0,
        }
    ]
    assert document["parameters"][1] == {
        "value": {"max-connections": 5},
        "vhost": "/",
        "component": "vhost-limits",
        "name": "limits",
    }
    assert document["permissions"] == [
        {"user": "ada", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
    ]
    assert document["topic_permissions"] == [
        {"user": "ada", "vhost": "/", "exchange": "logs", "write": "a", "read": "b"}
    ]
    assert document["exchanges"] == [
        {
            "name": "logs",
            "vhost": "/",
            "type": "direct",
            "durable": True,
            "auto_delete": False,
            "internal": False,
            "arguments": {},
        }
    ]
    assert document["queues"] == [
        {"name": "jobs", "vhost": "/", "durable": True, "auto_delete": False, "arguments": {}}
    ]
    assert document["bindings"][1] == {
        "source": "logs",
        "vhost": "/",
        "destination": "amq.fanout",
        "destination_type": "exchange",
        "routing_key": "k",
        "arguments": {"a": 1},
    }


def test_what_is_written_can_be_read():
    document = write_document(entries.everything(), "3.13.7")
    assert read_document(document).entries == entries.everything()


def test_what_is_known_of_a_vhost_and_a_users_limits():
    document = told(
        entries.vhost("v", "d", ("a",), "quorum"), entries.user(limits={"max-channels": 5})
    )
    assert document["vhosts"][0]["metadata"] == {
        "description": "d",
        "tags": ["a"],
        "default_queue_type": "quorum",
    }
    assert document["users"][0]["limits"] == {"max-channels": 5}


def test_one_vhost_is_not_named():
    what = [entries.policy(), entries.shovel(), entries.exchange(), entries.queue()]
    what.append(entries.binding())
    document = write_vhost_document(what, "3.13.7")
    assert set(json.loads(document)) == {
        "rabbit_version", "parameters", "policies", "queues", "exchanges", "bindings",
    }  # fmt: skip
    assert b'"vhost"' not in document
    assert read_document(document, "/").entries == what


def test_a_name_that_json_cannot_carry_is_spelled_out():
    document = told(entries.queue("\udcff"))
    assert document["queues"][0]["name"] == "Not UTF-8, base64 is: /w=="
