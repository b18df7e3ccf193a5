"""Who has tried to log in, logging in from a web page, and hashes of passwords."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from leveret.management import fields
from leveret.management.answers import NO_CONTENT, Json, Listing, NotThere
from leveret.management.entry import Unauthenticated, admit
from leveret.management.resource import ADMINISTRATOR, ANYBODY, MANAGEMENT, MONITORING, Resource
from leveret.management.views.attempts import ATTEMPTS, ATTEMPTS_BY_SOURCE, Attempted
from leveret.wire.values import octets

if TYPE_CHECKING:
    from leveret.broker.attempts import Attempts
    from leveret.management.answers import Answer
    from leveret.management.call import Call


def list_attempts(call: Call) -> Answer:
    counted = _attempts(call).by_protocol.items()
    return Listing([Attempted(*each) for each in counted], ATTEMPTS, is_paged=False)


def list_attempts_by_source(call: Call) -> Answer:
    """Counted only while that is switched on."""
    found = [
        Attempted(protocol, counts, address, name)
        for (address, name, protocol), counts in _attempts(call).by_source.items()
    ]
    return Listing(found, ATTEMPTS_BY_SOURCE, is_paged=False)


def forget_attempts(call: Call) -> Answer:
    _attempts(call).forget()
    return NO_CONTENT


def _attempts(call: Call) -> Attempts:
    """Those at the node of the path. Raises NotThere."""
    if call.path["node"] != call.broker.node:
        raise NotThere
    return call.broker.logins.attempts


def hash_of_path(call: Call) -> Answer:
    return _hashed(call, call.path["password"])


def hash_of_body(call: Call) -> Answer:
    (password,) = call.required("password")
    return _hashed(call, fields.text(password, "password"))


def _hashed(call: Call, password: str) -> Answer:
    return Json({"ok": b64encode(call.broker.users.hashed(password)).decode()})


# Logging in --------------------------------------------------------------------------------------


def log_in(call: Call) -> Answer:
    """A form's username and password; whoever is let in is given them as a cookie.

    The cookie is for web pages to read: no request is believed for it.
    """
    form = parse_qs(call.content.decode("latin-1"), errors="surrogateescape")
    if not form.keys() >= {"username", "password"}:
        raise Unauthenticated
    credentials = octets(f"{form['username'][0]}:{form['password'][0]}")
    token = b64encode(credentials).decode()
    admit(call.broker, f"Basic {token}", call.peer, MANAGEMENT)
    return Json("ok", headers={"set-cookie": f"auth={token}; Version=1"})


RESOURCES: Final = (
    Resource("/login", ANYBODY, "Log in with the fields of a form.", post=log_in, commits=()),
    Resource(
        "/auth/attempts/{node}",
        MONITORING,
        "Attempts to log in, by protocol; DELETE counts them from nothing.",
        get=list_attempts,
        delete=forget_attempts,
        commits=(),
    ),
    Resource(
        "/auth/attempts/{node}/source",
        MONITORING,
        "Attempts to log in by address and name, while they are counted.",
        get=list_attempts_by_source,
        delete=forget_attempts,
        commits=(),
    ),
    Resource(
        "/auth/hash_password",
        ADMINISTRATOR,
        'What would be kept of a password: {"password": text}.',
        post=hash_of_body,
        commits=(),
    ),
    Resource(
        "/auth/hash_password/{password}",
        ADMINISTRATOR,
        "The same; but a path stands in logs, and a body does not.",
        get=hash_of_path,
    ),
)
