"""What is read of a certificate, and how RabbitMQ would spell it."""

import contextlib
import ipaddress
import ssl
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from leveret.server.certificate import (
    MalformedCertificate,
    read_certificate,
    read_certificates,
)
from tests.server.authority import Party, authority, name

CA = authority()
DER = CA.vouch_for("hare").der


def subject_of(*parts):
    return read_certificate(CA.vouch_for(name(*parts)).der).subject


def test_a_subject_begins_with_its_last_component():
    assert subject_of(("C", "NO"), ("O", "Warren"), ("CN", "hare")) == "CN=hare,O=Warren,C=NO"


def test_the_issuer_is_named_too():
    assert read_certificate(DER).issuer == "CN=Warren CA"


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("a,b", r"a\,b"),
        ('a"b+c;d<e>f\\g', r"a\"b\+c\;d\<e\>f\\g"),
        (" edge ", r"\ edge\ "),
        ("#hash", r"\#hash"),
        ("a#b c", "a#b c"),
        ("tilde~", r"tilde\7E"),
        ("hås", r"h\C3\A5s"),
        ("\x01", r"\01"),
    ],
)
def test_what_is_special_is_escaped_as_rabbitmq_does(value, spelled):
    assert subject_of(("CN", value)) == f"CN={spelled}"


def test_names_have_rabbitmqs_abbreviations_or_numbers():
    subject = subject_of(
        ("DC", "example"), ("UID", "7"), ("EMAIL", "a@b.c"), ("STREET", "Hole 1"), ("SERIAL", "42")
    )
    assert subject == "SERIALNUMBER=42,2.5.4.9=Hole 1,EMAILADDRESS=a@b.c,UID=7,DC=example"


def test_a_component_of_several_parts_has_plus_signs():
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, "a"), x509.NameAttribute(NameOID.USER_ID, "b")]
    several = x509.Name([x509.RelativeDistinguishedName(parts)])
    assert read_certificate(CA.vouch_for(several).der).subject in ("CN=a+UID=b", "UID=b+CN=a")


def test_every_common_name_counts():
    der = CA.vouch_for(name(("CN", "a,x"), ("O", "o"), ("CN", "b"))).der
    assert read_certificate(der).common_names == ("a,x", "b")


def test_the_days_are_told_as_rabbitmq_tells_them():
    certificate = read_certificate(DER)
    known = x509.load_der_x509_certificate(DER)
    assert certificate.not_after == known.not_valid_after_utc
    start, end = certificate.validity.split(" - ")
    assert start == f"{known.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}"
    assert datetime.fromisoformat(end) == certificate.not_after


def test_a_year_beyond_2050_is_read():
    after = read_certificate(Party(name(("CN", "x")), days=(-1, 365 * 40)).der).not_after
    assert after.year > 2060
    assert after.tzinfo is UTC


def test_alternative_names_are_read_in_order():
    der_text = b"\x0c\x05" + b"other"
    names = [
        x509.DNSName("a.example"),
        x509.IPAddress(ipaddress.ip_address("192.0.2.1")),
        x509.RFC822Name("a@b.c"),
        x509.DNSName("b.example"),
        x509.UniformResourceIdentifier("urn:x"),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), der_text),
        x509.DirectoryName(name(("CN", "skipped"))),
    ]
    assert read_certificate(CA.vouch_for("x", names=names).der).alternative_names == (
        ("dns", "a.example"),
        ("ip", "192.0.2.1"),
        ("email", "a@b.c"),
        ("dns", "b.example"),
        ("uri", "urn:x"),
        ("ip", "2001:db8::1"),
        ("other_name", "other"),
    )


def test_a_certificate_without_alternative_names_has_none():
    assert read_certificate(DER).alternative_names == ()


@given(st.binary(max_size=200))
def test_arbitrary_octets_are_no_certificate(octets):
    with pytest.raises(MalformedCertificate):
        read_certificate(octets)


@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(position, octet):
    damaged = DER[:position] + bytes([octet]) + DER[position + 1 :]
    with contextlib.suppress(MalformedCertificate):
        assert read_certificate(damaged).subject is not None


@given(st.integers(0, len(DER) - 1))
def test_a_certificate_that_is_cut_off_is_refused(length):
    with pytest.raises(MalformedCertificate):
        read_certificate(DER[:length])


def test_a_file_holds_any_number_of_certificates():
    hare = CA.vouch_for("hare")
    text = f"a word before\n{hare.pem.decode()}and one between\n{CA.pem.decode()}"
    assert read_certificates(text) == [read_certificate(hare.der), read_certificate(CA.der)]
    assert read_certificates("nothing of the kind") == []


def test_a_file_with_something_else_between_the_lines_is_refused():
    with pytest.raises(ValueError, match=r"not an X\.509 certificate"):
        read_certificates(f"{ssl.PEM_HEADER}\nAAAA\n{ssl.PEM_FOOTER}")
