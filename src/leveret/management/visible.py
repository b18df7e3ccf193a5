"""Which connections and channels a user may see, and find by name.

Rule, as in RabbitMQ: who monitors sees all, anybody else his own; only an administrator, or the
user it is, may close one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from leveret.management.answers import NotAuthorised, NotThere
from leveret.management.resource import ADMINISTRATOR, MONITORING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leveret.management.call import Call
    from leveret.session.channel import Channel
    from leveret.session.session import Session

NOT_YOURS = "User not authorised to access object"


def visible_connections(call: Call) -> list[Session]:
    if call.may(MONITORING):
        return sessions(call.broker.connections)
    return sessions(call.broker.connections.of_user(call.user.name))


def visible_in_vhost(call: Call) -> list[Session]:
    """Those in the vhost of the path."""
    there = sessions(call.broker.connections.in_vhost(call.vhost.name))
    if call.may(MONITORING):
        return there
    return [each for each in there if each.access.user.name == call.user.name]


def find_connection(call: Call, name: str) -> Session:
    """To look at. Raises NotThere, NotAuthorised."""
    session = _named(call, name)
    if not call.may(MONITORING):
        _refuse_others(call, session)
    return session


def connection_to_close(call: Call, name: str) -> Session:
    """Raises NotThere, NotAuthorised."""
    session = _named(call, name)
    if not call.may(ADMINISTRATOR):
        _refuse_others(call, session)
    return session


def find_channel(call: Call, name: str) -> Channel:
    """By its connection's name and its number: `HOST:PORT -> HOST:PORT (1)`.

    Raises NotThere, NotAuthorised.
    """
    connection, _, rest = name.rpartition(" (")
    session = find_connection(call, connection)
    written = rest.removesuffix(")")
    channel = session.channels.get(int(written)) if written.isdecimal() else None
    if channel is None:
        raise NotThere
    return channel


def channels(connections: Iterable[Session]) -> list[Channel]:
    """All of theirs."""
    return [channel for session in connections for channel in session.channels.values()]


def sessions(connections: Iterable[object]) -> list[Session]:
    """The broker knows them as what it needs of them; here they are what they are."""
    return [cast("Session", each) for each in connections]


def _named(call: Call, name: str) -> Session:
    for session in sessions(call.broker.connections):
        if session.peer.name == name:
            return session
    raise NotThere


def _refuse_others(call: Call, session: Session) -> None:
    if session.access.user.name != call.user.name:
        raise NotAuthorised(NOT_YOURS)
