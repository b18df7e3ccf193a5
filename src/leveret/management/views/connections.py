"""A connection, as RabbitMQ's management API shows it.

Rule: what only Erlang's processes have (reductions, garbage collection) is there, and is 0: tools
that add it up go on working. In a listing a field of TLS that is not there is null, in the answer
on one connection it is empty; RabbitMQ has it so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from leveret.definitions.arguments import json_of
from leveret.management.view import ABSENT, View
from leveret.session import cipher_suite

if TYPE_CHECKING:
    from leveret.management.look import Look
    from leveret.management.view import Column
    from leveret.session.session import Session

PROTOCOL: Final = "AMQP 0-9-1"
GARBAGE_COLLECTION: Final = {
    "fullsweep_after": 0,
    "max_heap_size": 0,
    "min_bin_vheap_size": 0,
    "min_heap_size": 0,
    "minor_gcs": 0,
}


def user_provided_name(session: Session, _look: Look) -> object:
    name = session.client_properties.get("connection_name")
    return name if isinstance(name, str) else ABSENT


def _agreed(name: str, session: Session) -> int:
    agreement = session.connection.agreement
    assert agreement is not None, "who is in a vhost has agreed before"
    return int(getattr(agreement, name))


def _encryption(session: Session) -> dict[str, str]:
    tls = session.peer.tls
    suite = cipher_suite.parts("" if tls is None else tls.cipher)
    return {
        "ssl_protocol": "" if tls is None else tls.protocol,
        "ssl_key_exchange": suite.key_exchange,
        "ssl_cipher": suite.cipher,
        "ssl_hash": suite.hash,
        "peer_cert_subject": "" if tls is None else tls.subject,
        "peer_cert_issuer": "" if tls is None else tls.issuer,
        "peer_cert_validity": "" if tls is None else tls.validity,
    }


_PLAIN: Final = dict.fromkeys(
    (
        "ssl_protocol", "ssl_key_exchange", "ssl_cipher", "ssl_hash",
        "peer_cert_subject", "peer_cert_issuer", "peer_cert_validity",
    )
)  # fmt: skip


def encryption_or_empty(session: Session, _look: Look) -> dict[str, str]:
    return _encryption(session)


def encryption_or_null(session: Session, _look: Look) -> dict[str, str | None]:
    """In a listing; most connections have none."""
    if session.peer.tls is None:
        return _PLAIN
    return {name: value or None for name, value in _encryption(session).items()}


def at_rest(_thing: object, look: Look) -> dict[str, Any]:
    """The rate of what is always 0."""
    return look.statistics.at_rest(look.span.data_rates)


def traffic(session: Session, look: Look) -> dict[str, Any]:
    """Octets and packets, with their rates."""
    return look.statistics.data(session, look.span)


def client_properties(session: Session, _look: Look) -> object:
    return json_of(session.client_properties)


# A connection of a user (/connections/username), or of any while statistics are not wanted.
CONNECTION_IN_BRIEF: Final[View[Session]] = View(
    {
        "name": lambda session, _: session.peer.name,
        "vhost": lambda session, _: session.access.vhost.name,
        "user": lambda session, _: session.access.user.name,
        "node": lambda _, look: look.node,
    }
)

_COLUMNS: Final[dict[str, Column[Session]]] = {
    **CONNECTION_IN_BRIEF.columns,
    "auth_mechanism": lambda session, _: session.mechanism,
    "channel_max": lambda session, _: _agreed("channel_max", session),
    "channels": lambda session, _: len(session.channels),
    "client_properties": client_properties,
    "connected_at": lambda session, _: session.connected_at_ms,
    "frame_max": lambda session, _: _agreed("frame_max", session),
    "garbage_collection": lambda *_: GARBAGE_COLLECTION,
    "host": lambda session, _: session.peer.host,
    "peer_host": lambda session, _: session.peer.peer_host,
    "peer_port": lambda session, _: session.peer.peer_port,
    "port": lambda session, _: session.peer.port,
    "protocol": lambda *_: PROTOCOL,
    "reductions": lambda *_: 0,
    "reductions_details": at_rest,
    "ssl": lambda session, _: session.peer.tls is not None,
    "state": lambda session, _: session.state,
    "timeout": lambda session, _: _agreed("heartbeat_s", session),
    "type": lambda *_: "network",
    "user_provided_name": user_provided_name,
    "user_who_performed_action": lambda session, _: session.access.user.name,
}

CONNECTION: Final[View[Session]] = View(_COLUMNS, groups=(encryption_or_null, traffic))
CONNECTION_ALONE: Final[View[Session]] = View(_COLUMNS, groups=(encryption_or_empty, traffic))
