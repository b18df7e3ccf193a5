"""Certificates of the listeners that show one, and what TLS can speak."""

import dataclasses

import pytest

from leveret.config import Listening
from leveret.control.call import Call, VerbRefused
from leveret.control.verbs import encryption
from tests.control.served import ALONE, OneBroker
from tests.server.secured import Pki


@pytest.fixture
def call(tmp_path):
    host = OneBroker()
    host.settings = dataclasses.replace(ALONE, tls=Pki(tmp_path).options())
    host.listeners = (Listening("amqp", "::", 5672), Listening("amqp/ssl", "::", 5671))
    return Call(host, {})


def test_each_listener_with_tls_and_its_certificates(call):
    [listener] = encryption.certificates(call)
    assert (listener["interface"], listener["port"]) == ("[::]", 5671)
    own, authority = listener["certificates"]
    assert own["file"].endswith("server.pem")
    assert own["issuer"] == authority["subject"]
    assert own["not_before"] < own["not_after"]


def test_https_may_have_its_own(call, tmp_path):
    settings = call.host.settings
    file = tmp_path / "own.pem"
    file.write_bytes((tmp_path / "ca.pem").read_bytes())
    http = dataclasses.replace(settings.http, management_certificate=file)
    call.host.settings = dataclasses.replace(settings, http=http)
    call.host.listeners = (Listening("https", "::", 15671),)
    [listener] = encryption.certificates(call)
    assert listener["certificates"][0]["file"] == str(file)


def test_a_file_that_cannot_be_read(call):
    call.host.settings.tls.certfile.unlink()
    with pytest.raises(VerbRefused, match="cannot read"):
        encryption.certificates(call)


def test_versions_and_cipher_suites(call):
    assert encryption.tls_versions(call)[:2] == ["tlsv1.3", "tlsv1.2"]
    assert "TLS_AES_256_GCM_SHA384" in encryption.cipher_suites(call)
