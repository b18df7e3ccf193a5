"""TLS: the rows of ssl_options.* and of what RabbitMQ reads from a client's certificate.

Rule: what Python's ssl cannot do is refused by name (CANNOT, or the value's own message), with
what to do instead. Whether the files can be used is found out when the node starts (server/tls.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from leveret.config import values
from leveret.config.rows import setting

VERSIONS = ("tlsv1.2", "tlsv1.3")
TOO_OLD = ("sslv3", "tlsv1", "tlsv1.0", "tlsv1.1")
LOGIN_FROM = (
    "distinguished_name", "common_name", "subject_alternative_name", "subject_alt_name",
)  # fmt: skip
SAN_TYPES = ("dns", "ip", "email", "uri", "other_name")

_INLINE = "write it to a file in PEM form and name that in ssl_options.{}"

# Keys that RabbitMQ honours and Leveret cannot: what to do instead.
CANNOT = {
    "ssl_options": "name each option, ssl_options.certfile and so on",
    "ssl_options.cert": _INLINE.format("certfile"),
    "ssl_options.key.*": _INLINE.format("keyfile"),
    "ssl_options.cacerts.*": _INLINE.format("cacertfile"),
    "ssl_options.dh": _INLINE.format("dhfile"),
    "ssl_options.psk_identity": "pre-shared keys are not offered, use certificates",
    "ssl_options.log_level": "log.console.level counts for TLS too, remove the line",
    "ssl_options.log_alert": "why a handshake failed is always logged, remove the line",
    "ssl_options.bypass_pem_cache": "changed files are read within seconds, remove the line",
    "ssl_allow_poodle_attack": "SSL 3 is never offered, remove the line",
}


def version(written: str) -> str:
    name = written.lower()
    if name in TOO_OLD:
        raise ValueError("OpenSSL no longer offers it; remove the line, or write tlsv1.2")
    return values.one_of(*VERSIONS)(name)


def versions(written: str) -> tuple[str, ...]:
    return tuple(version(each.strip()) for each in written.split(","))


def add_version(so_far: tuple[str, ...], _number: str, written: str) -> tuple[str, ...]:
    return (*so_far, version(written))


def ciphers(written: str) -> tuple[str, ...]:
    """Names with commas or OpenSSL's colons between them."""
    return tuple(values.text(each.strip()) for each in written.replace(":", ",").split(","))


def add_cipher(so_far: tuple[str, ...], _number: str, written: str) -> tuple[str, ...]:
    return (*so_far, values.text(written))


def verifies(written: str) -> bool:
    return values.one_of("verify_peer", "verify_none")(written) == "verify_peer"


def only(wanted: bool, why: str) -> Callable[[str], bool]:
    """A switch that stands where it is."""

    def parse(written: str) -> bool:
        if values.boolean(written) is not wanted:
            raise ValueError(f"{why}; remove the line")
        return wanted

    return parse


def no_revocation(written: str) -> bool:
    if written.lower() != "false":
        raise ValueError(
            "lists of revoked certificates are not read; remove the line, and take a certificate's "
            "rights away by removing its user or its CA"
        )
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """Each field is a row of the table."""

    cacertfile: Path | None = setting(
        None,
        values.path,
        "certificates of the CAs whose clients are trusted, PEM",
        key="ssl_options.cacertfile",
        flag="--tls-cacertfile",
        metavar="FILE",
        shown_default="none",
    )
    certfile: Path | None = setting(
        None,
        values.path,
        "the node's certificate, and what leads to its CA, PEM",
        key="ssl_options.certfile",
        flag="--tls-certfile",
        metavar="FILE",
        shown_default="none",
    )
    keyfile: Path | None = setting(
        None,
        values.path,
        "the certificate's private key, PEM",
        key="ssl_options.keyfile",
        flag="--tls-keyfile",
        metavar="FILE",
        shown_default="the certificate's file",
    )
    password: str = setting(
        "",
        values.text,
        "what the private key is encrypted with",
        key="ssl_options.password",
        shown_default="none",
    )
    is_verifying: bool = setting(
        False,
        verifies,
        "verify_peer asks clients for a certificate and checks it, verify_none does not",
        key="ssl_options.verify",
        shown_default="verify_none",
    )
    needs_certificate: bool = setting(
        False,
        values.boolean,
        "whether a client without a certificate is turned away; needs verify_peer",
        key="ssl_options.fail_if_no_peer_cert",
        shown_default="false",
    )
    depth: int = setting(
        10,
        values.whole_number(0, 255),
        "CAs there may be between a client's certificate and a trusted one",
        key="ssl_options.depth",
    )
    versions: tuple[str, ...] = setting(
        VERSIONS,
        versions,
        "versions of TLS: ssl_options.versions.1 = tlsv1.3, ssl_options.versions.2 = tlsv1.2",
        key="ssl_options.versions",
        fold=add_version,
        fold_start=(),
        shown_default="tlsv1.2, tlsv1.3",
    )
    ciphers: tuple[str, ...] = setting(
        (),
        ciphers,
        "cipher suites in order, by OpenSSL's names: ssl_options.ciphers.1 = NAME",
        key="ssl_options.ciphers",
        fold=add_cipher,
        fold_start=(),
        shown_default="OpenSSL's",
    )
    honors_order: bool = setting(
        False,
        values.boolean,
        "whether the node's order of cipher suites counts, not the client's",
        key="ssl_options.honor_cipher_order",
        shown_default="false",
    )
    honors_ecc_order: bool | None = setting(
        None,
        values.boolean,
        "the same of curves; OpenSSL knows one order for both",
        key="ssl_options.honor_ecc_order",
        shown_default="as honor_cipher_order",
    )
    dhfile: Path | None = setting(
        None,
        values.path,
        "Diffie-Hellman parameters, PEM",
        key="ssl_options.dhfile",
        shown_default="none",
    )
    renegotiates: bool = setting(
        False,
        only(False, "clients cannot renegotiate"),
        "whether a client may renegotiate: never",
        key="ssl_options.client_renegotiation",
        shown_default="false",
    )
    renegotiates_securely: bool = setting(
        True,
        only(True, "insecure renegotiation does not exist"),
        "whether renegotiation is secure: always",
        key="ssl_options.secure_renegotiate",
        shown_default="true",
    )
    reuses_sessions: bool = setting(
        True,
        only(True, "Python's ssl cannot switch it off"),
        "whether clients may resume a TLS session: always",
        key="ssl_options.reuse_sessions",
        shown_default="true",
    )
    checks_revocation: bool = setting(
        False,
        no_revocation,
        "whether lists of revoked certificates are read: never",
        key="ssl_options.crl_check",
        shown_default="false",
    )
    handshake_s: float = setting(
        5.0,
        values.milliseconds,
        "milliseconds that a client has for its TLS handshake",
        key="ssl_handshake_timeout",
        shown_default="5000",
    )
    login_from: str = setting(
        "distinguished_name",
        values.one_of(*LOGIN_FROM),
        "what of a client's certificate is its user name, for EXTERNAL: distinguished_name, "
        "common_name or subject_alternative_name",
        key="ssl_cert_login_from",
    )
    login_san_type: str = setting(
        "dns",
        values.one_of(*SAN_TYPES),
        "which of its alternative names: dns, ip, email, uri or other_name",
        key="ssl_cert_login_san_type",
    )
    login_san_index: int = setting(
        0,
        values.whole_number(0, 1000),
        "which one of that type, from 0",
        key="ssl_cert_login_san_index",
    )
