"""TLS as the node has it: its certificates, the versions and cipher suites it may speak."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

from leveret.control import exits
from leveret.control.call import VerbRefused
from leveret.server.certificate import MalformedCertificate, read_certificates

if TYPE_CHECKING:
    from pathlib import Path

    from leveret.config import Listening, Settings
    from leveret.control.call import Call
    from leveret.control.messages import Plain

VERSIONS: Final = {
    "tlsv1.3": ssl.HAS_TLSv1_3,
    "tlsv1.2": ssl.HAS_TLSv1_2,
    "tlsv1.1": ssl.HAS_TLSv1_1,
    "tlsv1": ssl.HAS_TLSv1,
}


def certificates(call: Call) -> Plain:
    """Each listener that speaks TLS, and what is in its files."""
    settings = call.host.settings
    return [
        {
            "interface": f"[{each.host}]" if ":" in each.host else each.host,
            "port": each.port,
            "protocol": each.protocol,
            "certificates": [told for file in _files(settings, each) for told in _read(file)],
        }
        for each in call.host.listeners
        if each.protocol in {"amqp/ssl", "https"}
    ]


def _files(settings: Settings, listener: Listening) -> list[Path]:
    tls = settings.tls
    own = tls.certfile
    if listener.protocol == "https":
        own = settings.http.management_certificate or own
    return [file for file in (own, tls.cacertfile) if file is not None]


def _read(file: Path) -> list[Plain]:
    try:
        found = read_certificates(file.read_text())
    except (OSError, MalformedCertificate, UnicodeDecodeError) as error:
        raise VerbRefused(exits.UNAVAILABLE, f"Error:\ncannot read {file}: {error}") from error
    return [
        {
            "file": str(file),
            "subject": each.subject,
            "issuer": each.issuer,
            "not_before": each.not_before.isoformat(),
            "not_after": each.not_after.isoformat(),
        }
        for each in found
    ]


def tls_versions(_call: Call) -> Plain:
    return [name for name, is_there in VERSIONS.items() if is_there]


def cipher_suites(_call: Call) -> Plain:
    return [each["name"] for each in ssl.create_default_context().get_ciphers()]


VERBS = {
    "certificates": certificates,
    "tls_versions": tls_versions,
    "cipher_suites": cipher_suites,
}
ALWAYS = frozenset({"tls_versions", "cipher_suites"})
