"""Limits of vhosts (max-connections, max-queues) and of users (max-connections, max-channels)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.management.answers import (
    NO_CONTENT,
    BadRequest,
    Json,
    NotAuthorised,
)
from leveret.management.resource import ADMINISTRATOR, MANAGEMENT, VHOST, Resource
from leveret.management.routes.users import user_of

if TYPE_CHECKING:
    from leveret.management.answers import Answer
    from leveret.management.call import Call


# Of vhosts ---------------------------------------------------------------------------------------


def list_vhost_limits(call: Call) -> Answer:
    names = sorted(vhost.name for vhost in call.listed_vhosts())
    return Json([told for name in names for told in _of_vhost(call, name)])


def list_limits_of_vhost(call: Call) -> Answer:
    vhost = call.vhost
    if vhost not in call.listed_vhosts():
        raise NotAuthorised(VHOST.refusal)
    return Json(_of_vhost(call, vhost.name))


def put_vhost_limit(call: Call) -> Answer:
    vhost = call.vhost_to_change.name
    (value,) = call.required("value")
    limits = call.broker.limits
    limits.set_vhost(vhost, {**limits.of_vhost(vhost), call.path["name"]: value})
    return NO_CONTENT


def delete_vhost_limit(call: Call) -> Answer:
    """One that is not set is no error."""
    vhost, limits = call.vhost.name, call.broker.limits
    there = dict(limits.of_vhost(vhost))
    if there.pop(call.path["name"], None) is None:
        return NO_CONTENT
    if there:
        limits.set_vhost(vhost, there)
    else:
        limits.clear_vhost(vhost)
    return NO_CONTENT


def _of_vhost(call: Call, vhost: str) -> list[dict[str, Any]]:
    """One entry, or none where nothing is limited."""
    limits = call.broker.limits.of_vhost(vhost)
    return [{"vhost": vhost, "value": dict(limits)}] if limits else []


# Of users ----------------------------------------------------------------------------------------


def list_user_limits(call: Call) -> Answer:
    names = sorted(user.name for user in call.broker.users)
    return Json([told for name in names for told in _of_user(call, name)])


def list_limits_of_user(call: Call) -> Answer:
    return Json(_of_user(call, user_of(call).name))


def put_user_limit(call: Call) -> Answer:
    (value,) = call.required("value")
    user = call.path["user"]
    if call.broker.users.get(user) is None:
        raise BadRequest(["no_such_user", user])
    call.broker.limits.set_user(user, {call.path["name"]: value})
    return NO_CONTENT


def delete_user_limit(call: Call) -> Answer:
    """One that is not set is no error."""
    user, name = user_of(call).name, call.path["name"]
    if name in call.broker.limits.of_user(user):
        call.broker.limits.clear_user(user, name)
    return NO_CONTENT


def _of_user(call: Call, user: str) -> list[dict[str, Any]]:
    """One entry, or none where nothing is limited."""
    limits = call.broker.limits.of_user(user)
    return [{"user": user, "value": dict(limits)}] if limits else []


RESOURCES: Final = (
    Resource("/vhost-limits", MANAGEMENT, "The limits of all vhosts.", get=list_vhost_limits),
    Resource(
        "/vhost-limits/{vhost}", MANAGEMENT, "The limits of a vhost.", get=list_limits_of_vhost
    ),
    Resource(
        "/vhost-limits/{vhost}/{name}",
        ADMINISTRATOR,
        "One limit of a vhost, max-connections or max-queues, set to a value.",
        put=put_vhost_limit,
        delete=delete_vhost_limit,
    ),
    Resource("/user-limits", MANAGEMENT, "The limits of all users.", get=list_user_limits),
    Resource("/user-limits/{user}", MANAGEMENT, "The limits of a user.", get=list_limits_of_user),
    Resource(
        "/user-limits/{user}/{name}",
        ADMINISTRATOR,
        "One limit of a user, max-connections or max-channels, set to a value.",
        put=put_user_limit,
        delete=delete_user_limit,
    ),
)
