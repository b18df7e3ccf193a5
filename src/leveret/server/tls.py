"""The node's side of TLS: an ssl context made of ssl_options.*, and made anew when files change.

Rule: what cannot be used stops the start with a sentence that names the option; later it costs
nothing: the certificate that works stays, and the log says why. Connections keep what they have.

    every few seconds   the files' sizes and times are looked at; a change that has settled is read
    SIGHUP              they are read at once
"""

from __future__ import annotations

import logging
import ssl
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from leveret.server.certificate import (
    Certificate,
    MalformedCertificate,
    read_certificate,
    read_certificates,
)
from leveret.session.identity import Encryption

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from leveret.config.tls_settings import TlsSettings

log = logging.getLogger("leveret.tls")

WATCH_S: Final = 5.0
WARN_DAYS: Final = 30
TLS_1_3: Final = (
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
)
# Suites of TLS 1.3 that RabbitMQ's users write and OpenSSL does not offer by itself.
TLS_1_3_UNOFFERED: Final = ("TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256")
VERSIONS: Final = {"tlsv1.2": ssl.TLSVersion.TLSv1_2, "tlsv1.3": ssl.TLSVersion.TLSv1_3}
# Why a handshake failed, by OpenSSL's names, in words.
REASONS: Final = {
    "WRONG_VERSION_NUMBER": "what it sent is not TLS; plain AMQP has another port",
    "HTTP_REQUEST": "it spoke HTTP, this port speaks AMQP over TLS",
    "UNSUPPORTED_PROTOCOL": "it offers no version of TLS that ssl_options.versions allows",
    "NO_SHARED_CIPHER": "it offers no cipher suite that ssl_options.ciphers allows",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": (
        "it showed no certificate, and ssl_options.fail_if_no_peer_cert wants one"
    ),
    "TLSV1_ALERT_UNKNOWN_CA": "it does not trust the CA of the node's certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it does not take the node's certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it says that the node's certificate has expired",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it does not take the node's certificate",
}


NO_CERTIFICATE: Final = "connection peer presented no TLS (x.509) certificate"


class TlsRefused(Exception):
    """TLS settings that cannot be used; the message names the option."""


