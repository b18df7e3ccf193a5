"""leveretctl's commands on policies and operator policies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from leveret.broker.changes import OPERATOR_POLICY, POLICY
from leveret.broker.errors import NotFound
from leveret.broker.policies import EXCHANGE, Policy
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.verbs import json_values
from leveret.control.verbs.refusing import refusal, vhost_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.broker.policies import PolicyRow
    from leveret.control.call import Call, Reply
    from leveret.control.messages import Plain

# What makes RabbitMQ mirror a queue, and how.
_MIRRORING = frozenset(
    {
        "ha-mode",
        "ha-params",
        "ha-sync-mode",
        "ha-sync-batch-size",
        "ha-promote-on-shutdown",
        "ha-promote-on-failure",
    }
)
_COLUMNS = ("vhost", "name", "pattern", "apply-to", "definition", "priority")


def set_policy(call: Call) -> Reply:
    policy = _policy(call)
    call.broker.parameters.set_policy(vhost_of(call).name, policy)
    return None


def set_operator_policy(call: Call) -> Reply:
    policy = _policy(call)
    call.broker.parameters.set_operator_policy(vhost_of(call).name, policy)
    return None


def _policy(call: Call) -> Policy:
    return Policy(
        call.text("name"),
        call.text("pattern"),
        json_values.decode_object(call.text("definition")),
        int(call.number("priority", 0)),
        call.text("apply_to", "all"),
    )


def clear_policy(call: Call) -> Reply:
    _clear(call, POLICY)
    return None


def clear_operator_policy(call: Call) -> Reply:
    _clear(call, OPERATOR_POLICY)
    return None


def _clear(call: Call, component: str) -> None:
    parameters = call.broker.parameters
    clear = parameters.clear_policy if component == POLICY else parameters.clear_operator_policy
    try:
        clear(call.text("vhost"), call.text("name"))
    except NotFound as missing:
        # Of a vhost that is not there as well.
        raise refusal(exits.UNAVAILABLE, "Parameter does not exist") from missing


def remove_classic_queue_mirroring_from_policies(call: Call) -> Reply:
    """From policies and operator policies of all vhosts; one that says nothing else goes."""
    parameters = call.broker.parameters
    for vhost in call.broker.vhosts.values():
        user, operator = vhost.policies.user, vhost.policies.operator
        for policy in _mirroring(user):
            _keep_rest(vhost.name, policy, parameters.set_policy, parameters.clear_policy)
        for policy in _mirroring(operator):
            _keep_rest(
                vhost.name,
                policy,
                parameters.set_operator_policy,
                parameters.clear_operator_policy,
            )
    return None


def _mirroring(row: PolicyRow) -> list[Policy]:
    return [each for each in row.by_name.values() if not _MIRRORING.isdisjoint(each.definition)]


def _keep_rest(
    vhost: str,
    policy: Policy,
    set_policy: Callable[[str, Policy], None],
    clear_policy: Callable[[str, str], None],
) -> None:
    rest = {key: value for key, value in policy.definition.items() if key not in _MIRRORING}
    if rest:
        set_policy(vhost, replace(policy, definition=rest))
    else:
        clear_policy(vhost, policy.name)


def list_policies(call: Call) -> Reply:
    vhost = vhost_of(call)
    return _listing(vhost.name, vhost.policies.user)


def list_policies_that_match(call: Call) -> Reply:
    """Of all policies that reach a queue or an exchange, the one that applies first."""
    vhost, name = vhost_of(call), call.text("name")
    kind: str | None = EXCHANGE if name in vhost.exchanges else None
    if call.text("object_type", "queue") == "queue":
        queue = vhost.queues.get(name)
        kind = None if queue is None else queue.type
    if kind is None:
        raise refusal(exits.UNAVAILABLE, "not_found")
    reaching = [each for each in vhost.policies.user.by_name.values() if each.reaches(kind, name)]
    reaching.sort(key=lambda each: (-each.priority, each.name))
    return Rows(_COLUMNS, [_shown(vhost.name, each) for each in reaching])


def list_operator_policies(call: Call) -> Reply:
    vhost = vhost_of(call)
    return _listing(vhost.name, vhost.policies.operator)


def _listing(vhost: str, row: PolicyRow) -> Rows:
    return Rows(_COLUMNS, [_shown(vhost, row.by_name[name]) for name in sorted(row.by_name)])


def _shown(vhost: str, policy: Policy) -> list[Plain]:
    definition = json_values.encode(policy.definition)
    return [vhost, policy.name, policy.pattern, policy.apply_to, definition, policy.priority]


VERBS = {
    "clear_operator_policy": clear_operator_policy,
    "clear_policy": clear_policy,
    "list_operator_policies": list_operator_policies,
    "list_policies": list_policies,
    "list_policies_that_match": list_policies_that_match,
    "remove_classic_queue_mirroring_from_policies": remove_classic_queue_mirroring_from_policies,
    "set_operator_policy": set_operator_policy,
    "set_policy": set_policy,
}
# What changes what all nodes know.
COMMITS = frozenset(
    {
        "clear_operator_policy",
        "clear_policy",
        "remove_classic_queue_mirroring_from_policies",
        "set_operator_policy",
        "set_policy",
    }
)
