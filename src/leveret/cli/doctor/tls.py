"""The files of TLS: whether a start would take them, and for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leveret.cli.doctor.files import OTHERS
from leveret.cli.doctor.finding import Finding, failed, warning, well
from leveret.server.tls import WARN_DAYS, TlsRefused, days_left, make_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leveret.config import Settings
    from leveret.config.tls_settings import TlsSettings

RENEW = "renew the certificate; a running node reads changed files by itself"


def look_at_tls(options: TlsSettings, of: str = "") -> Iterator[Finding]:
    """For a node that listens with TLS. of: what the files are for, when not for AMQP."""
    try:
        make_context(options)
    except TlsRefused as refused:
        advice = "correct the option that is named, docs/tls.md says how the files have to be"
        yield failed("TLS", f"{of}{refused}", advice)
        return
    for finding in (certificate(options), key(options)):
        yield replace(finding, told=f"{of}{finding.told}")


def of_https(settings: Settings) -> TlsSettings:
    """The files of the management API: its own, or AMQP's; it asks for no client's certificate."""
    http, tls = settings.http, settings.tls
    return replace(
        tls,
        certfile=http.management_certificate or tls.certfile,
        keyfile=http.management_key or tls.keyfile,
        is_verifying=False,
        needs_certificate=False,
    )


def certificate(options: TlsSettings) -> Finding:
    try:
        left = days_left(options)
    except (OSError, ValueError) as error:
        told = f"when {options.certfile} expires cannot be told: {error}"
        return warning("certificate", told, "look at it: openssl x509 -noout -dates -in FILE")
    if left < 0:
        return failed("certificate", f"{options.certfile} has expired", RENEW)
    told = f"{options.certfile} expires in {left} days"
    return warning("certificate", told, RENEW) if left < WARN_DAYS else well("certificate", told)


def key(options: TlsSettings) -> Finding:
    file = options.keyfile or options.certfile
    assert file is not None
    if file.stat().st_mode & OTHERS & 0o007:
        told = f"{file} can be read by every user of this machine"
        return warning("private key", told, f"chmod 400 {file}")
    return well("private key", str(file))
