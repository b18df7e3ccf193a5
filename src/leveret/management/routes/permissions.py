"""What users may do in vhosts, and what they may say to topic exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.broker.definitions.document import DefinedPermission, DefinedTopicPermission
from leveret.broker.permissions import Permission
from leveret.broker.topic_permissions import TopicPermission
from leveret.management import fields
from leveret.management.answers import (
    CREATED,
    NO_CONTENT,
    BadRequest,
    Item,
    Listing,
    NotThere,
)
from leveret.management.resource import ADMINISTRATOR, Resource
from leveret.management.routes.users import user_of
from leveret.management.views.permissions import PERMISSION, TOPIC_PERMISSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.management.answers import Answer
    from leveret.management.call import Call

ORDER: Final = ("vhost", "user", "exchange")


# Permissions -------------------------------------------------------------------------------------


def list_permissions(call: Call) -> Answer:
    return _listed(_granted(call))


def list_permissions_in_vhost(call: Call) -> Answer:
    vhost = call.vhost.name
    return _listed(each for each in _granted(call) if each.vhost == vhost)


def list_permissions_of_user(call: Call) -> Answer:
    user = user_of(call).name
    return _listed(each for each in _granted(call) if each.user == user)


def show_permission(call: Call) -> Answer:
    user, vhost = user_of(call).name, call.vhost.name
    permission = call.broker.permissions.get(user, vhost)
    if permission is None:
        raise NotThere
    return Item(DefinedPermission(user, vhost, permission), PERMISSION)


def put_permission(call: Call) -> Answer:
    rights = ("configure", "write", "read")
    user, vhost = _place(call)
    told = call.required(*rights)
    is_new = call.broker.permissions.get(user, vhost) is None
    permission = Permission(*map(fields.text, told, rights))
    call.broker.set_permission(user, vhost, permission)
    return CREATED if is_new else NO_CONTENT


def delete_permission(call: Call) -> Answer:
    show_permission(call)
    call.broker.clear_permission(call.path["user"], call.path["vhost"])
    return NO_CONTENT


def _granted(call: Call) -> Iterable[DefinedPermission]:
    return (DefinedPermission(*each) for each in call.broker.permissions)


def _listed(granted: Iterable[DefinedPermission]) -> Listing:
    return Listing(list(granted), PERMISSION, order=ORDER, is_paged=False)


# Topic permissions -------------------------------------------------------------------------------


def list_topic_permissions(call: Call) -> Answer:
    return _listed_topics(_granted_topics(call))


def list_topic_permissions_in_vhost(call: Call) -> Answer:
    vhost = call.vhost.name
    return _listed_topics(each for each in _granted_topics(call) if each.vhost == vhost)


def list_topic_permissions_of_user(call: Call) -> Answer:
    user = user_of(call).name
    return _listed_topics(each for each in _granted_topics(call) if each.user == user)


def show_topic_permissions(call: Call) -> Answer:
    """Those for all exchanges, as in RabbitMQ also when one is named."""
    return _listed_topics(_topics_there(call))


def put_topic_permission(call: Call) -> Answer:
    """201 for the user's first in the vhost."""
    user, vhost = _place(call)
    exchange, write, read = call.required("exchange", "write", "read")
    is_new = not call.broker.topic_permissions.of(user, vhost)
    permission = TopicPermission(fields.text(write, "write"), fields.text(read, "read"))
    call.broker.set_topic_permission((user, vhost, fields.text(exchange, "exchange")), permission)
    return CREATED if is_new else NO_CONTENT


def delete_topic_permissions(call: Call) -> Answer:
    """Those for one exchange, or for all."""
    _topics_there(call)
    user, vhost = call.path["user"], call.path["vhost"]
    call.broker.clear_topic_permissions(user, vhost, call.path.get("exchange"))
    return NO_CONTENT


def _topics_there(call: Call) -> list[DefinedTopicPermission]:
    """Of the user in the vhost. Raises NotThere when there is none."""
    place = (user_of(call).name, call.vhost.name)
    found = [each for each in _granted_topics(call) if (each.user, each.vhost) == place]
    if not found:
        raise NotThere
    return found


def _granted_topics(call: Call) -> Iterable[DefinedTopicPermission]:
    return (DefinedTopicPermission(*key, each) for key, each in call.broker.topic_permissions)


def _listed_topics(granted: Iterable[DefinedTopicPermission]) -> Listing:
    return Listing(list(granted), TOPIC_PERMISSION, order=ORDER, is_paged=False)


def _place(call: Call) -> tuple[str, str]:
    """The user and the vhost of the path. Raises BadRequest."""
    user, vhost = call.path["user"], call.path["vhost"]
    if call.broker.users.get(user) is None or vhost not in call.broker.vhosts:
        raise BadRequest("vhost_or_user_not_found")
    return user, vhost


RESOURCES: Final = (
    Resource("/permissions", ADMINISTRATOR, "All permissions.", get=list_permissions),
    Resource(
        "/permissions/{vhost}/{user}",
        ADMINISTRATOR,
        "What a user may do in a vhost: configure, write, read, each a pattern of names.",
        get=show_permission,
        put=put_permission,
        delete=delete_permission,
    ),
    Resource(
        "/vhosts/{vhost}/permissions",
        ADMINISTRATOR,
        "Who may do what in a vhost.",
        get=list_permissions_in_vhost,
    ),
    Resource(
        "/users/{user}/permissions",
        ADMINISTRATOR,
        "What a user may do, vhost by vhost.",
        get=list_permissions_of_user,
    ),
    Resource(
        "/topic-permissions", ADMINISTRATOR, "All topic permissions.", get=list_topic_permissions
    ),
    Resource(
        "/topic-permissions/{vhost}/{user}",
        ADMINISTRATOR,
        "What a user may say to topic exchanges: exchange, and write and read, patterns of "
        "routing keys.",
        get=show_topic_permissions,
        put=put_topic_permission,
        delete=delete_topic_permissions,
    ),
    Resource(
        "/topic-permissions/{vhost}/{user}/{exchange}",
        ADMINISTRATOR,
        "The same; deleted for this exchange alone.",
        get=show_topic_permissions,
        put=put_topic_permission,
        delete=delete_topic_permissions,
    ),
    Resource(
        "/vhosts/{vhost}/topic-permissions",
        ADMINISTRATOR,
        "The topic permissions in a vhost.",
        get=list_topic_permissions_in_vhost,
    ),
    Resource(
        "/users/{user}/topic-permissions",
        ADMINISTRATOR,
        "The topic permissions of a user.",
        get=list_topic_permissions_of_user,
    ),
)
