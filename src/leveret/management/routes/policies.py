"""Policies, and the operator's limits on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.definitions.document import DefinedPolicy
from leveret.broker.policies import Policy
from leveret.management import fields
from leveret.management.answers import CREATED, NO_CONTENT, Item, Listing, NotThere
from leveret.management.markup import escaping
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, POLICYMAKER, VHOST, Resource
from leveret.management.views.parameters import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.broker.policies import PolicyRow
    from leveret.broker.vhost import Vhost
    from leveret.management.answers import Answer
    from leveret.management.call import Call

ORDER: Final = ("vhost", "name")


def list_policies(call: Call) -> Answer:
    return _listed((vhost, vhost.policies.user) for vhost in call.visible_vhosts())


def list_policies_in_vhost(call: Call) -> Answer:
    return _listed([(call.vhost, call.vhost.policies.user)])


def show_policy(call: Call) -> Answer:
    return Item(_named(call, call.vhost.policies.user), POLICY)


def put_policy(call: Call) -> Answer:
    vhost, policy = call.vhost_to_change, _policy(call)
    is_new = policy.name not in vhost.policies.user.by_name
    with escaping():
        call.broker.parameters.set_policy(vhost.name, policy)
    return CREATED if is_new else NO_CONTENT


def delete_policy(call: Call) -> Answer:
    there = _named(call, call.vhost.policies.user)
    call.broker.parameters.clear_policy(there.vhost, there.policy.name)
    return NO_CONTENT


# Operator policies -------------------------------------------------------------------------------


def list_operator_policies(call: Call) -> Answer:
    return _listed((vhost, vhost.policies.operator) for vhost in call.visible_vhosts())


def list_operator_policies_in_vhost(call: Call) -> Answer:
    return _listed([(call.vhost, call.vhost.policies.operator)])


def show_operator_policy(call: Call) -> Answer:
    return Item(_named(call, call.vhost.policies.operator), POLICY)


def put_operator_policy(call: Call) -> Answer:
    vhost, policy = call.vhost_to_change, _policy(call)
    is_new = policy.name not in vhost.policies.operator.by_name
    call.broker.parameters.set_operator_policy(vhost.name, policy)
    return CREATED if is_new else NO_CONTENT


def delete_operator_policy(call: Call) -> Answer:
    there = _named(call, call.vhost.policies.operator)
    call.broker.parameters.clear_operator_policy(there.vhost, there.policy.name)
    return NO_CONTENT


# Both --------------------------------------------------------------------------------------------


def _listed(rows: Iterable[tuple[Vhost, PolicyRow]]) -> Listing:
    found = [
        DefinedPolicy(vhost.name, each) for vhost, row in rows for each in row.by_name.values()
    ]
    return Listing(found, POLICY, order=ORDER, is_paged=False)


def _named(call: Call, row: PolicyRow) -> DefinedPolicy:
    """The one of the path's name. Raises NotThere."""
    policy = row.by_name.get(call.path["name"])
    if policy is None:
        raise NotThere
    return DefinedPolicy(call.vhost.name, policy)


def _policy(call: Call) -> Policy:
    """As the body tells it; whether it is one is the broker's business. Raises BadRequest."""
    pattern, definition = call.required("pattern", "definition")
    told = call.body()
    said = fields.mapping(definition, "definition")
    apply_to = told.get("apply-to", "all")
    return Policy(
        call.path["name"],
        pattern,
        {key: fields.parameter(each) for key, each in said.items()},
        told.get("priority", 0),
        "null" if apply_to is None else fields.text(apply_to, "apply-to"),
    )


RESOURCES: Final = (
    Resource("/policies", MANAGEMENT, "The policies of all vhosts.", get=list_policies),
    Resource("/policies/{vhost}", VHOST, "The policies of a vhost.", get=list_policies_in_vhost),
    Resource(
        "/policies/{vhost}/{name}",
        POLICYMAKER,
        "One policy: pattern, definition, priority, apply-to.",
        get=show_policy,
        put=put_policy,
        delete=delete_policy,
    ),
    Resource(
        "/operator-policies",
        MANAGEMENT,
        "The operator policies of all vhosts.",
        get=list_operator_policies,
    ),
    Resource(
        "/operator-policies/{vhost}",
        VHOST,
        "The operator policies of a vhost.",
        get=list_operator_policies_in_vhost,
    ),
    Resource(
        "/operator-policies/{vhost}/{name}",
        ADMINISTRATOR,
        "One operator policy: pattern, definition, priority, apply-to.",
        get=show_operator_policy,
        put=put_operator_policy,
        delete=delete_operator_policy,
    ),
)
