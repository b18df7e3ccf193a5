"""Where a node listens."""

from pathlib import Path

import pytest

from leveret.config import Listening, Settings
from leveret.config.http_settings import HttpSettings
from leveret.config.tls_settings import TlsSettings
from leveret.management.views.listeners import amqp, contexts, contexts_of_node, listeners
from tests.management.looking import FakeHost
from tests.session.harness import World

EVERYTHING = (
    Listening("http", "127.0.0.1", 15672),
    Listening("amqp/ssl", "127.0.0.1", 5671),
    Listening("amqp", "0.0.0.0", 5672),
    Listening("http", "::", 15673),
    Listening("http/prometheus", "::", 15692),
)
TLS = TlsSettings(
    certfile=Path("/pki/server.pem"), keyfile=Path("/pki/server.key"), is_verifying=True
)


@pytest.fixture
def host():
    settings = Settings(tls=TLS, http=HttpSettings(path_prefix="/rabbit"))
    return FakeHost(World().broker, settings, EVERYTHING)


@pytest.mark.parametrize(
    ("listening", "told"),
    [
        (EVERYTHING, {"port": 5672, "ssl": False}),
        (EVERYTHING[:2], {"port": 5671, "ssl": True}),
        (EVERYTHING[:1], None),
    ],
)
def test_programs_connect_without_tls_where_they_can(listening, told):
    assert amqp(FakeHost(World().broker, Settings(), listening)) == told


def test_every_listener_is_told_by_protocol(host):
    told = listeners(host)
    assert [(each["protocol"], each["ip_address"], each["port"]) for each in told] == [
        ("amqp", "0.0.0.0", 5672),
        ("amqp/ssl", "127.0.0.1", 5671),
        ("http", "127.0.0.1", 15672),
        ("http", "::", 15673),
        ("http/prometheus", "::", 15692),
    ]
    assert {each["node"] for each in told} == {host.broker.node}


def test_the_options_of_sockets_are_told_where_there_are_any(host):
    amqp, tls, http, *_ = (each["socket_opts"] for each in listeners(host))
    assert amqp == {"backlog": 128, "nodelay": True}
    assert tls["certfile"] == "/pki/server.pem"
    assert tls["verify"] == "verify_peer"
    assert "cacertfile" not in tls
    assert http == {"ip": "127.0.0.1", "port": 15672}


def test_contexts_are_what_is_served_over_http(host):
    told = {"description": "RabbitMQ Management", "path": "/rabbit", "cowboy_opts": "[]"}
    assert contexts(host) == [
        {**told, "ip": "127.0.0.1", "port": "15672"},
        {**told, "port": "15673"},
        {
            "description": "RabbitMQ Prometheus",
            "path": "/",
            "cowboy_opts": "[]",
            "port": "15692",
            "protocol": "http/prometheus",
        },
    ]
    first = contexts_of_node(host)[0]
    assert (first["node"], first["ssl_opts"]) == (host.broker.node, [])
