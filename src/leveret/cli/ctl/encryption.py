"""TLS: what the node's listeners show, how long it holds, what may be spoken."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from leveret.cli.ctl.asking import Asking
from leveret.cli.ctl.command import CONFIGURATION, MONITORING, ArgumentsRefused, Command, Given
from leveret.cli.ctl.health import fail, say
from leveret.control.messages import Plain

UNIT_DAYS = {"days": 1, "weeks": 7, "months": 30, "years": 365}
USUAL_WITHIN, USUAL_UNIT = 4, "weeks"


def check_unit(given: Given) -> None:
    unit = given.options.get("unit", USUAL_UNIT)
    if unit not in UNIT_DAYS:
        raise ArgumentsRefused(
            f"\"unit '{unit}' is not supported. Please use one of: days, weeks, months, years\""
        )


def check_expiration(given: Given, asking: Asking) -> None:
    within, unit = given.options.get("within", USUAL_WITHIN), given.options.get("unit", USUAL_UNIT)
    assert isinstance(within, int)
    limit = datetime.now(UTC) + timedelta(days=within * UNIT_DAYS[str(unit)])
    expiring: list[Plain] = [
        {**listener, "certificate": certificate}
        for listener in _listeners(asking)
        for certificate in _certificates(listener)
        if datetime.fromisoformat(str(certificate["not_after"])) < limit
    ]
    if expiring:
        told: dict[str, Plain] = {"expired": expiring, "result": "error"}
        raise fail(given, "\n".join(_expiring_lines(expiring)), told)
    sentence = f"No certificates are expiring within {within} {unit}."
    say(given, asking, sentence, {"result": "ok"})


def _listeners(asking: Asking) -> list[dict[str, Plain]]:
    listeners = asking.value("certificates")
    assert isinstance(listeners, list)
    return [each for each in listeners if isinstance(each, dict)]


def _certificates(listener: dict[str, Plain]) -> list[dict[str, Plain]]:
    certificates = listener.pop("certificates")
    assert isinstance(certificates, list)
    return [each for each in certificates if isinstance(each, dict)]


def _expiring_lines(expiring: list[Plain]) -> Iterator[str]:
    yield "Error:"
    for each in expiring:
        assert isinstance(each, dict)
        certificate = each["certificate"]
        assert isinstance(certificate, dict)
        yield (
            f"Interface: {each['interface']}, port: {each['port']}, protocol: {each['protocol']}"
        )
        yield from _lines(certificate)


def show_certificates(value: Plain, _given: Given) -> Iterator[str]:
    """One listener after the other, one certificate after the other."""
    assert isinstance(value, list)
    if not value:
        yield "#{}"
    for listener in value:
        assert isinstance(listener, dict)
        yield (
            f"Interface: {listener['interface']}, port: {listener['port']}, "
            f"protocol: {listener['protocol']}"
        )
        for certificate in _certificates(listener):
            yield from _lines(certificate)


def _lines(certificate: dict[str, Plain]) -> Iterator[str]:
    yield f"  {certificate['file']}: {certificate['subject']}"
    yield f"    issuer: {certificate['issuer']}"
    yield f"    valid: {certificate['not_before']} - {certificate['not_after']}"


def show_lines(value: Plain, _given: Given) -> Iterator[str]:
    assert isinstance(value, list)
    yield from map(str, value)


COMMANDS = (
    Command(
        name="certificates",
        about="Displays certificates (public keys) for every listener on target node that is "
        "configured to use TLS",
        group=CONFIGURATION,
        usage="certificates [--timeout <timeout>]",
        example="leveretctl certificates",
        banner=lambda given: f"Certificates of node {given.node} ...",
        show=show_certificates,
    ),
    Command(
        name="check_certificate_expiration",
        about="Checks the expiration date on the certificates for every listener configured to "
        "use TLS",
        group=MONITORING,
        usage="check_certificate_expiration [--within <period>] [--unit <unit>]",
        example="leveretctl check_certificate_expiration --within 2 --unit months",
        options={"within": int, "unit": str},
        details=(
            ("<period>", "period of time to check. Default is four (weeks)."),
            (
                "<unit>",
                "time unit for the period, can be days, weeks, months, years. Default is weeks.",
            ),
        ),
        banner=lambda given: f"Checking certificate expiration on node {given.node} ...",
        check=check_unit,
        run=check_expiration,
    ),
    Command(
        name="cipher_suites",
        about="Lists cipher suites enabled by default on the target node",
        group=MONITORING,
        usage="cipher_suites [--timeout <timeout>]",
        example="leveretctl cipher_suites -q",
        banner=lambda _given: "Listing available cipher suites in the OpenSSL format",
        show=show_lines,
    ),
    Command(
        name="tls_versions",
        about="Lists TLS versions supported (but not necessarily allowed) on the target node",
        group=MONITORING,
        usage="tls_versions [--timeout <timeout>]",
        example="leveretctl tls_versions",
        banner=lambda _given: "Listing all TLS versions supported by the runtime...",
        show=show_lines,
        as_json=lambda value, _given: {"versions": value},
    ),
)
