"""The rules that hold for a queue: its arguments and the policy that applies to it, made one.

The table in arguments.py says which argument and policy key settle which rule. An argument beats
the policy, but for limits, of which the smaller holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.broker.arguments import QUEUE_ARGUMENTS, QueueArgument
from leveret.broker.tallies import AT_LEAST_ONCE, AT_MOST_ONCE, DISABLED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.wire.values import Table, Value

DROP_HEAD: Final = "drop-head"
REJECT_PUBLISH: Final = "reject-publish"
REJECT_PUBLISH_DLX: Final = "reject-publish-dlx"

_RULED_ROWS: Final = tuple(row for row in QUEUE_ARGUMENTS if row.rule is not None)
# RabbitMQ has no such argument, only the policy key (from 4.3 on).
_ACTION_KEY: Final = "consumer-timeout-action"


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one queue now; None where there is no such rule.

    overflow: what gives way when it is full, the oldest or the newest.
    consumer_timeout_action: close the channel, or requeue what is overdue.
    """

    message_ttl_ms: int | None = None
    expires_ms: int | None = None
    max_length: int | None = None
    max_length_bytes: int | None = None
    overflow: str = DROP_HEAD
    dead_letter_exchange: str | None = None
    dead_letter_routing_key: str | None = None
    dead_letter_strategy: str = "at-most-once"
    delivery_limit: int | None = None
    queue_mode: str = "default"
    consumer_timeout_ms: int | None = None
    consumer_timeout_action: str = "close"
    max_age: str | None = None
    segment_bytes: int | None = None

    @property
    def is_lazy(self) -> bool:
        return self.queue_mode == "lazy"

    @property
    def refuses_when_full(self) -> bool:
        return self.overflow != DROP_HEAD and self.is_limited

    @property
    def insists_on_dead_letters(self) -> bool:
        """A dead letter without a way is kept. As in RabbitMQ, only a queue that turns away what
        is new can insist: it stays bounded."""
        return self.dead_letter_strategy == "at-least-once" and self.overflow == REJECT_PUBLISH

    @property
    def strategy(self) -> str:
        """What becomes of the dead, as it is counted (tallies.py)."""
        if self.dead_letter_exchange is None:
            return DISABLED
        return AT_LEAST_ONCE if self.insists_on_dead_letters else AT_MOST_ONCE

    @property
    def is_limited(self) -> bool:
        return self.max_length is not None or self.max_length_bytes is not None


NO_RULES: Final = Rules()


def rules_of(arguments: Table, definition: Mapping[str, Value]) -> Rules:
    """The rules of a queue with these arguments under this effective policy definition."""
    if not arguments and not definition:
        return NO_RULES
    settled = {row.rule: _settle(row, arguments, definition) for row in _RULED_ROWS}
    settled["consumer_timeout_action"] = definition.get(_ACTION_KEY)
    said = {rule: value for rule, value in settled.items() if value is not None}
    return Rules(**said)  # type: ignore[arg-type]  # the table has checked what each may be


def _settle(row: QueueArgument, arguments: Table, definition: Mapping[str, Value]) -> Value:
    mine, policy = arguments.get(row.name), definition.get(row.policy_key)
    if not row.is_least:
        return policy if mine is None else mine
    limits = [each for each in (_limit(mine), _limit(policy)) if each is not None]
    return min(limits, default=None)


def _limit(value: Value) -> int | None:
    """RabbitMQ takes anything for some limits, and nothing comes of it."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return None
