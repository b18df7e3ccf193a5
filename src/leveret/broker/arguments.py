"""The one table of x-arguments: what each may be, which queues know it, what rule it settles, and
whether redeclaring must repeat it.

An argument that is not in the table is kept and has no effect, as in RabbitMQ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker import argument_values as values
from leveret.broker.argument_values import type_name
from leveret.broker.errors import PreconditionFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.exchanges.exchange import Exchange, ExchangeOptions
    from leveret.broker.queues.kinds import AnyQueue
    from leveret.broker.queues.queue import QueueOptions
    from leveret.wire.values import Table, Value


@dataclass(frozen=True, slots=True)
class QueueArgument:
    """A row: one argument of queue.declare, and the policy key of the same name without `x-`.

    complaint: what is wrong with a value, as RabbitMQ says it, or None.
    types: the queue types that know it; RabbitMQ refuses it on the others.
    rule: the field of Rules it settles, None where it changes nothing.
    is_least: of an argument and a policy the smaller counts; elsewhere the argument.
    compared: redeclaring with another value is refused.
    """

    name: str
    complaint: Callable[[Value], str | None]
    types: frozenset[str]
    rule: str | None = None
    is_least: bool = False
    compared: bool = True

    @property
    def policy_key(self) -> str:
        return self.name.removeprefix("x-")


@dataclass(frozen=True, slots=True)
class ConsumerArgument:
    """A row: one argument of basic.consume; see QueueArgument."""

    name: str
    complaint: Callable[[Value], str | None]
    types: frozenset[str]


CLASSIC: Final = "classic"
QUORUM: Final = "quorum"
STREAM: Final = "stream"

_CLASSIC: Final = frozenset({CLASSIC})
_QUORUM: Final = frozenset({QUORUM})
_STREAM: Final = frozenset({STREAM})
_NO_STREAM: Final = frozenset({CLASSIC, QUORUM})
_NO_CLASSIC: Final = frozenset({QUORUM, STREAM})
_EVERY: Final = frozenset({CLASSIC, QUORUM, STREAM})

_Row: Final = QueueArgument

# In the order in which RabbitMQ looks at them: the first wrong one is named.
QUEUE_ARGUMENTS: Final = (
    _Row("x-expires", values.time_ms_not_zero, _NO_STREAM, "expires_ms", is_least=True),
    _Row("x-message-ttl", values.time_ms, _NO_STREAM, "message_ttl_ms", is_least=True),
    _Row("x-dead-letter-exchange", values.string, _NO_STREAM, "dead_letter_exchange"),
    _Row("x-dead-letter-routing-key", values.string, _NO_STREAM, "dead_letter_routing_key"),
    _Row("x-dead-letter-strategy", values.dead_letter_strategy, _QUORUM, "dead_letter_strategy"),
    _Row("x-max-length", values.not_negative, _NO_STREAM, "max_length", is_least=True),
    _Row("x-max-length-bytes", values.not_negative, _EVERY, "max_length_bytes", is_least=True),
    # What stays in memory is decided by the memory there is (queues/paging.py).
    _Row("x-max-in-memory-length", values.not_negative, _QUORUM),
    _Row("x-max-in-memory-bytes", values.not_negative, _QUORUM),
    _Row("x-max-priority", values.priority, _CLASSIC),
    _Row("x-overflow", values.overflow, _NO_STREAM, "overflow"),
    _Row("x-queue-mode", values.queue_mode, _CLASSIC, "queue_mode"),
    # RabbitMQ's file formats: no difference here.
    _Row("x-queue-version", values.queue_version, _CLASSIC),
    _Row("x-single-active-consumer", values.boolean, _NO_STREAM),
    _Row("x-queue-type", values.queue_type, _EVERY),
    _Row("x-quorum-initial-group-size", values.positive, _QUORUM),
    _Row("x-max-age", values.max_age, _STREAM, "max_age"),
    _Row("x-stream-max-segment-size-bytes", values.not_negative, _STREAM, "segment_bytes"),
    _Row("x-initial-cluster-size", values.positive, _STREAM),
    _Row("x-queue-leader-locator", values.leader_locator, _NO_CLASSIC),
    _Row("x-queue-master-locator", values.master_locator, _CLASSIC),
    # RabbitMQ has it for quorum queues alone, and looks at no value.
    _Row("x-delivery-limit", values.anything, _NO_STREAM, "delivery_limit", is_least=True),
    _Row("x-consumer-timeout", values.time_ms, _EVERY, "consumer_timeout_ms", compared=False),
    _Row("x-stream-filter-size-bytes", values.not_negative, _STREAM, compared=False),
)
# RabbitMQ's limits: of a stream's segment files, and of its filter (3.13).
SEGMENT_OCTETS_MAX: Final = 3_000_000_000
FILTER_OCTETS: Final = (16, 255)
_ROWS: Final = {row.name: row for row in QUEUE_ARGUMENTS}

CONSUMER_ARGUMENTS: Final = (
    ConsumerArgument("x-priority", values.integer, _NO_STREAM),
    ConsumerArgument("x-cancel-on-ha-failover", values.boolean, _CLASSIC),
    ConsumerArgument("x-stream-offset", values.anything, _STREAM),
    ConsumerArgument("x-consumer-timeout", values.time_ms, _EVERY),
)


def queue_type(arguments: Table) -> str:
    """What a queue with these arguments is; one that says nothing is classic."""
    said = arguments.get("x-queue-type")
    return said if isinstance(said, str) else CLASSIC


# Checks -----------------------------------------------------------------------------------------


def check_queue(queue: str, options: QueueOptions) -> None:
    """Raises PreconditionFailed for what a queue of its type can't be."""
    arguments = options.arguments
    if not arguments:
        return
    kind = queue_type(arguments)
    if kind in _EVERY:
        _check_known(queue, kind, arguments)
    _check_exchange_name(queue, "x-dead-letter-exchange", arguments)
    for row in QUEUE_ARGUMENTS:
        if row.name in arguments:
            complaint = row.complaint(arguments[row.name]) or _lacks_companion(row.name, arguments)
            if complaint is not None:
                raise PreconditionFailed(f"invalid arg '{row.name}' for {queue}: {complaint}")
    if kind != CLASSIC:
        _check_replicated(queue, options)
    if kind == STREAM:
        _check_stream(arguments)


