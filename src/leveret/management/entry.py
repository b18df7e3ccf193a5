"""Who asks, and whether he may: HTTP's Basic authentication, and the tags a route needs."""

from __future__ import annotations

import binascii
from base64 import b64decode
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from leveret.broker.attempts import HTTP
from leveret.broker.errors import AccessRefused
from leveret.broker.logins import Source
from leveret.management.answers import HttpRefused, NotAuthorised
from leveret.management.resource import Needs

if TYPE_CHECKING:
    from leveret.broker.broker import Broker
    from leveret.broker.users import User


# Where a request has the question of another node (elsewhere/desk.py); no client can write there.
ASKED: Final = "leveret.asked"


class Unauthenticated(HttpRefused):
    """Nobody knows who asks: the browser is to ask for a name and a password.

    As in RabbitMQ there is no word for one who says nothing at all.
    """

    def __init__(self, error: str = "not_authorized") -> None:
        super().__init__(401, error, "Login failed")


class Malformed(HttpRefused):
    """The header cannot be read; as RabbitMQ's server, no body says so."""

    def __init__(self) -> None:
        super().__init__(400, "", "")


def admit(broker: Broker, authorization: str | None, peer: str, needs: Needs) -> User | None:
    """The user who asks; None where nobody need say who he is. Raises HttpRefused."""
    if needs is Needs.ANYBODY:
        return None
    if authorization is None:
        raise Unauthenticated("")
    scheme, _, said = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise Unauthenticated
    return admit_with_password(broker, _credentials(said.strip()), peer, needs)


def admit_with_password(broker: Broker, said: tuple[str, str], peer: str, needs: Needs) -> User:
    """said: a name and a password. Raises HttpRefused."""
    name, password = said
    try:
        user = broker.logins.with_password(name, password, Source(peer, _is_loopback(peer), HTTP))
    except AccessRefused:
        # Which part was wrong is told to nobody.
        raise Unauthenticated from None
    _refuse(needs, user)
    return user


def believe(broker: Broker, name: str, needs: Needs) -> User | None:
    """The user in whose name another node asks, who has let him in. Raises HttpRefused."""
    return welcome(broker.users.get(name), needs)


def welcome(user: User | None, needs: Needs) -> User | None:
    """A user who has been let in before; None where he is no more. Raises HttpRefused."""
    if needs is Needs.ANYBODY:
        return None
    if user is None:
        raise Unauthenticated
    _refuse(needs, user)
    return user


def _refuse(needs: Needs, user: User) -> None:
    """Raises NotAuthorised."""
    if needs.tags and needs.tags.isdisjoint(user.tags):
        raise NotAuthorised(_refusal(needs, user))


def _credentials(said: str) -> tuple[str, str]:
    try:
        name, colon, password = b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Malformed from None
    if not colon:
        raise Malformed
    return name, password


def _refusal(needs: Needs, user: User) -> str:
    """One who may not use the API at all hears that first."""
    if Needs.MANAGEMENT.tags.isdisjoint(user.tags):
        return Needs.MANAGEMENT.refusal
    return needs.refusal


def _is_loopback(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
