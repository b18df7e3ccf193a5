"""What events say of connections, channels and consumers (broker/events.py).

A connection and a channel are known by their pid, as in RabbitMQ: a name of the node's own that is
never given again. Here it is made of the node, its start, and two numbers.

Rule: nothing is gathered unless somebody listens.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from leveret.broker.terms import fields
from leveret.session import cipher_suite

if TYPE_CHECKING:
    from leveret.session.channel import Channel
    from leveret.session.consumer import Consumer
    from leveret.session.identity import Peer
    from leveret.session.session import Session
    from leveret.wire.values import Table, Value

_PROTOCOL: Final = "{0,9,1}"
_NETWORK: Final = "network"
_IPV4_OCTETS: Final = 4


def logged_in(session: Session, name: str) -> None:
    events = session.broker.events
    if events.is_heard:
        events.emit("user.authentication.success", _login(session, name), by=None)


def refused(session: Session, name: str, error: str) -> None:
    events = session.broker.events
    if events.is_heard:
        told = {"error": error, **_login(session, name)}
        events.emit("user.authentication.failure", told, by=None)


def _login(session: Session, name: str) -> dict[str, Value]:
    peer = session.peer
    return {
        "ssl": peer.tls is not None,
        "auth_mechanism": session.mechanism,
        "protocol": _PROTOCOL,
        "peer_port": peer.peer_port,
        "peer_host": address(peer.peer_host),
        "connection_name": peer.name,
        "host": address(peer.host),
        "name": name,
        "connection_type": _NETWORK,
    }


def connection_created(session: Session) -> None:
    events = session.broker.events
    if not events.is_heard:
        return
    agreement = session.connection.agreement
    assert agreement is not None
    access = session.access
    told: dict[str, Value] = {
        "node": session.broker.node,
        "connected_at": session.connected_at_ms,
        "client_properties": fields(session.client_properties),
        "channel_max": agreement.channel_max,
        "frame_max": agreement.frame_max,
        "timeout": agreement.heartbeat_s,
        "vhost": access.vhost.name,
        "user": access.user.name,
        "protocol": _PROTOCOL,
        **_encryption(session.peer),
        "auth_mechanism": session.mechanism,
        **_certificate(session.peer),
        "ssl": session.peer.tls is not None,
        "peer_host": address(session.peer.peer_host),
        "host": address(session.peer.host),
        "peer_port": session.peer.peer_port,
        "port": session.peer.port,
        "name": session.peer.name,
        "pid": session.pid,
        "type": _NETWORK,
    }
    events.emit("connection.created", told, by=access.user.name)


def connection_closed(session: Session) -> None:
    """Also one that was never opened."""
    events = session.broker.events
    if events.is_heard:
        told: dict[str, Value] = {
            "client_properties": fields(session.client_properties),
            "node": session.broker.node,
            "pid": session.pid,
            "name": session.peer.name,
        }
        events.emit("connection.closed", told, by=None)


def connection_blocked(session: Session, reason: str) -> None:
    _noted(session, "connection.blocked", {"reason": reason})


def connection_unblocked(session: Session) -> None:
    _noted(session, "connection.unblocked", {})


def _noted(session: Session, name: str, told: dict[str, Value]) -> None:
    whose = {"name": session.peer.name, "user": session.access.user.name}
    session.broker.events.note(name, {**told, "vhost": session.access.vhost.name, **whose})


def channel_created(channel: Channel) -> None:
    session = channel.session
    events = session.broker.events
    if events.is_heard:
        told: dict[str, Value] = {
            "vhost": channel.access.vhost.name,
            "user": channel.access.user.name,
            "number": channel.number,
            "connection": session.pid,
            "name": f"{session.peer.name} ({channel.number})",
            "pid": channel.pid,
        }
        events.emit("channel.created", told, by=channel.access.user.name)


def channel_closed(channel: Channel) -> None:
    events = channel.session.broker.events
    if events.is_heard:
        events.emit("channel.closed", {"pid": channel.pid}, by=channel.access.user.name)


def consumer_created(consumer: Consumer, arguments: Table) -> None:
    channel = consumer.channel
    events = channel.session.broker.events
    if events.is_heard:
        told: dict[str, Value] = {
            "arguments": fields(arguments),
            "prefetch_count": channel.prefetch_count,
            **_place(consumer),
            "ack_required": not consumer.no_ack,
            "exclusive": consumer.exclusive,
            "consumer_tag": consumer.tag,
        }
        events.emit("consumer.created", told)


def consumer_deleted(consumer: Consumer) -> None:
    events = consumer.channel.session.broker.events
    if events.is_heard:
        events.emit("consumer.deleted", {**_place(consumer), "consumer_tag": consumer.tag})


def _place(consumer: Consumer) -> dict[str, Value]:
    queue = consumer.queue
    return {"queue": queue.name, "vhost": queue.vhost_name, "channel": consumer.channel.pid}


def _encryption(peer: Peer) -> dict[str, Value]:
    tls = peer.tls
    suite = cipher_suite.parts("" if tls is None else tls.cipher)
    return {
        "ssl_hash": suite.hash,
        "ssl_cipher": suite.cipher,
        "ssl_key_exchange": suite.key_exchange,
        "ssl_protocol": "" if tls is None else tls.protocol,
    }


def _certificate(peer: Peer) -> dict[str, Value]:
    tls = peer.tls
    return {
        "peer_cert_validity": "" if tls is None else tls.validity,
        "peer_cert_issuer": "" if tls is None else tls.issuer,
        "peer_cert_subject": "" if tls is None else tls.subject,
    }


def address(host: str) -> str:
    """An address as Erlang has it: `{127,0,0,1}`; what is none stays as it is."""
    try:
        octets = ipaddress.ip_address(host).packed
    except ValueError:
        return host
    size = 1 if len(octets) == _IPV4_OCTETS else 2
    parts = [octets[start : start + size] for start in range(0, len(octets), size)]
    return f"{{{','.join([str(int.from_bytes(part)) for part in parts])}}}"
