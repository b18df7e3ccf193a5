"""Policies: rules for queues and exchanges by the pattern of their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.wire.values import Value


@dataclass(frozen=True, slots=True)
class Applied:
    """What applies to one queue or exchange.

    policy, operator_policy: their names; None where none matches.
    definition: both merged, by RabbitMQ's keys (`message-ttl`, ...).
    """

    policy: str | None = None
    operator_policy: str | None = None
    definition: Mapping[str, Value] = field(default_factory=dict)


NOTHING_APPLIED: Final = Applied()
