"""ssl contexts from settings: what is refused and why, when certificates are read again."""

import logging
import os
import ssl

import pytest

from leveret.server import tls
from leveret.server.certificate import Certificate, read_certificate
from leveret.server.tls import Certificates, TlsRefused, login_of, make_context, why_it_failed
from tests.server.authority import authority, name
from tests.server.secured import Pki


@pytest.fixture
def pki(tmp_path):
    return Pki(tmp_path)


# Making a context ----------------------------------------------------------------------------


def test_by_default_no_client_certificate_is_asked_for(pki):
    context = make_context(pki.options())
    assert context.verify_mode == ssl.CERT_NONE
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.maximum_version == ssl.TLSVersion.TLSv1_3
    assert context.options & ssl.OP_NO_RENEGOTIATION


def test_verifying_asks_and_may_insist(pki):
    asks = make_context(pki.options(is_verifying=True))
    insists = make_context(pki.options(is_verifying=True, needs_certificate=True))
    assert (asks.verify_mode, insists.verify_mode) == (ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED)


def test_one_file_may_hold_certificate_and_key(pki):
    pki.certfile.write_bytes(pki.certfile.read_bytes() + pki.keyfile.read_bytes())
    assert make_context(pki.options(keyfile=None))


def test_an_encrypted_key_needs_its_password(pki):
    party = pki.ca.vouch_for("localhost")
    certificate, key = party.write(pki.directory, "encrypted", password="secret")
    files = {"certfile": certificate, "keyfile": key}
    assert make_context(pki.options(**files, password="secret"))
    for wrong in ("", "wrong"):
        with pytest.raises(TlsRefused, match=r"ssl_options\.password if the key is encrypted"):
            make_context(pki.options(**files, password=wrong))


def test_only_the_versions_that_are_named_are_spoken(pki):
    newest = make_context(pki.options(versions=("tlsv1.3",)))
    assert newest.minimum_version == ssl.TLSVersion.TLSv1_3
    older = make_context(pki.options(versions=("tlsv1.2",)))
    assert older.maximum_version == ssl.TLSVersion.TLSv1_2


def test_the_order_of_ciphers_is_the_nodes_or_the_clients(pki):
    assert make_context(pki.options(honors_order=True)).options & ssl.OP_CIPHER_SERVER_PREFERENCE
    assert not make_context(pki.options()).options & ssl.OP_CIPHER_SERVER_PREFERENCE
    assert make_context(pki.options(honors_order=True, honors_ecc_order=True))


OLDER = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256")


def test_ciphers_of_tls_1_2_are_exactly_those_named_and_tls_1_3_is_off(pki):
    context = make_context(pki.options(ciphers=OLDER))
    names = [each["name"] for each in context.get_ciphers() if each["protocol"] != "TLSv1.3"]
    assert names == list(OLDER)
    assert context.maximum_version == ssl.TLSVersion.TLSv1_2


def test_ciphers_of_tls_1_3_alone_leave_tls_1_2_out(pki):
    context = make_context(pki.options(ciphers=(*tls.TLS_1_3, *tls.TLS_1_3_UNOFFERED)))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_3


def test_ciphers_of_both_keep_both(pki):
    context = make_context(pki.options(ciphers=(*tls.TLS_1_3, *OLDER)))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.maximum_version == ssl.TLSVersion.TLSv1_3


def test_diffie_hellman_parameters_are_read(pki):
    file = pki.directory / "dh.pem"
    file.write_text(FFDHE_2048)
    assert make_context(pki.options(dhfile=file))


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"certfile": None}, r"a TLS listener needs ssl_options\.certfile"),
        ({"certfile": "absent"}, r"ssl_options\.certfile: .*absent cannot be read: No such file"),
        ({"keyfile": "absent"}, r"ssl_options\.keyfile: .*absent cannot be read: No such file"),
        ({"cacertfile": "absent", "is_verifying": True}, r"ssl_options\.cacertfile: .*absent"),
        ({"cacertfile": "junk", "is_verifying": True}, r"cacertfile: .*junk has no certificate"),
        ({"certfile": "junk"}, r"a certificate and its key in PEM form are needed"),
        ({"keyfile": "other.key"}, r"ssl_options\.keyfile: .*other\.key is not the key of"),
        ({"dhfile": "junk"}, r"ssl_options\.dhfile: .*junk no Diffie-Hellman parameters"),
        ({"needs_certificate": True}, r"fail_if_no_peer_cert needs ssl_options\.verify"),
        ({"is_verifying": True, "cacertfile": None}, r"verify_peer needs ssl_options\.cacertfile"),
        ({"honors_ecc_order": True}, r"OpenSSL keeps one order for ciphers and curves"),
        ({"ciphers": ("NONSENSE",)}, r"OpenSSL has no NONSENSE"),
        ({"ciphers": (*OLDER, "NONSENSE")}, r"OpenSSL has no NONSENSE"),
        (
            {"ciphers": tls.TLS_1_3[:2]},
            r"cannot leave out suites of TLS 1\.3; add TLS_AES_128_GCM_SHA256, or leave tlsv1\.3",
        ),
        ({"ciphers": OLDER, "versions": ("tlsv1.3",)}, r"no suite of a version in"),
        ({"ciphers": tls.TLS_1_3, "versions": ("tlsv1.2",)}, r"no suite of a version in"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(pki, chosen, why):
    (pki.directory / "junk").write_text("junk")
    pki.ca.vouch_for("other").write(pki.directory, "other")
    files = {"certfile", "keyfile", "cacertfile", "dhfile"}
    located = {
        option: pki.directory / value if option in files and value else value
        for option, value in chosen.items()
    }
    with pytest.raises(TlsRefused, match=why):
        make_context(pki.options(**located))


# Reading certificates again ------------------------------------------------------------------


class Bell:
    """A loop of one alarm: rung by hand."""

    def __init__(self):
        self.action = None

    def call_later(self, delay_s, action, *arguments):
        assert delay_s == tls.WATCH_S
        self.action = lambda: action(*arguments)
        return self

    def cancel(self):
        self.action = None

    def ring(self):
        self.action()


def touch(file, *, seconds=10):
    """A later time, as a change some time later has."""
    told = file.stat()
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns + seconds * 10**9))


