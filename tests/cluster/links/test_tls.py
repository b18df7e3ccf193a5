"""The contexts for links, from files; nodes that meet over them are in test_links.py."""

import ssl

import pytest

from leveret.cluster.links.tls import link_tls
from leveret.errors import StartRefused
from tests.server.authority import authority


@pytest.fixture
def files(tmp_path):
    """Certificate, key and authority of a node."""
    ca = authority()
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    return *ca.vouch_for("node").write(tmp_path, "node"), tmp_path / "ca.pem"


def test_both_ends_show_certificates_and_look_at_them(files):
    tls = link_tls(*files)
    assert tls.server.verify_mode is ssl.CERT_REQUIRED
    assert tls.client.verify_mode is ssl.CERT_REQUIRED
    assert tls.client.check_hostname


def test_what_is_no_certificate_is_named(files, tmp_path):
    certificate, key, trusted = files
    with pytest.raises(StartRefused, match="No such file"):
        link_tls(tmp_path / "absent", key, trusted)
    key.write_text("no key")
    with pytest.raises(StartRefused, match=r"look at cluster.ssl_options.certfile"):
        link_tls(certificate, key, trusted)
