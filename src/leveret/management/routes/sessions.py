"""Logging in to the console, and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from leveret.management import fields
from leveret.management.answers import Done, Json
from leveret.management.console.cookie import kept, token_of
from leveret.management.entry import admit_with_password
from leveret.management.resource import ANYBODY, MANAGEMENT, Resource
from leveret.management.views.listeners import amqp

if TYPE_CHECKING:
    from leveret.broker.users import User
    from leveret.management.answers import Answer
    from leveret.management.call import Call


def begin(call: Call) -> Answer:
    """{"username", "password"}: a session, and its cookie."""
    name, password = call.required("username", "password")
    told = fields.text(name, "username"), fields.text(password, "password")
    user = admit_with_password(call.broker, told, call.peer, MANAGEMENT)
    seconds = call.host.settings.http.session_minutes * 60
    token = call.host.sessions.begin(user, call.look.now + seconds)
    shown = _shown(call, user)
    return Json(
        {**shown, "expires_in": seconds}, headers={"set-cookie": _cookie(call, token, seconds)}
    )


def show(call: Call) -> Answer:
    return Json(_shown(call, call.user))


def end(call: Call) -> Answer:
    """Nobody need be logged in to be logged out."""
    token = token_of(call.headers, call.arrival.port)
    if token is not None:
        call.host.sessions.end(token)
    return Done(204, {"set-cookie": _cookie(call, "", 0)})


def _shown(call: Call, user: User) -> dict[str, object]:
    """vhosts: those that the user has permissions in. amqp: where programs connect to this node."""
    granted = [vhost for name, vhost, _ in call.broker.permissions if name == user.name]
    return {
        "name": user.name,
        "tags": sorted(user.tags),
        "vhosts": sorted(granted),
        "amqp": amqp(call.host),
    }


def _cookie(call: Call, token: str, seconds: int) -> str:
    prefix, is_secure = call.host.settings.http.path_prefix, call.arrival.is_encrypted
    return kept(token, call.arrival.port, seconds=seconds, path=prefix, is_secure=is_secure)


RESOURCES: Final = (
    Resource(
        "/session",
        MANAGEMENT,
        "The console's session: who has it, and the vhosts that he has permissions in; POST logs in"
        " with a username and a password, DELETE logs out.",
        get=show,
        post=begin,
        delete=end,
        needs_to_write=ANYBODY,
        commits=(),
    ),
)