def _check_known(queue: str, kind: str, arguments: Table) -> None:
    for name in arguments:
        if name in _ROWS and kind not in _ROWS[name].types:
            raise PreconditionFailed(
                f"invalid arg '{name}' for {queue} of queue type rabbit_{kind}_queue"
            )


def refuse_unnamed(options: QueueOptions) -> None:
    """Raises PreconditionFailed for a type whose queues need a name of their own."""
    kind = queue_type(options.arguments)
    if kind in _NO_CLASSIC:
        raise PreconditionFailed(
            f"Cannot declare a server-named queue for type rabbit_{kind}_queue"
        )


def _check_replicated(queue: str, options: QueueOptions) -> None:
    """Quorum queues and streams are durable and shared."""
    wrong = {
        "auto-delete": options.auto_delete,
        "exclusive-owner": options.exclusive,
        "non-durable": not options.durable,
    }
    for name, is_so in wrong.items():
        if is_so:
            raise PreconditionFailed(f"invalid property '{name}' for {queue}")


def _check_stream(arguments: Table) -> None:
    if _number(arguments, "x-stream-max-segment-size-bytes", 0) > SEGMENT_OCTETS_MAX:
        raise PreconditionFailed("Exceeded max value for x-stream-max-segment-size-bytes")
    smallest, largest = FILTER_OCTETS
    if not smallest <= _number(arguments, "x-stream-filter-size-bytes", smallest) <= largest:
        raise PreconditionFailed("Invalid value for  x-stream-filter-size-bytes")


def _number(arguments: Table, name: str, default: int) -> int:
    value = arguments.get(name)
    return value if isinstance(value, int) else default


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


def check_consumer(queue: str, kind: str, arguments: Table) -> None:
    """Raises PreconditionFailed for a wrong value in the arguments of basic.consume, or one that
    a queue of this type knows nothing of."""
    for row in CONSUMER_ARGUMENTS:
        if row.name not in arguments:
            continue
        if kind not in row.types:
            raise PreconditionFailed(
                f"invalid arg '{row.name}' for {queue} of queue type rabbit_{kind}_queue"
            )
        complaint = row.complaint(arguments[row.name])
        if complaint is not None:
            raise PreconditionFailed(f"invalid arg '{row.name}' for {queue}: {complaint}")


def check_same_queue(queue: AnyQueue, options: QueueOptions) -> None:
    """Raises PreconditionFailed when a queue is declared again otherwise."""
    _check_same_flag(str(queue), "durable", queue.options.durable, options.durable)
    _check_same_flag(str(queue), "auto_delete", queue.options.auto_delete, options.auto_delete)
    if queue.options.arguments == options.arguments:
        return
    for row in QUEUE_ARGUMENTS:
        if row.compared:
            _check_same(str(queue), row.name, queue.options.arguments, options.arguments)


def check_same_exchange(exchange: Exchange, kind: str, options: ExchangeOptions) -> None:
    """Raises PreconditionFailed when an exchange is declared again otherwise."""
    name, current = str(exchange), exchange.options
    if kind != exchange.type.name:
        raise _inequivalent("type", name, _atom(kind), _atom(exchange.type.name))
    for flag in ("durable", "auto_delete", "internal"):
        _check_same_flag(name, flag, getattr(current, flag), getattr(options, flag))
    _check_same(name, "alternate-exchange", current.arguments, options.arguments)


def _atom(kind: str) -> str:
    """An exchange type between quotes; as Erlang's atom it has its own when it is no plain word."""
    return f"'{kind}'" if kind.isalpha() else f"''{kind}''"


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
