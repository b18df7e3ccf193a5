"""The one table of x-arguments: what each may be, whether redeclaring must repeat it, and whether
Leveret has its rule.

An argument that is not in the table is kept and has no effect, as in RabbitMQ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.errors import PreconditionFailed, Unsupported
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

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.exchanges.exchange import Exchange, ExchangeOptions
    from leveret.broker.queues.queue import Queue, QueueOptions
    from leveret.wire.values import Table

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


# What a value may be: each check gives RabbitMQ's complaint, or None ---------------------------


def _is_integer(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, (bool, Timestamp))


def _not_negative(value: Value) -> str | None:
    if not isinstance(value, int) or not _is_integer(value):
        return f'"expected integer, got {type_name(value)}"'
    return f"{{value_negative,{value}}}" if value < 0 else None


def _time(value: Value) -> str | None:
    complaint = _not_negative(value)
    if complaint is None and isinstance(value, int) and value > TIME_MS_MAX:
        return f"{{value_too_large,{value}}}"
    return complaint


def _time_not_zero(value: Value) -> str | None:
    return "{value_zero,0}" if _is_integer(value) and value == 0 else _time(value)


def _priority(value: Value) -> str | None:
    complaint = _not_negative(value)
    if complaint is None and isinstance(value, int) and value > PRIORITY_MAX:
        return f"{{max_value_exceeded,{value}}}"
    return complaint


def _unacceptable(value: Value) -> str:
    return f"{{unacceptable_type,{type_name(value)}}}"


def _string(value: Value) -> str | None:
    return None if isinstance(value, str) else _unacceptable(value)


def _boolean(value: Value) -> str | None:
    return None if isinstance(value, bool) else _unacceptable(value)


def _overflow(value: Value) -> str | None:
    known = ("drop-head", "reject-publish", "reject-publish-dlx")
    return _string(value) or (None if value in known else "invalid_overflow")


def _queue_mode(value: Value) -> str | None:
    return _one_of(value, "queue mode", ("default", "lazy"))


def _queue_type(value: Value) -> str | None:
    return _one_of(value, "queue type", ("classic", "quorum", "stream"))


def _queue_version(value: Value) -> str | None:
    if not isinstance(value, int) or not _is_integer(value):
        return _not_negative(value)
    return None if value in (1, 2) else f"\"unsupported queue version '{value}'\""


def _one_of(value: Value, what: str, known: tuple[str, ...]) -> str | None:
    if not isinstance(value, str):
        return _unacceptable(value)
    return None if value in known else f"\"unsupported {what} '{value}'\""


@dataclass(frozen=True, slots=True)
class QueueArgument:
    """A row: one argument of queue.declare.

    complaint: what is wrong with a value, as RabbitMQ says it, or None.
    compared: redeclaring with another value is refused.
    supported: the values whose rule Leveret has; None for all.
    """

    name: str
    complaint: Callable[[Value], str | None]
    compared: bool = True
    supported: tuple[Value, ...] | None = None


_NOT_YET: Final[tuple[Value, ...]] = ()

# In the order in which RabbitMQ looks at them: the first wrong one is named.
QUEUE_ARGUMENTS: Final = (
    QueueArgument("x-expires", _time_not_zero),
    QueueArgument("x-message-ttl", _time),
    QueueArgument("x-dead-letter-exchange", _string, supported=_NOT_YET),
    QueueArgument("x-dead-letter-routing-key", _string, supported=_NOT_YET),
    QueueArgument("x-max-length", _not_negative, supported=_NOT_YET),
    QueueArgument("x-max-length-bytes", _not_negative, supported=_NOT_YET),
    QueueArgument("x-max-priority", _priority),
    QueueArgument("x-overflow", _overflow, supported=_NOT_YET),
    QueueArgument("x-queue-mode", _queue_mode),
    QueueArgument("x-queue-version", _queue_version),  # RabbitMQ's file formats: no difference
    QueueArgument("x-single-active-consumer", _boolean),
    QueueArgument("x-queue-type", _queue_type, supported=("classic",)),
    QueueArgument("x-consumer-timeout", _time, compared=False, supported=_NOT_YET),
)

# Arguments of other queue types, which RabbitMQ refuses on a classic queue.
_OF_OTHER_QUEUE_TYPES: Final = (
    "x-delivery-limit",
    "x-max-age",
    "x-max-in-memory-length",
    "x-max-in-memory-bytes",
    "x-quorum-initial-group-size",
    "x-dead-letter-strategy",
    "x-queue-leader-locator",
    "x-stream-max-segment-size-bytes",
    "x-stream-filter-size-bytes",
    "x-initial-cluster-size",
)


# Checks -----------------------------------------------------------------------------------------


def check_queue(queue: str, arguments: Table) -> None:
    """Raises PreconditionFailed for a wrong value, Unsupported for a rule Leveret lacks."""
    _check_exchange_name(queue, "x-dead-letter-exchange", arguments)
    present = [row for row in QUEUE_ARGUMENTS if row.name in arguments]
    for row in present:
        complaint = row.complaint(arguments[row.name]) or _lacks_companion(row.name, arguments)
        if complaint is not None:
            raise PreconditionFailed(f"invalid arg '{row.name}' for {queue}: {complaint}")
    for name in _OF_OTHER_QUEUE_TYPES:
        if name in arguments:
            raise PreconditionFailed(
                f"invalid arg '{name}' for {queue} of queue type rabbit_classic_queue"
            )
    for row in present:
        if row.supported is not None and arguments[row.name] not in row.supported:
            value = arguments[row.name]
            raise Unsupported(f"{row.name} = {value!r} for {queue} is not supported yet")


def _lacks_companion(name: str, arguments: Table) -> str | None:
    is_alone = name == "x-dead-letter-routing-key" and "x-dead-letter-exchange" not in arguments
    return "routing_key_but_no_dlx_defined" if is_alone else None


def check_exchange(exchange: str, arguments: Table) -> None:
    """Raises PreconditionFailed for a wrong value."""
    _check_exchange_name(exchange, "alternate-exchange", arguments)


def _check_exchange_name(resource: str, name: str, arguments: Table) -> None:
    if name in arguments and not isinstance(arguments[name], str):
        found = type_name(arguments[name])
        raise PreconditionFailed(f"invalid type '{found}' for arg '{name}' in {resource}")


def check_consumer(queue: str, arguments: Table) -> None:
    """Raises PreconditionFailed for a wrong value in the arguments of basic.consume."""
    name = "x-priority"
    if name in arguments and not _is_integer(arguments[name]):
        found = type_name(arguments[name])
        raise PreconditionFailed(
            f"invalid arg '{name}' for {queue}: \"expected integer, got {found}\""
        )


def check_same_queue(queue: Queue, options: QueueOptions) -> None:
    """Raises PreconditionFailed when a queue is declared again otherwise."""
    _check_same_flag(str(queue), "durable", queue.options.durable, options.durable)
    _check_same_flag(str(queue), "auto_delete", queue.options.auto_delete, options.auto_delete)
    for row in QUEUE_ARGUMENTS:
        if row.compared:
            _check_same(str(queue), row.name, queue.options.arguments, options.arguments)


def check_same_exchange(exchange: Exchange, kind: str, options: ExchangeOptions) -> None:
    """Raises PreconditionFailed when an exchange is declared again otherwise."""
    name, current = str(exchange), exchange.options
    if kind != exchange.type.name:
        raise _inequivalent("type", name, f"'{kind}'", f"'{exchange.type.name}'")
    for flag in ("durable", "auto_delete", "internal"):
        _check_same_flag(name, flag, getattr(current, flag), getattr(options, flag))
    _check_same(name, "alternate-exchange", current.arguments, options.arguments)


def _check_same_flag(resource: str, flag: str, current: bool, received: bool) -> None:
    if current is not received:
        raise _inequivalent(flag, resource, f"'{_spell(received)}'", f"'{_spell(current)}'")


def _check_same(resource: str, name: str, current: Table, received: Table) -> None:
    if _is_same(name, current, received):
        return
    if name not in current:
        raise _inequivalent(name, resource, _with_type(received[name]), "none")
    if name not in received:
        raise _inequivalent(name, resource, "none", _with_type(current[name]))
    new, old = _spell(received[name]), _spell(current[name])
    raise _inequivalent(name, resource, f"'{new}'", f"'{old}'")


def _is_same(name: str, current: Table, received: Table) -> bool:
    # A queue without a type is classic: naming the type or not makes no difference.
    missing: Value = "classic" if name == "x-queue-type" else None
    return current.get(name, missing) == received.get(name, missing)


def _inequivalent(name: str, resource: str, received: str, current: str) -> PreconditionFailed:
    return PreconditionFailed(
        f"inequivalent arg '{name}' for {resource}: received {received} but current is {current}"
    )


def _with_type(value: Value) -> str:
    return f"the value '{_spell(value)}' of type '{type_name(value)}'"


def _spell(value: Value) -> str:
    """As Erlang writes it: true and false in small letters."""
    return str(value).lower() if isinstance(value, bool) else str(value)