def test_a_changed_file_is_read_once_it_has_settled(pki):
    certificates, bell = Certificates(pki.options()), Bell()
    first = certificates.context
    certificates.start_watching(bell)
    bell.ring()
    assert certificates.context is first
    pki.renew()
    touch(pki.certfile)
    bell.ring()
    assert certificates.context is first
    bell.ring()
    second = certificates.context
    assert second is not first
    bell.ring()
    assert certificates.context is second


def test_a_broken_file_keeps_the_certificate_and_says_why_once(pki, caplog):
    certificates, bell = Certificates(pki.options()), Bell()
    first = certificates.context
    certificates.start_watching(bell)
    pki.certfile.write_text("junk")
    touch(pki.certfile)
    for _ in range(4):
        bell.ring()
    assert certificates.context is first
    assert caplog.text.count("the certificate stays as it was: ssl_options.certfile") == 1
    pki.renew()
    touch(pki.certfile, seconds=20)
    bell.ring()
    bell.ring()
    assert certificates.context is not first


def test_a_file_that_is_gone_for_a_while_is_waited_for(pki):
    certificates, bell = Certificates(pki.options()), Bell()
    first = certificates.context
    certificates.start_watching(bell)
    pki.certfile.unlink()
    bell.ring()
    bell.ring()
    assert certificates.context is first


def test_reloading_reads_at_once(pki, caplog):
    caplog.set_level(logging.INFO)
    certificates = Certificates(pki.options())
    first = certificates.context
    certificates.reload()
    assert certificates.context is not first
    assert "TLS certificates were read again" in caplog.text


def test_watching_ends_when_it_is_told_to(pki):
    certificates, bell = Certificates(pki.options()), Bell()
    certificates.stop_watching()
    certificates.start_watching(bell)
    certificates.stop_watching()
    assert bell.action is None


@pytest.mark.parametrize(
    ("days", "told"),
    [((-10, 12), "expires in 11 days"), ((-10, -1), "has expired"), ((-10, 90), "")],
)
def test_a_certificate_that_expires_soon_is_told_of(pki, caplog, days, told):
    pki.renew(days=days)
    Certificates(pki.options())
    assert told in caplog.text if told else not caplog.text


# Names and reasons ---------------------------------------------------------------------------


HARE = Certificate(
    "CN=hare,O=Warren",
    "CN=Warren CA",
    None,
    None,
    ("hare", "jack"),
    (("dns", "a.example"), ("ip", "192.0.2.1"), ("dns", "b.example")),
)


@pytest.mark.parametrize(
    ("chosen", "login"),
    [
        ({}, "CN=hare,O=Warren"),
        ({"login_from": "common_name"}, "hare,jack"),
        ({"login_from": "subject_alternative_name"}, "a.example"),
        ({"login_from": "subject_alt_name", "login_san_index": 1}, "b.example"),
        ({"login_from": "subject_alternative_name", "login_san_index": 2}, ""),
        ({"login_from": "subject_alternative_name", "login_san_type": "ip"}, "192.0.2.1"),
        ({"login_from": "subject_alternative_name", "login_san_type": "email"}, ""),
    ],
)
def test_a_user_is_named_by_what_the_settings_say(pki, chosen, login):
    assert login_of(HARE, pki.options(**chosen)) == login


def test_a_certificate_without_a_common_name_names_nobody(pki):
    certificate = read_certificate(authority().vouch_for(name(("O", "Warren"))).der)
    assert login_of(certificate, pki.options(login_from="common_name")) == ""


def test_why_a_handshake_failed_is_told_in_words():
    error = ssl.SSLError(1, "[SSL: X] x")
    error.reason = "WRONG_VERSION_NUMBER"
    assert why_it_failed(error) == "what it sent is not TLS; plain AMQP has another port"
    error.reason = "SOMETHING_ELSE"
    assert why_it_failed(error) == "SOMETHING_ELSE"
    untrusted = ssl.SSLCertVerificationError(1, "x")
    untrusted.verify_message = "certificate has expired"
    assert why_it_failed(untrusted) == "its certificate is not trusted: certificate has expired"
    assert why_it_failed(ConnectionResetError()) == "it hung up"


# RFC 7919's group, which needs no minute of computing.
FFDHE_2048 = """\
-----BEGIN DH PARAMETERS-----
MIIBCAKCAQEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEoXJf//////////wIBAg==
-----END DH PARAMETERS-----
"""
