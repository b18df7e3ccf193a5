"""The HTTP server itself."""

import dataclasses
import http.client
import socket
from urllib.parse import urlsplit

import pytest

import leveret
from leveret import Settings
from leveret.config.tls_settings import TlsSettings
from tests.management.asking import asking
from tests.server.secured import Pki


def test_a_body_that_is_too_large_is_refused():
    http = dataclasses.replace(Settings().http, body_bytes_max=1024)
    with asking(settings=Settings(http=http)) as api:
        told = api.ask("GET", "/api/whoami", b"x" * 1025)
        assert (told.status, told.json["error"]) == (413, "payload_too_large")
        assert api.ask("GET", "/api/whoami", b"x" * 1024).status == 200


@pytest.mark.parametrize("said", [b"\r\n\r\n", b"\x16\x03\x01", b"AMQP\x00\x00\x09\x01" * 100])
def test_what_is_not_http_costs_its_own_connection(api, said):
    where = urlsplit(api.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as garbage:
        garbage.sendall(said)
        garbage.shutdown(socket.SHUT_WR)
        while garbage.recv(4096):
            pass
    assert api.get("/api/whoami").status == 200


@pytest.fixture
def pki(tmp_path):
    return Pki(tmp_path)


def secured(pki, **told):
    http = dataclasses.replace(Settings().http, management_tls_port=0, **told)
    tls = TlsSettings(certfile=pki.certfile, keyfile=pki.keyfile)
    return Settings(http=http, tls=tls)


def test_https_has_the_certificate_of_amqp(pki):
    with leveret.running(settings=secured(pki), management_port=0) as broker:
        port = next(each.port for each in broker._node.listeners if each.protocol == "https")
        trust = pki.client_context()
        connection = http.client.HTTPSConnection("localhost", port, context=trust, timeout=10)
        connection.request("GET", "/api/whoami")
        assert connection.getresponse().status == 401
        connection.close()


def test_https_without_a_certificate_refuses_the_start():
    http = dataclasses.replace(Settings().http, management_tls_port=0)
    with (
        pytest.raises(leveret.StartRefused, match=r"management\.ssl\.port needs a certificate"),
        leveret.running(settings=Settings(http=http), management_port=0),
    ):
        pass


def test_only_the_node_speaks_of_the_server(caplog):
    with caplog.at_level("INFO"), asking() as api:
        assert api.get("/api/whoami").status == 200
    assert not [each.name for each in caplog.records if each.name.startswith("uvicorn")]
