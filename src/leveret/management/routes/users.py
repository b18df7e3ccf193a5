"""Accounts, as administrators see and set them."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any, Final

import msgspec

from leveret.broker.permissions import Permission
from leveret.definitions.entries import UserForm
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
from leveret.management.views.users import USER

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.broker.definitions.document import DefinedUser
    from leveret.broker.users import User
    from leveret.management.answers import Answer
    from leveret.management.call import Call


def list_users(call: Call) -> Answer:
    return Listing(list(call.broker.users), USER, order=("name",), is_paged=False)


def list_strangers(call: Call) -> Answer:
    """Who may enter no vhost."""
    known = {user for user, _vhost, _permission in call.broker.permissions}
    strangers = [user for user in call.broker.users if user.name not in known]
    return Listing(strangers, USER, order=("name",), is_paged=False)


def show_user(call: Call) -> Answer:
    return Item(user_of(call), USER)


def put_user(call: Call) -> Answer:
    """201 for a new account; one that is there becomes what is told, also without password.

    Permissions are taken for a new one only.
    """
    broker, name, told = call.broker, call.path["user"], call.body()
    fields.check_name("user", name)
    account = _account(name, told)
    is_new = broker.users.get(name) is None
    permissions = _permissions(broker, told.get("permissions", {})) if is_new else {}
    if account.limits is not None:
        broker.limits.check_user(account.limits)
    if account.password is None:
        broker.users.put(account.user)
    else:
        broker.users.add(name, account.password, account.user.tags)
    if account.limits:
        broker.limits.set_user(name, account.limits)
    for vhost, permission in permissions.items():
        broker.set_permission(name, vhost, permission)
    return CREATED if is_new else NO_CONTENT


def delete_user(call: Call) -> Answer:
    call.broker.remove_user(user_of(call).name)
    return NO_CONTENT


def delete_users(call: Call) -> Answer:
    """All of them, or none where one is not there."""
    (told,) = call.required("users")
    if not isinstance(told, list):
        raise BadRequest("users should be a list")
    for each in told:
        if not isinstance(each, str) or call.broker.users.get(each) is None:
            raise BadRequest(["no_such_user", each])
    for each in told:
        call.broker.remove_user(each)
    return NO_CONTENT


def user_of(call: Call) -> User:
    """The account that the path names. Raises NotThere."""
    user = call.broker.users.get(call.path["user"])
    if user is None:
        raise NotThere
    return user


def _account(name: str, told: dict[str, Any]) -> DefinedUser:
    """Raises BadRequest."""
    if "tags" not in told and "administrator" not in told:
        raise BadRequest("tags_not_present")
    if "password" in told and "password_hash" in told:
        raise BadRequest("both_password_and_password_hash_are_provided")
    _check_hash(told.get("password_hash", ""))
    try:
        return msgspec.convert({**told, "name": name}, UserForm).entry("")
    except ValueError as error:  # msgspec.ValidationError is one
        raise BadRequest(str(error)) from None


def _check_hash(told: object) -> None:
    """Raises BadRequest."""
    try:
        is_hash = isinstance(told, str) and b64decode(told, validate=True) is not None
    except ValueError:
        is_hash = False
    if not is_hash:
        raise BadRequest(["not_base64", told])


def _permissions(broker: Broker, told: object) -> dict[str, Permission]:
    """Raises BadRequest, InvalidPattern."""
    found = {}
    for vhost, patterns in fields.mapping(told, "permissions").items():
        if vhost not in broker.vhosts:
            raise BadRequest(["no_such_vhost", vhost])
        said = fields.mapping(patterns, f"permissions in vhost '{vhost}'")
        rights = ("configure", "write", "read")
        permission = Permission(*(fields.text(said.get(right), right) for right in rights))
        permission.check()
        found[vhost] = permission
    return found


RESOURCES: Final = (
    Resource("/users", ADMINISTRATOR, "All accounts.", get=list_users),
    Resource(
        "/users/without-permissions",
        ADMINISTRATOR,
        "The accounts that may enter no vhost.",
        get=list_strangers,
    ),
    Resource(
        "/users/bulk-delete",
        ADMINISTRATOR,
        'Delete accounts: {"users": [names]}. All of them, or none.',
        post=delete_users,
    ),
    Resource(
        "/users/{user}",
        ADMINISTRATOR,
        "One account: tags, and password or password_hash with hashing_algorithm, or neither.",
        get=show_user,
        put=put_user,
        delete=delete_user,
    ),
)
