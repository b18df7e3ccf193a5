"""Certificates are shown, and those that end soon are a failure."""

import json

import pytest
from tests.control.served import COOKIE, served
from tests.server.secured import Pki

from leveret.control import exits


@pytest.fixture
def secured(tmp_path, monkeypatch):
    options = Pki(tmp_path).options()
    with served(tls=options, tls_port=0) as node:
        monkeypatch.setenv("LEVERET_COOKIE", COOKIE.decode())
        monkeypatch.setenv("LEVERET_NODE_PORT", str(node.address[1]))
        monkeypatch.setenv("LEVERET_NODE", "leveret@localhost")
        yield node


@pytest.mark.usefixtures("secured")
def test_what_is_shown(ctl):
    lines = ctl("certificates", "-q").out.splitlines()
    assert lines[0].endswith("protocol: amqp/ssl")
    assert lines[1].strip().startswith("/")
    assert lines[2].startswith("    issuer: ")
    [listener] = json.loads(ctl("certificates", "--formatter", "json").out)
    assert len(listener["certificates"]) == 2


@pytest.mark.usefixtures("secured")
def test_what_ends_soon(ctl):
    fine = ctl("check_certificate_expiration", "--within", "0", "--unit", "days")
    assert fine.code == exits.OK
    assert fine.out.endswith("No certificates are expiring within 0 days.\n")
    late = ctl("check_certificate_expiration", "--within", "200", "--unit", "years")
    assert late.code == exits.UNAVAILABLE
    assert late.err.startswith("Error:\nInterface: 127.0.0.1, port: ")
    words = ["--within", "200", "--unit", "years", "--formatter", "json"]
    told = json.loads(ctl("check_certificate_expiration", *words).err)
    assert (told["result"], len(told["expired"])) == ("error", 2)


@pytest.mark.usefixtures("node")
def test_without_tls_there_are_none(ctl):
    assert ctl("certificates", "-q").out == "#{}\n"
    assert json.loads(ctl("certificates", "--formatter", "json").out) == []


@pytest.mark.usefixtures("node")
def test_versions_and_cipher_suites(ctl):
    assert ctl("tls_versions", "-q").out.startswith("tlsv1.3\ntlsv1.2\n")
    assert "TLS_AES_256_GCM_SHA384\n" in ctl("cipher_suites", "-q").out


def test_a_unit_there_is_not(ctl):
    assert ctl("check_certificate_expiration", "--unit", "hours").code == exits.USAGE
