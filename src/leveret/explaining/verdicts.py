"""Whether a binding takes a message, and why: for each type of exchange.

A verdict is said twice: as a code with what belongs to it, for who translates it, and in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from leveret.broker.exchanges.chance import LocalRandom, Random
from leveret.broker.exchanges.consistent import ConsistentHash
from leveret.broker.exchanges.delayed import DelayedMessage
from leveret.broker.exchanges.direct import Direct
from leveret.broker.exchanges.headers import X_MATCH, Headers, matches
from leveret.broker.exchanges.modulus import ModulusHash
from leveret.broker.exchanges.topic import Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leveret.broker.bindings import Binding
    from leveret.broker.exchanges.exchange import ExchangeType
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table

Keys: TypeAlias = tuple[str, ...]

# The codes of verdicts.
EVERY_MESSAGE: Final = "every_message"
KEY_EQUAL: Final = "key_equal"
KEY_DIFFERS: Final = "key_differs"
PATTERN_MATCHES: Final = "pattern_matches"
PATTERN_DIFFERS: Final = "pattern_differs"
HEADERS_MATCH: Final = "headers_match"
HEADERS_DIFFER: Final = "headers_differ"
HASH_HERE: Final = "hash_here"
HASH_ELSEWHERE: Final = "hash_elsewhere"
BY_CHANCE: Final = "by_chance"


@dataclass(frozen=True, slots=True)
class Verdict:
    """is_match: the message takes this way; by chance, it may.

    code: what decided. why: the same in words. told: what else there is to say.
    """

    is_match: bool
    code: str
    why: str
    told: dict[str, Any] = field(default_factory=dict)


def judge(
    kind: ExchangeType, bindings: Sequence[Binding], keys: Keys, properties: Properties
) -> list[Verdict]:
    """One for each binding, in their order."""
    if isinstance(kind, DelayedMessage):
        return judge(kind.inner, bindings, keys, properties)
    judges = _OF_ALL.get(type(kind))
    if judges is not None:
        return judges(kind, bindings, keys, properties)
    one = _OF_ONE.get(type(kind), _every)
    return [one(binding, keys, properties) for binding in bindings]


def _every(_binding: Binding, _keys: Keys, _properties: Properties) -> Verdict:
    return Verdict(True, EVERY_MESSAGE, "the exchange sends every message to all its bindings")


# By the routing key ------------------------------------------------------------------------------


def _direct(binding: Binding, keys: Keys, _properties: Properties) -> Verdict:
    if binding.routing_key in keys:
        return Verdict(True, KEY_EQUAL, "the routing key is the binding's key")
    why = f"the binding's key is '{binding.routing_key}', which is not the routing key"
    return Verdict(False, KEY_DIFFERS, why)


def _topic(
    kind: ExchangeType, bindings: Sequence[Binding], keys: Keys, _properties: Properties
) -> list[Verdict]:
    assert isinstance(kind, Topic)
    taken = set(kind.matching(keys))
    return [_by_pattern(binding, is_match=binding in taken) for binding in bindings]


def _by_pattern(binding: Binding, *, is_match: bool) -> Verdict:
    if is_match:
        return Verdict(True, PATTERN_MATCHES, f"the routing key matches '{binding.routing_key}'")
    why = f"the routing key does not match '{binding.routing_key}'"
    return Verdict(False, PATTERN_DIFFERS, why)


# By the headers ----------------------------------------------------------------------------------


def _headers(binding: Binding, _keys: Keys, properties: Properties) -> Verdict:
    wanted, headers = binding.arguments, properties.headers or {}
    how = str(wanted.get(X_MATCH, "all"))
    is_match = matches(wanted, headers)
    missing, different = _failing(wanted, headers, how)
    told = {"x_match": how, "missing": missing, "different": different}
    if is_match:
        return Verdict(True, HEADERS_MATCH, f"the headers match (x-match {how})", told)
    if how.startswith("any"):
        why = f"none of the headers that are asked for is as it should be (x-match {how})"
    else:
        why = f"{_listed(missing, different)} (x-match {how})"
    return Verdict(False, HEADERS_DIFFER, why, told)


def _failing(wanted: Table, headers: Table, how: str) -> tuple[list[str], list[str]]:
    """The headers that are asked for and not there, and those that are something else."""
    with_x = how.endswith("with-x")
    asked = [n for n in wanted if n != X_MATCH and (with_x or not n.startswith("x-"))]
    failing = [n for n in asked if not matches({X_MATCH: "all-with-x", n: wanted[n]}, headers)]
    return [n for n in failing if n not in headers], [n for n in failing if n in headers]


def _listed(missing: list[str], different: list[str]) -> str:
    parts = []
    if missing:
        parts.append(f"not there: {', '.join(missing)}")
    if different:
        parts.append(f"with another value: {', '.join(different)}")
    return "headers " + "; ".join(parts)


# To one of them ----------------------------------------------------------------------------------


def _by_hash(
    kind: ExchangeType, bindings: Sequence[Binding], keys: Keys, properties: Properties
) -> list[Verdict]:
    chosen = set(kind.route(keys, properties))
    taken = Verdict(True, HASH_HERE, "the message's hash leads here")
    passed = Verdict(False, HASH_ELSEWHERE, "the message's hash leads to another binding")
    return [taken if binding.destination in chosen else passed for binding in bindings]


def _by_chance(
    _kind: ExchangeType, bindings: Sequence[Binding], _keys: Keys, _properties: Properties
) -> list[Verdict]:
    why = f"one of {len(bindings)} bindings takes it, by chance"
    return [Verdict(True, BY_CHANCE, why, {"of": len(bindings)})] * len(bindings)


_OF_ONE: Final[dict[type, Callable[[Binding, Keys, Properties], Verdict]]] = {
    Direct: _direct,
    Headers: _headers,
}
_OF_ALL: Final[
    dict[
        type,
        Callable[[ExchangeType, Sequence[Binding], Keys, Properties], list[Verdict]],
    ]
] = {
    Topic: _topic,
    ConsistentHash: _by_hash,
    ModulusHash: _by_hash,
    Random: _by_chance,
    LocalRandom: _by_chance,
}