class Certificates:
    """The context that handshakes use now. Raises TlsRefused when it cannot be made."""

    def __init__(self, options: TlsSettings) -> None:
        self.options = options
        self._looked_at = self._loaded = self._look_at_files()
        self.context = make_context(options)
        self._watch: asyncio.TimerHandle | None = None
        self._log_expiry()

    def start_watching(self, loop: asyncio.AbstractEventLoop) -> None:
        self.stop_watching()
        self._watch = loop.call_later(WATCH_S, self._look, loop)

    def stop_watching(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def reload(self) -> None:
        """Read the files again; what is broken leaves things as they are."""
        self._loaded = self._look_at_files()
        try:
            self.context = make_context(self.options)
        except TlsRefused as refused:
            log.error("the certificate stays as it was: %s", refused)
            return
        log.info("TLS certificates were read again from %s", self.options.certfile)
        self._log_expiry()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        # Two files rarely change at once: whoever writes them is given a moment.
        before, self._looked_at = self._looked_at, self._look_at_files()
        if self._looked_at not in (None, self._loaded) and self._looked_at == before:
            self.reload()
        self.start_watching(loop)

    def _look_at_files(self) -> tuple[tuple[int, int, int], ...] | None:
        """What changes with the files; None while one is not there."""
        options = self.options
        files = (options.certfile, options.keyfile, options.cacertfile, options.dhfile)
        try:
            told = [file.stat() for file in files if file]
        except OSError:
            return None
        return tuple((each.st_mtime_ns, each.st_size, each.st_ino) for each in told)

    def _log_expiry(self) -> None:
        try:
            left = days_left(self.options)
        except (OSError, ValueError) as error:
            log.warning("when %s expires is unknown: %s", self.options.certfile, error)
            return
        if left < 0:
            log.warning("the certificate %s has expired", self.options.certfile)
        elif left < WARN_DAYS:
            log.warning("the certificate %s expires in %d days", self.options.certfile, left)


def days_left(options: TlsSettings) -> int:
    """Until the node's certificate expires; negative once it has. Raises OSError, ValueError."""
    assert options.certfile is not None
    certificates = read_certificates(options.certfile.read_text("utf-8", "replace"))
    if not certificates:
        raise ValueError("there is no certificate in it")
    return (certificates[0].not_after - datetime.now(UTC)) // timedelta(days=1)


# The context --------------------------------------------------------------------------------------


def make_context(options: TlsSettings) -> ssl.SSLContext:
    """Raises TlsRefused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    _set_order(context, options)
    _set_versions(context, options)
    _set_ciphers(context, options)
    _load_own(context, options)
    _load_trusted(context, options)
    if options.dhfile:
        _check_readable("dhfile", options.dhfile)
        try:
            context.load_dh_params(str(options.dhfile))
        except ssl.SSLError as error:
            raise _unusable("dhfile", options.dhfile, "no Diffie-Hellman parameters") from error
    return context


def _set_order(context: ssl.SSLContext, options: TlsSettings) -> None:
    if options.honors_ecc_order not in (None, options.honors_order):
        raise TlsRefused(
            "ssl_options.honor_ecc_order: OpenSSL keeps one order for ciphers and curves; set it "
            "like ssl_options.honor_cipher_order, or remove the line"
        )
    if options.honors_order:
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    else:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE


def _set_versions(context: ssl.SSLContext, options: TlsSettings) -> None:
    wanted = sorted(VERSIONS[each] for each in set(options.versions))
    context.minimum_version, context.maximum_version = wanted[0], wanted[-1]


def _set_ciphers(context: ssl.SSLContext, options: TlsSettings) -> None:
    """Python sets suites up to TLS 1.2 alone: of TLS 1.3 there are all of OpenSSL's, or none."""
    known = {*TLS_1_3, *TLS_1_3_UNOFFERED}
    newest = {name for name in options.ciphers if name in known}
    older = [name for name in options.ciphers if name not in known]
    if not options.ciphers:
        return
    if not newest:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    elif "tlsv1.3" in options.versions and (missing := set(TLS_1_3) - newest):
        raise TlsRefused(
            f"ssl_options.ciphers: Python cannot leave out suites of TLS 1.3; add "
            f"{' and '.join(sorted(missing))}, or leave tlsv1.3 out of ssl_options.versions"
        )
    if not older:
        context.minimum_version = ssl.TLSVersion.TLSv1_3
    if context.minimum_version > context.maximum_version:
        raise TlsRefused("ssl_options.ciphers has no suite of a version in ssl_options.versions")
    for name in older:
        _choose(context, name, name)
    if older:
        _choose(context, ":".join(older), ", ".join(older))


def _choose(context: ssl.SSLContext, ciphers: str, names: str) -> None:
    try:
        context.set_ciphers(ciphers)
    except ssl.SSLError as error:
        raise TlsRefused(
            f"ssl_options.ciphers: OpenSSL has no {names}; `openssl ciphers` lists what it has"
        ) from error


def _load_own(context: ssl.SSLContext, options: TlsSettings) -> None:
    if options.certfile is None:
        raise TlsRefused("a TLS listener needs ssl_options.certfile (or --tls-certfile)")
    _check_readable("certfile", options.certfile)
    key = options.keyfile or options.certfile
    _check_readable("keyfile", key)
    try:
        # Always a password: without one OpenSSL would ask at the terminal.
        context.load_cert_chain(options.certfile, key, options.password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            told = f"is not the key of {options.certfile}"
            raise _unusable("keyfile", key, told) from error
        raise TlsRefused(
            f"ssl_options.certfile, ssl_options.keyfile: {options.certfile} and {key} cannot be "
            "used: a certificate and its key in PEM form are needed, and "
            "ssl_options.password if the key is encrypted"
        ) from error


def _load_trusted(context: ssl.SSLContext, options: TlsSettings) -> None:
    if options.needs_certificate and not options.is_verifying:
        raise TlsRefused("ssl_options.fail_if_no_peer_cert needs ssl_options.verify = verify_peer")
    if not options.is_verifying:
        return
    if options.cacertfile is None:
        raise TlsRefused("ssl_options.verify = verify_peer needs ssl_options.cacertfile")
    _check_readable("cacertfile", options.cacertfile)
    try:
        context.load_verify_locations(options.cacertfile)
    except ssl.SSLError as error:
        raise _unusable("cacertfile", options.cacertfile, "has no certificate") from error
    context.verify_mode = ssl.CERT_REQUIRED if options.needs_certificate else ssl.CERT_OPTIONAL


def _check_readable(option: str, file: Path) -> None:
    try:
        file.open("rb").close()
    except OSError as error:
        raise _unusable(option, file, f"cannot be read: {error.strerror or error}") from error


def _unusable(option: str, file: Path, why: str) -> TlsRefused:
    return TlsRefused(f"ssl_options.{option}: {file} {why}")


# A handshake --------------------------------------------------------------------------------------


class Distrusted(Exception):
    """A handshake went well, and what it showed is still not enough."""


def encryption_of(handshaken: ssl.SSLObject, options: TlsSettings) -> Encryption:
    """What a handshake came to. Raises Distrusted."""
    suite = handshaken.cipher()
    protocol = (handshaken.version() or "").lower()
    cipher = suite[0] if suite else ""
    der = handshaken.getpeercert(binary_form=True) if options.is_verifying else None
    if der is None:
        return Encryption(protocol, cipher, trouble=NO_CERTIFICATE)
    if _length_of_chain(handshaken) - 2 > options.depth:
        raise Distrusted("more CAs vouch for its certificate than ssl_options.depth allows")
    try:
        certificate = read_certificate(der)
    except MalformedCertificate as error:
        raise Distrusted(str(error)) from error
    login = login_of(certificate, options)
    return Encryption(
        protocol,
        cipher,
        certificate.subject,
        certificate.issuer,
        certificate.validity,
        login,
        "" if login else "no name found",
    )


def _length_of_chain(handshaken: ssl.SSLObject) -> int:
    """From the peer's certificate to the trusted one, both counted."""
    # Python has it in the open from 3.13 on.
    open_or_not: Any = handshaken if sys.version_info >= (3, 13) else handshaken._sslobj  # type: ignore[attr-defined]
    return len(open_or_not.get_verified_chain() or ())


def login_of(certificate: Certificate, options: TlsSettings) -> str:
    """The user name in a certificate, empty when it has none of the kind that is wanted."""
    match options.login_from:
        case "common_name":
            return ",".join(certificate.common_names)
        case "distinguished_name":
            return certificate.subject
    names = [name for kind, name in certificate.alternative_names if kind == options.login_san_type]
    index = options.login_san_index
    return names[index] if index < len(names) else ""


def why_it_failed(error: Exception) -> str:
    """In words, for the log."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return REASONS.get(error.reason or "", error.reason or str(error))
    return "it hung up"
