"""leveretctl's commands on users: accounts, tags, limits."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from leveret.broker.passwords import ALGORITHMS, SALT_BYTES, hash_password
from leveret.control import exits
from leveret.control.call import Rows
from leveret.control.verbs import json_values
from leveret.control.verbs.refusing import known_user_of, refusal, user_of

if TYPE_CHECKING:
    from leveret.control.call import Call, Reply

_HASHES = "rabbit_password_hashing_"


def add_user(call: Call) -> Reply:
    name = call.text("username")
    users = call.broker.users
    if users.get(name) is not None:
        raise refusal(exits.SOFTWARE, f'User "{name}" already exists')
    users.add(name, call.text("password"))
    return None


def delete_user(call: Call) -> Reply:
    call.broker.remove_user(user_of(call).name)
    return None


def change_password(call: Call) -> Reply:
    call.broker.users.set_password(user_of(call).name, call.text("password"))
    return None


def clear_password(call: Call) -> Reply:
    call.broker.users.clear_password(known_user_of(call).name)
    return None


def authenticate_user(call: Call) -> Reply:
    """Whether the password is right; no attempt to log in."""
    name = call.text("username")
    if call.broker.users.authenticate(name, call.text("password")) is None:
        raise refusal(
            exits.DATA,
            f"Error: failed to authenticate user \"{name}\"\nuser '{name}' - invalid credentials",
        )
    return None


def make_password_hash(call: Call) -> Reply:
    """What `hash_password` prints: as it stands in definitions."""
    salt = call.broker.random_bytes(SALT_BYTES)
    hashed = hash_password(call.text("password"), salt, call.host.settings.password_hashing_module)
    return base64.b64encode(hashed).decode()


def list_hashes(_call: Call) -> Reply:
    """What passwords can be hashed with."""
    return [each.removeprefix(_HASHES) for each in sorted(ALGORITHMS, reverse=True)]


def set_user_tags(call: Call) -> Reply:
    call.broker.users.set_tags(user_of(call).name, frozenset(call.words("tags")))
    return None


def list_users(call: Call) -> Reply:
    rows = [(each.name, sorted(each.tags)) for each in call.broker.users]
    return Rows(("user", "tags"), ([name, [*tags]] for name, tags in rows))


# Limits -----------------------------------------------------------------------------------------


def set_user_limits(call: Call) -> Reply:
    limits = json_values.decode_object(call.text("definition"))
    call.broker.limits.set_user(known_user_of(call).name, limits)
    return None


def clear_user_limits(call: Call) -> Reply:
    call.broker.limits.clear_user(known_user_of(call).name, call.text("limit"))
    return None


def list_user_limits(call: Call) -> Reply:
    """Of one user, as JSON; of all that have some, a listing."""
    limits = call.broker.limits
    if not call.flag("global"):
        return json_values.encode(limits.of_user(known_user_of(call, "user", "guest").name))
    rows = [(each.name, limits.of_user(each.name)) for each in call.broker.users]
    limited = [[name, json_values.encode(each)] for name, each in rows if each]
    return Rows(("user", "limits"), limited)


VERBS = {
    "add_user": add_user,
    "authenticate_user": authenticate_user,
    "change_password": change_password,
    "clear_password": clear_password,
    "clear_user_limits": clear_user_limits,
    "delete_user": delete_user,
    "hash_password": make_password_hash,
    "list_hashes": list_hashes,
    "list_user_limits": list_user_limits,
    "list_users": list_users,
    "set_user_limits": set_user_limits,
    "set_user_tags": set_user_tags,
}
# What changes what all nodes know.
COMMITS = frozenset(
    {
        "add_user",
        "change_password",
        "clear_password",
        "clear_user_limits",
        "delete_user",
        "set_user_limits",
        "set_user_tags",
    }
)
