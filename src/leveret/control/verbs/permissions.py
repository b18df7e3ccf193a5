"""leveretctl's commands on permissions: in a vhost, and for topic exchanges in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.patterns import InvalidPattern
from leveret.broker.permissions import Permission
from leveret.broker.topic_permissions import TopicPermission
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.verbs.refusing import known_user_of, refusal, vhost_of

if TYPE_CHECKING:
    from leveret.control.call import Call, Reply, VerbRefused


def set_permissions(call: Call) -> Reply:
    user, vhost = _place(call)
    _set(call, user, [vhost])
    return None


def set_permissions_globally(call: Call) -> Reply:
    """The same in every vhost there is."""
    _set(call, _user(call), list(call.broker.vhosts))
    return None


def _set(call: Call, user: str, vhosts: list[str]) -> None:
    permission = Permission(call.text("configure"), call.text("write"), call.text("read"))
    try:
        permission.check()
    except InvalidPattern as invalid:
        raise _invalid_pattern(invalid) from invalid
    for vhost in vhosts:
        call.broker.set_permission(user, vhost, permission)


def clear_permissions(call: Call) -> Reply:
    call.broker.clear_permission(*_place(call))
    return None


def list_permissions(call: Call) -> Reply:
    vhost = vhost_of(call).name
    rows = [
        [user, each.configure, each.write, each.read]
        for user, place, each in call.broker.permissions
        if place == vhost
    ]
    return Rows(("user", "configure", "write", "read"), rows)


def list_user_permissions(call: Call) -> Reply:
    name = known_user_of(call).name
    rows = [
        [vhost, each.configure, each.write, each.read]
        for user, vhost, each in call.broker.permissions
        if user == name
    ]
    return Rows(("vhost", "configure", "write", "read"), rows)


# For topic exchanges ----------------------------------------------------------------------------


def set_topic_permissions(call: Call) -> Reply:
    user, vhost = _place(call)
    permission = TopicPermission(call.text("write"), call.text("read"))
    try:
        call.broker.set_topic_permission((user, vhost, call.text("exchange")), permission)
    except InvalidPattern as invalid:
        raise _invalid_pattern(invalid) from invalid
    return None


def clear_topic_permissions(call: Call) -> Reply:
    """For one exchange, or for all."""
    user, vhost = _place(call)
    call.broker.clear_topic_permissions(user, vhost, call.optional_text("exchange"))
    return None


def list_topic_permissions(call: Call) -> Reply:
    vhost = vhost_of(call).name
    rows = [
        [user, exchange, each.write, each.read]
        for (user, place, exchange), each in call.broker.topic_permissions
        if place == vhost
    ]
    return Rows(("user", "exchange", "write", "read"), rows)


def list_user_topic_permissions(call: Call) -> Reply:
    name = known_user_of(call).name
    rows = [
        [vhost, exchange, each.write, each.read]
        for (user, vhost, exchange), each in call.broker.topic_permissions
        if user == name
    ]
    return Rows(("vhost", "exchange", "write", "read"), rows)


# Refusals, which these commands word in a way of their own --------------------------------------


def _place(call: Call) -> tuple[str, str]:
    """The user and the vhost. Raises VerbRefused."""
    user, vhost = _user(call), call.text("vhost")
    if vhost not in call.broker.vhosts:
        raise refusal(exits.UNAVAILABLE, f"Virtual host {vhost} does not exist")
    return user, vhost


def _user(call: Call) -> str:
    name = call.text("username")
    if call.broker.users.get(name) is None:
        raise refusal(exits.NO_USER, f"User {name} does not exist")
    return name


def _invalid_pattern(invalid: InvalidPattern) -> VerbRefused:
    problem = f"{{'{invalid.problem}', {invalid.position}}}"
    return refusal(exits.UNAVAILABLE, f'{{:invalid_regexp, "{invalid.pattern}", {problem}}}')


VERBS = {
    "clear_permissions": clear_permissions,
    "clear_topic_permissions": clear_topic_permissions,
    "list_permissions": list_permissions,
    "list_topic_permissions": list_topic_permissions,
    "list_user_permissions": list_user_permissions,
    "list_user_topic_permissions": list_user_topic_permissions,
    "set_permissions": set_permissions,
    "set_permissions_globally": set_permissions_globally,
    "set_topic_permissions": set_topic_permissions,
}
# What changes what all nodes know.
COMMITS = frozenset(
    {
        "clear_permissions",
        "clear_topic_permissions",
        "set_permissions",
        "set_permissions_globally",
        "set_topic_permissions",
    }
)
