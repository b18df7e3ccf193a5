"""A topology as a test writes it down."""

import json

import pika
import pytest

import leveret
from leveret.testing.topology import document

TOPOLOGY = {
    "exchanges": [{"name": "logs", "type": "topic"}],
    "queues": [{"name": "jobs", "arguments": {"x-max-priority": 3}}],
    "bindings": [
        {
            "source": "logs",
            "destination": "jobs",
            "destination_type": "queue",
            "routing_key": "a.#",
        }
    ],
}  # fmt: skip


def route(broker):
    with pika.BlockingConnection(pika.URLParameters(broker.url)) as connection:
        channel = connection.channel()
        channel.basic_publish("logs", "a.b", b"x")
        return channel.basic_get("jobs", auto_ack=True)[2]


def test_a_topology_in_python():
    with leveret.running(definitions=TOPOLOGY) as broker:
        assert route(broker) == b"x"


def test_a_topology_in_a_file(tmp_path):
    file = tmp_path / "topology.json"
    file.write_bytes(document(TOPOLOGY, "/"))
    with leveret.running(definitions=file) as broker:
        assert route(broker) == b"x"


def test_it_is_laid_over_the_default_user_and_vhost():
    settings = leveret.Settings(default_user="app", default_pass="s", default_vhost="orders")
    with leveret.running(settings=settings, definitions=TOPOLOGY) as broker:
        assert route(broker) == b"x"


def test_what_names_a_vhost_goes_there():
    told = {"vhosts": [{"name": "a"}], "queues": [{"name": "q", "vhost": "a"}, {"name": "r"}]}
    assert json.loads(document(told, "/")) == {
        "vhosts": [{"name": "a"}],
        "queues": [{"name": "q", "vhost": "a"}, {"name": "r", "vhost": "/"}],
    }
    assert document(None, "/") is None


@pytest.mark.parametrize(
    ("definitions", "reason"),
    [
        ("/nowhere/at/all.json", "cannot read the definitions /nowhere/at/all.json"),
        ({"queues": [{"name": "q", "vhost": "b"}]}, "queues: queue 'q' in vhost 'b'"),
    ],
)
def test_what_is_wrong_is_told_where_the_block_begins(definitions, reason):
    with (
        pytest.raises(leveret.StartRefused, match=reason),
        leveret.running(definitions=definitions),
    ):
        pytest.fail("it must not start")
