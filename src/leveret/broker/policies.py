"""Policies: rules for queues and exchanges by the pattern of their names.

One policy and one operator policy apply to each object: those of the highest priority that match
it. Of equal priority the first by name wins (RabbitMQ takes any).

    policy                the user's rules
    operator policy       the operator's limits on them: of two values the safer holds
    Applied               what comes of both, the effective definition; queues and exchanges
                          follow it

What a definition may say stands in policy_keys.py, where policies are kept in parameters.py.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker import patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.wire.values import Value

    Definition: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Applied:
    """What applies to one queue or exchange.

    policy, operator_policy: their names; None where none matches.
    definition: both merged, by RabbitMQ's keys (`message-ttl`, ...).
    """

    policy: str | None = None
    operator_policy: str | None = None
    definition: Definition = field(default_factory=dict)


NOTHING_APPLIED: Final = Applied()

# What each apply-to reaches: types of queues, and exchanges.
EXCHANGE: Final = "exchange"
APPLY_TO: Final[Mapping[str, frozenset[str]]] = {
    "queues": frozenset({"classic", "quorum", "stream"}),
    "classic_queues": frozenset({"classic"}),
    "quorum_queues": frozenset({"quorum"}),
    "streams": frozenset({"stream"}),
    "exchanges": frozenset({EXCHANGE}),
    "all": frozenset({"classic", "quorum", "stream", EXCHANGE}),
}

_OF_STREAMS: Final = frozenset(
    {
        "max-age",
        "stream-max-segment-size-bytes",
        "stream-filter-size-bytes",
        "initial-cluster-size",
    }
)
_OF_MIRRORS: Final = frozenset(
    {
        "ha-mode",
        "ha-params",
        "ha-sync-mode",
        "ha-promote-on-shutdown",
        "ha-promote-on-failure",
        "queue-master-locator",
    }
)
# A policy with a key that a type of queue does not know applies to no queue of that type, and the
# next policy does.
UNKNOWN_TO: Final[Mapping[str, frozenset[str]]] = {
    "classic": _OF_STREAMS | {"queue-leader-locator", "dead-letter-strategy"},
    "quorum": _OF_STREAMS | _OF_MIRRORS | {"queue-mode"},
    "stream": _OF_MIRRORS
    | {
        "expires",
        "message-ttl",
        "dead-letter-exchange",
        "dead-letter-routing-key",
        "dead-letter-strategy",
        "delivery-limit",
        "max-length",
        "max-in-memory-length",
        "max-in-memory-bytes",
        "overflow",
        "queue-mode",
    },
    EXCHANGE: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy or operator policy; checked before (policy_keys.py)."""

    name: str
    pattern: str
    definition: Definition
    priority: float = 0
    apply_to: str = "all"

    def reaches(self, kind: str, name: str) -> bool:
        """Whether it applies to a queue of this type, or an exchange, of this name."""
        return (
            kind in APPLY_TO[self.apply_to]
            and UNKNOWN_TO[kind].isdisjoint(self.definition)
            and patterns.matches(self.pattern, name)
        )

    @property
    def value(self) -> dict[str, Value]:
        """As RabbitMQ keeps it among the runtime parameters."""
        return {
            "pattern": self.pattern,
            "definition": dict(self.definition),
            "priority": self.priority,
            "apply-to": self.apply_to,
        }

    @classmethod
    def from_value(cls, name: str, value: Mapping[str, Value]) -> Policy:
        """From what `value` gives, or whoever wrote a proper one by hand."""
        pattern, definition = value["pattern"], value["definition"]
        priority, apply_to = value["priority"], value.get("apply-to", "all")
        assert isinstance(pattern, str)
        assert isinstance(definition, dict)
        assert isinstance(priority, (int, float))
        assert isinstance(apply_to, str)
        return cls(name, pattern, definition, priority, apply_to)


class PolicyRow:
    """Policies of one sort, by name, and in the order in which they are asked."""

    def __init__(self) -> None:
        self.by_name: dict[str, Policy] = {}
        self._in_order: list[Policy] = []

    def place(self, policy: Policy) -> None:
        self.forget(policy.name)
        self.by_name[policy.name] = policy
        insort(self._in_order, policy, key=lambda each: (-each.priority, each.name))

    def forget(self, name: str) -> None:
        policy = self.by_name.pop(name, None)
        if policy is not None:
            self._in_order.remove(policy)

    def choose(self, kind: str, name: str) -> Policy | None:
        """The one that applies."""
        return next((each for each in self._in_order if each.reaches(kind, name)), None)


class Policies:
    """The policies of a vhost.

    user: what users say. operator: what limits it.
    """

    def __init__(self) -> None:
        self.user = PolicyRow()
        self.operator = PolicyRow()
        # What comes of two policies, so that those who follow the same share one value.
        self._merged: dict[tuple[str | None, str | None], Applied] = {}

    @property
    def count(self) -> int:
        return len(self.user.by_name) + len(self.operator.by_name)

    def changed(self) -> None:
        """A policy came, changed or went."""
        self._merged.clear()

    def applied_to_queue(self, name: str, queue_type: str) -> Applied:
        return self._applied(queue_type, name)

    def applied_to_exchange(self, name: str) -> Applied:
        return self._applied(EXCHANGE, name)

    def _applied(self, kind: str, name: str) -> Applied:
        if not self.user.by_name and not self.operator.by_name:
            return NOTHING_APPLIED
        policy, operator = self.user.choose(kind, name), self.operator.choose(kind, name)
        if policy is None and operator is None:
            return NOTHING_APPLIED
        names = (policy.name if policy else None, operator.name if operator else None)
        known = self._merged.get(names)
        if known is None:
            said = (policy.definition if policy else {}, operator.definition if operator else {})
            known = self._merged[names] = Applied(*names, merge(*said))
        return known


# Merging ----------------------------------------------------------------------------------------


def merge(policy: Definition, operator: Definition) -> Definition:
    """The effective definition: everything of both; where both speak, the operator's limit."""
    merged = dict(policy)
    for key, value in operator.items():
        merged[key] = _MERGES[key](policy[key], value) if key in policy else value
    return merged


def _smaller(policy: Value, operator: Value) -> Value:
    assert isinstance(policy, (int, float))
    assert isinstance(operator, (int, float))
    return min(policy, operator)


def _operators(_policy: Value, operator: Value) -> Value:
    return operator


def _more_mirrors(policy: Value, operator: Value) -> Value:
    """The mode that keeps more copies: all, then exactly, then nodes."""
    return next((each for each in ("all", "exactly") if each in (policy, operator)), operator)


def _more_copies(policy: Value, operator: Value) -> Value:
    """A number says how many, a list where; a number goes before a list."""
    if isinstance(policy, list) and isinstance(operator, list):
        return policy if len(policy) > len(operator) else operator
    counts = [each for each in (policy, operator) if isinstance(each, int)]
    return max(counts)


# What an operator policy may say, and how it goes with the same key of a policy.
_MERGES: Final[Mapping[str, Callable[[Value, Value], Value]]] = {
    "expires": _smaller,
    "message-ttl": _smaller,
    "max-length": _smaller,
    "max-length-bytes": _smaller,
    "max-in-memory-length": _smaller,
    "max-in-memory-bytes": _smaller,
    "delivery-limit": _smaller,
    "queue-version": _operators,
    "overflow": _operators,
    "ha-mode": _more_mirrors,
    "ha-params": _more_copies,
    "ha-sync-mode": _operators,
}
OPERATOR_KEYS: Final = frozenset(_MERGES)
