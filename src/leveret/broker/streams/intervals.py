"""Lengths of time as RabbitMQ writes them for streams: a number and a unit, `5m`, `1h`, `7D`."""

from __future__ import annotations

import re
from typing import Final

_SECONDS: Final = {
    "Y": 365 * 24 * 60 * 60,
    "M": 30 * 24 * 60 * 60,
    "D": 24 * 60 * 60,
    "h": 60 * 60,
    "m": 60,
    "s": 1,
}
_INTERVAL: Final = re.compile(r"([0-9]+)([YMDhms])")


def interval_s(said: str) -> int | None:
    """The interval in seconds; None for what is none. RabbitMQ takes none of 0 either."""
    found = _INTERVAL.fullmatch(said)
    if found is None or not int(found[1]):
        return None
    return int(found[1]) * _SECONDS[found[2]]
