"""What the value of an x-argument may be: each check gives RabbitMQ's complaint, or None."""

from __future__ import annotations

from typing import Final

from leveret.broker.streams.intervals import interval_s
from leveret.wire.values import (
    Decimal,
    Float32,
    Int8,
    Int16,
    Int64,
    Timestamp,
    UInt8,
    UInt16,
    UInt32,
    Value,
)

# RabbitMQ's ceiling for time arguments: ten years of 365 days, in milliseconds.
TIME_MS_MAX: Final = 10 * 365 * 24 * 60 * 60 * 1000
PRIORITY_MAX: Final = 255

# How RabbitMQ names a field's type in its texts; a plain int is what tag `I` decodes to.
_TYPE_NAMES: Final[tuple[tuple[type, str], ...]] = (
    (bool, "bool"),
    (Int8, "byte"),
    (UInt8, "unsignedbyte"),
    (Int16, "short"),
    (UInt16, "unsignedshort"),
    (UInt32, "unsignedint"),
    (Int64, "long"),
    (Timestamp, "timestamp"),
    (int, "signedint"),
    (Float32, "float"),
    (float, "double"),
    (str, "longstr"),
    (bytes, "binary"),
    (Decimal, "decimal"),
    (dict, "table"),
    (list, "array"),
)


def type_name(value: Value) -> str:
    """RabbitMQ's name of a value's type."""
    return next((name for kind, name in _TYPE_NAMES if isinstance(value, kind)), "void")


def is_integer(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, (bool, Timestamp))


def integer(value: Value) -> str | None:
    return None if is_integer(value) else f'"expected integer, got {type_name(value)}"'


def not_negative(value: Value) -> str | None:
    if not isinstance(value, int) or not is_integer(value):
        return f'"expected integer, got {type_name(value)}"'
    return f"{{value_negative,{value}}}" if value < 0 else None


def time_ms(value: Value) -> str | None:
    complaint = not_negative(value)
    if complaint is None and isinstance(value, int) and value > TIME_MS_MAX:
        return f"{{value_too_large,{value}}}"
    return complaint


def time_ms_not_zero(value: Value) -> str | None:
    return "{value_zero,0}" if is_integer(value) and value == 0 else time_ms(value)


def priority(value: Value) -> str | None:
    complaint = not_negative(value)
    if complaint is None and isinstance(value, int) and value > PRIORITY_MAX:
        return f"{{max_value_exceeded,{value}}}"
    return complaint


def positive(value: Value) -> str | None:
    return "{value_zero,0}" if is_integer(value) and value == 0 else not_negative(value)


def anything(_value: Value) -> None:
    """Whatever it is, RabbitMQ takes it."""


def unacceptable(value: Value) -> str:
    return f"{{unacceptable_type,{type_name(value)}}}"


def string(value: Value) -> str | None:
    return None if isinstance(value, str) else unacceptable(value)


def boolean(value: Value) -> str | None:
    return None if isinstance(value, bool) else unacceptable(value)


def overflow(value: Value) -> str | None:
    known = ("drop-head", "reject-publish", "reject-publish-dlx")
    return string(value) or (None if value in known else "invalid_overflow")


def dead_letter_strategy(value: Value) -> str | None:
    known = ("at-most-once", "at-least-once")
    return string(value) or (None if value in known else "invalid_dlx_strategy")


def leader_locator(value: Value) -> str | None:
    known = ("client-local", "random", "least-leaders", "balanced")
    return string(value) or (None if value in known else "invalid_queue_locator_arg")


def master_locator(value: Value) -> str | None:
    return one_of(value, "queue master locator", ("client-local", "min-masters", "random"))


def max_age(value: Value) -> str | None:
    if not isinstance(value, str):
        return unacceptable(value)
    return "invalid_max_age" if interval_s(value) is None else None


def queue_mode(value: Value) -> str | None:
    return one_of(value, "queue mode", ("default", "lazy"))


def queue_type(value: Value) -> str | None:
    return one_of(value, "queue type", ("classic", "quorum", "stream"))


def queue_version(value: Value) -> str | None:
    if not isinstance(value, int) or not is_integer(value):
        return not_negative(value)
    return None if value in (1, 2) else f"\"unsupported queue version '{value}'\""


def one_of(value: Value, what: str, known: tuple[str, ...]) -> str | None:
    if not isinstance(value, str):
        return unacceptable(value)
    return None if value in known else f"\"unsupported {what} '{value}'\""
