"""The health check of certificates: do any that listeners use end soon?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from leveret.management.answers import BadRequest
from leveret.management.resource import MANAGEMENT, Resource
from leveret.management.routes.health_checks import failed, passed
from leveret.server.certificate import read_certificates

if TYPE_CHECKING:
    from pathlib import Path

    from leveret.config import Listening
    from leveret.management.answers import Answer
    from leveret.management.call import Call

# As RabbitMQ reckons.
_DAYS: Final = {"days": 1, "weeks": 7, "months": 365 / 12, "years": 365}
_LATEST: Final = datetime.max.replace(tzinfo=UTC)


def check(call: Call) -> Answer:
    until = _until(call.path["within"], call.path["unit"], call.look.now)
    expiring = [
        told
        for listening in call.host.listeners
        if (told := _expiring(call, listening, until)) is not None
    ]
    return failed("Certificates expiring", expired=expiring) if expiring else passed()


def _until(within: str, unit: str, now: float) -> datetime:
    """Raises BadRequest."""
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", within):
        raise BadRequest("Invalid expiration value.")
    days = _DAYS.get(unit.lower())
    if days is None:
        raise BadRequest("Time unit not recognised. Supported units: days, weeks, months, years.")
    try:
        return datetime.fromtimestamp(now, UTC) + timedelta(days=int(within) * days)
    except OverflowError:
        return _LATEST


def _expiring(call: Call, listening: Listening, until: datetime) -> dict[str, Any] | None:
    """What ends before then of a listener's certificates; None when nothing does."""
    files = _files(call, listening)
    ends = {name: [] if path is None else _ends(path, until) for name, path in files.items()}
    if not any(ends.values()):
        return None
    return {
        "node": call.look.node,
        "protocol": listening.protocol,
        "interface": listening.host,
        "port": listening.port,
        **{name: "" if path is None else str(path) for name, path in files.items()},
        **{f"{name}_expires_on": told for name, told in ends.items()},
    }


def _files(call: Call, listening: Listening) -> dict[str, Path | None]:
    tls, http = call.host.settings.tls, call.host.settings.http
    match listening.protocol:
        case "amqp/ssl":
            return {"certfile": tls.certfile, "cacertfile": tls.cacertfile}
        case "https":
            return {"certfile": http.management_certificate or tls.certfile, "cacertfile": None}
        case _:
            return {}


def _ends(path: Path, until: datetime) -> list[str]:
    """When those certificates end that do so before then; a file that can't be read has none."""
    try:
        certificates = read_certificates(path.read_text("utf-8", "replace"))
    except (OSError, ValueError):
        return []
    ends = [each.not_after for each in certificates if each.not_after < until]
    return [f"{each:%Y-%m-%d} {each.hour}:{each:%M:%S}" for each in ends]


RESOURCES = (
    Resource(
        "/health/checks/certificate-expiration/{within}/{unit}",
        MANAGEMENT,
        "Do certificates end within so many days, weeks, months or years?",
        get=check,
    ),
)
