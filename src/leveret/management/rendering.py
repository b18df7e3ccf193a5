"""Values as JSON: what msgspec knows, and the numbers of AMQP's tables."""

from __future__ import annotations

from typing import Final

import msgspec

from leveret.definitions.arguments import spelled


def to_json(value: object) -> bytes:
    """Names in a broker may be any octets; those that are not UTF-8 are spelled."""
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        return _ENCODER.encode(_speakable(value))


def _number(value: object) -> object:
    """A number that AMQP gives a width of its own (wire/values.py)."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_number)


def _speakable(value: object) -> object:
    if isinstance(value, str):
        return spelled(value)
    if isinstance(value, dict):
        return {spelled(name): _speakable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_speakable(each) for each in value]
    return value
