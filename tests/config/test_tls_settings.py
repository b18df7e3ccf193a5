"""Values of ssl_options.*: what is taken, and what is refused with advice."""

import pytest

from leveret.config import tls_settings


def test_versions_and_ciphers_may_be_listed_in_one_variable():
    assert tls_settings.versions("tlsv1.2, tlsv1.3") == ("tlsv1.2", "tlsv1.3")
    assert tls_settings.ciphers("A:B,C") == ("A", "B", "C")


def test_each_version_and_each_cipher_is_added():
    assert tls_settings.add_version(("tlsv1.2",), "2", "tlsv1.3") == ("tlsv1.2", "tlsv1.3")
    assert tls_settings.add_cipher(("A",), "2", "B") == ("A", "B")


@pytest.mark.parametrize("old", ["sslv3", "tlsv1", "tlsv1.1", "TLSv1.1"])
def test_a_version_that_openssl_has_given_up_is_refused(old):
    with pytest.raises(ValueError, match="OpenSSL no longer offers it; remove the line"):
        tls_settings.version(old)


def test_a_version_nobody_knows_is_refused():
    with pytest.raises(ValueError, match=r"expected one of tlsv1\.2, tlsv1\.3"):
        tls_settings.version("tlsv2")


def test_peers_are_verified_or_not():
    assert tls_settings.verifies("verify_peer")
    assert not tls_settings.verifies("verify_none")
    with pytest.raises(ValueError, match="verify_peer, verify_none"):
        tls_settings.verifies("true")


def test_a_switch_that_cannot_be_moved_says_so():
    stays_on = tls_settings.only(True, "it is always on")
    assert stays_on("true") is True
    with pytest.raises(ValueError, match="it is always on; remove the line"):
        stays_on("false")


@pytest.mark.parametrize("value", ["true", "peer", "best_effort"])
def test_revocation_lists_are_refused(value):
    assert tls_settings.no_revocation("false") is False
    with pytest.raises(ValueError, match="are not read; remove the line"):
        tls_settings.no_revocation(value)
