"""A place where HTTP is served."""

import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

import leveret
from leveret.management import port
from tests.management.asking import asking

LAZY = """
import sys, leveret
with leveret.running(management_port=0, prometheus_port=0) as broker:
    print(sorted({"starlette", "uvicorn", "prometheus_client"} & set(sys.modules)))
    import urllib.request
    try: urllib.request.urlopen(broker.management_url + "/api/whoami")
    except urllib.error.HTTPError as error: print(error.status)
    print(sorted({"starlette", "uvicorn"} & set(sys.modules)))
"""


def test_nothing_of_http_is_imported_before_somebody_asks():
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "401", "['starlette', 'uvicorn']"]


def test_the_port_is_free_when_the_broker_has_gone():
    with asking() as api:
        where = urlsplit(api.url)
        assert api.get("/api/whoami").status == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname, where.port))


def test_a_port_nobody_asked_is_free_as_well():
    with leveret.running(management_port=0) as broker:
        where = urlsplit(broker.management_url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((where.hostname, where.port))


def test_a_port_that_is_taken_refuses_the_start():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(leveret.StartRefused, match=rf"cannot listen on .*:{port} \(http\)"),
            leveret.running(management_port=port),
        ):
            pass


def test_who_connects_and_says_nothing_does_not_hold_up_the_end():
    with asking() as api:
        where = urlsplit(api.url)
        silent = socket.create_connection((where.hostname, where.port))
        assert api.get("/api/whoami").status == 200
    silent.close()


def test_a_broker_that_serves_no_http_says_so():
    with leveret.running() as broker, pytest.raises(LookupError, match="does not serve http"):
        _ = broker.management_url


def test_a_server_that_cannot_be_made_lets_nobody_wait(monkeypatch, caplog):
    def fail(*_):
        raise ImportError("no such module")

    monkeypatch.setattr(port, "_make_server", fail)
    with leveret.running(management_port=0) as broker:
        where = urlsplit(broker.management_url)
        with (
            socket.create_connection((where.hostname, where.port), timeout=10) as client,
            pytest.raises(ConnectionResetError),
        ):
            client.recv(1)
    assert "no such module" in caplog.text
