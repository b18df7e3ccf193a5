"""What a policy may say: the one table of its keys, with RabbitMQ's complaints.

Keys come in families, one for each part of RabbitMQ that knows them: the first family with a
complaint is heard, and keys that nobody knows come last. Within the first family each key is
looked at on its own, in the order of their names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from leveret.broker.json_terms import spell
from leveret.broker.patterns import InvalidPattern, check
from leveret.broker.policies import APPLY_TO, OPERATOR_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from leveret.wire.values import Value

    Definition: TypeAlias = Mapping[str, Value]
    Test: TypeAlias = Callable[[Value], bool]

_SEGMENT_BYTES_MAX: Final = 3_000_000_000
_FILTER_BYTES: Final = range(16, 256)
_AGE: Final = re.compile(r"0*[1-9][0-9]*[YMDhms]")


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_integer(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _at_least(least: int) -> Test:
    return lambda value: isinstance(value, int) and _is_integer(value) and value >= least


def _within(numbers: range) -> Test:
    return lambda value: _is_integer(value) and value in numbers


def _is_one_of(*known: Value) -> Test:
    return lambda value: not isinstance(value, (bool, float)) and value in known


def _is_age(value: Value) -> bool:
    return isinstance(value, str) and _AGE.fullmatch(value) is not None


# The keys of queues and exchanges: what a value has to be, and what it is not otherwise.
_PLAIN_KEYS: Final[Mapping[str, tuple[Test, str]]] = {
    "alternate-exchange": (_is_text, "alternate exchange name"),
    "consumer-timeout": (_at_least(0), "consumer timeout"),
    "consumer-timeout-action": (_is_one_of("close", "requeue"), "consumer timeout action"),
    "dead-letter-exchange": (_is_text, "dead letter exchange name"),
    "dead-letter-routing-key": (_is_text, "dead letter routing key"),
    "dead-letter-strategy": (
        _is_one_of("at-most-once", "at-least-once"),
        "dead letter strategy",
    ),
    "delivery-limit": (_at_least(0), "delivery limit"),
    "expires": (_at_least(1), "queue expiry"),
    "initial-cluster-size": (_at_least(0), "cluster size"),
    "max-age": (_is_age, "max age"),
    "max-in-memory-bytes": (_at_least(0), "maximum memory in bytes"),
    "max-in-memory-length": (_at_least(0), "maximum memory in bytes"),
    "max-length": (_at_least(0), "maximum length"),
    "max-length-bytes": (_at_least(0), "maximum length in bytes"),
    "message-ttl": (_at_least(0), "message TTL"),
    "overflow": (_is_one_of("drop-head", "reject-publish", "reject-publish-dlx"), "overflow value"),
    "queue-leader-locator": (
        _is_one_of("client-local", "balanced", "random", "least-leaders"),
        "queue leader locator value",
    ),
    "queue-mode": (_is_one_of("default", "lazy"), "queue-mode value"),
    "queue-version": (_is_one_of(1, 2), "queue-version value"),
    "stream-filter-size-bytes": (
        _within(_FILTER_BYTES),
        "filter size. Valid range is 16-255",
    ),
    "stream-max-segment-size-bytes": (_within(range(_SEGMENT_BYTES_MAX + 1)), "segment size"),
}


def _plain(said: Definition) -> str | None:
    for key in sorted(said):
        is_valid, what = _PLAIN_KEYS[key]
        if not is_valid(said[key]):
            return f"{spell(said[key])} is not a valid {what}"
    return None


# Mirrors -----------------------------------------------------------------------------------------


def _mirrors(said: Definition) -> str | None:
    if "ha-mode" not in said:
        return (
            "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown"
        )
    return _mirror_mode(said) or _mirror_rest(said)


def _mirror_mode(said: Definition) -> str | None:
    mode = said["ha-mode"]
    given = spell(said["ha-params"]) if "ha-params" in said else "none"
    match mode, said.get("ha-params"):
        case "all", _ if "ha-params" in said:
            return 'ha-mode="all" does not take parameters'
        case "exactly", wanted if not _at_least(1)(wanted):
            return f'ha-mode="exactly" takes an integer, {given} given'
        case "nodes", []:
            return 'ha-mode="nodes" list must be non-empty'
        case "nodes", list(names):
            return _node_names(names)
        case "nodes", _:
            return f'ha-mode="nodes" takes a list, {given} given'
    known = mode in ("all", "exactly")
    return None if known else f"{spell(mode)} is not a valid ha-mode value"


def _node_names(names: list[Value]) -> str | None:
    odd = [name for name in names if not isinstance(name, str)]
    if not odd:
        return None
    return f'ha-mode="nodes" takes a list of strings, {spell(odd)} was not a string'


def _mirror_rest(said: Definition) -> str | None:
    sync = said.get("ha-sync-mode", "manual")
    if sync not in ("manual", "automatic"):
        return f'ha-sync-mode must be "manual" or "automatic", got {spell(sync)}'
    size = said.get("ha-sync-batch-size", 1)
    if not _at_least(1)(size):
        return f"ha-sync-batch-size takes an integer greater than 0, {spell(size)} given"
    for key in ("ha-promote-on-shutdown", "ha-promote-on-failure"):
        when = said.get(key, "always")
        if when not in ("always", "when-synced"):
            return f'{key} must be "always" or "when-synced", got {spell(when)}'
    return None


# Others -----------------------------------------------------------------------------------------


def _sharding(said: Definition) -> str | None:
    if "shards-per-node" not in said:
        return "shards-per-node must be specified"
    count, key = said["shards-per-node"], said.get("routing-key", "")
    if not isinstance(count, (int, float)) or not _is_number(count):
        return f"shards-per-node should be a number, actually was {spell(count)}"
    if count < 0:
        return f"shards-per-node should be greater than 0, actually was {spell(count)}"
    if not isinstance(key, str):
        return f"routing-key should be binary, actually was {spell(key)}"
    return None


def _location(said: Definition) -> str | None:
    where = said["queue-master-locator"]
    is_known = where in ("client-local", "min-masters", "random")
    return None if is_known else f"{spell(where)} invalid queue-master-locator value"


def _federation(said: Definition) -> str | None:
    for key, value in sorted(said.items()):
        if not isinstance(value, str):
            return f"{spell(value)} is not a valid {key.replace('-', ' ')} name"
    pattern = said.get("federation-upstream-pattern", "")
    complaint = _pattern_error(pattern)
    if complaint is not None:
        return f"could not compile pattern {pattern} to a regular expression. Error: {complaint}"
    if len(said) > 1:
        return (
            "cannot specify federation-upstream, federation-upstream-set or "
            "federation-upstream-pattern together"
        )
    return None


# In the order in which they are asked.
_FAMILIES: Final[tuple[tuple[frozenset[str], Callable[[Definition], str | None]], ...]] = (
    (frozenset({"shards-per-node", "routing-key"}), _sharding),
    (frozenset({"queue-master-locator"}), _location),
    (frozenset(_PLAIN_KEYS), _plain),
    (
        frozenset(
            {
                "ha-mode",
                "ha-params",
                "ha-sync-mode",
                "ha-sync-batch-size",
                "ha-promote-on-shutdown",
                "ha-promote-on-failure",
            }
        ),
        _mirrors,
    ),
    (
        frozenset(
            {"federation-upstream", "federation-upstream-set", "federation-upstream-pattern"}
        ),
        _federation,
    ),
)
POLICY_KEYS: Final = frozenset().union(*(keys for keys, _ in _FAMILIES))


# A whole policy ---------------------------------------------------------------------------------


def complaints(name: str, value: Value, *, is_operator: bool = False) -> list[str]:
    """What is wrong with a policy as RabbitMQ keeps it, in its words and order; none if nothing."""
    if not isinstance(value, dict):
        return [f"{name} not a dictionary: {spell(value)}"]
    checks: dict[str, Callable[[Value], str | None]] = {
        "definition": lambda said: _definition(said, is_operator=is_operator),
        "apply-to": _apply_to,
        "pattern": _pattern,
        "priority": _priority,
    }
    strange = {key: each for key, each in value.items() if key not in checks}
    found = [f"Unrecognised terms {_spell_pairs(strange)} in {name}"] if strange else []
    for key, look in checks.items():
        if key in value:
            complaint = look(value[key])
            found += [complaint] if complaint else []
        elif key != "apply-to":
            found.append(f'Key "{key}" not found in {name}')
    return found


def _definition(said: Value, *, is_operator: bool) -> str | None:
    if not isinstance(said, dict):
        return f"definition must be a dictionary: {spell(said)}"
    if not said:
        return "no policy provided"
    allowed = OPERATOR_KEYS if is_operator else POLICY_KEYS
    for keys, look in _FAMILIES:
        theirs = {key: value for key, value in said.items() if key in keys & allowed}
        complaint = look(theirs) if theirs else None
        if complaint is not None:
            return complaint
    strange = {key: said[key] for key in sorted(said) if key not in allowed}
    return f"{_spell_pairs(strange)} are not recognised policy settings" if strange else None


def _spell_pairs(said: Definition) -> str:
    return f"[{','.join(f'{{{spell(key)},{spell(value)}}}' for key, value in said.items())}]"


def _apply_to(value: Value) -> str | None:
    if isinstance(value, str) and value in APPLY_TO:
        return None
    shown = value if isinstance(value, str) else spell(value)
    return (
        f"apply-to '{shown}' unrecognised; should be one of: 'queues', 'classic_queues', "
        "'quorum_queues', 'streams', 'exchanges', or 'all'"
    )


def _pattern(value: Value) -> str | None:
    if not isinstance(value, str):
        return f"pattern should be a binary but was {spell(value)}"
    complaint = _pattern_error(value)
    return complaint and f"pattern should be regular expression but is invalid: {complaint}"


def _pattern_error(value: Value) -> str | None:
    """RabbitMQ's pair of what is wrong and where."""
    if not isinstance(value, str):
        return spell(value)
    try:
        check(value)
    except InvalidPattern as invalid:
        problem = invalid.problem.replace("\\", "\\\\").replace('"', '\\"')
        return f'{{"{problem}",{invalid.position}}}'
    return None


def _priority(value: Value) -> str | None:
    if _is_number(value):
        return None
    return f"priority should be a number, actually was {spell(value)}"
