"""What events say of connections, channels and consumers (broker/events.py).

A connection and a channel are known by their pid, as in RabbitMQ: a name of the node's own that is
never given again. Here it is made of the node, its start, and two numbers.

Rule: what is kept for people who ask afterwards costs a client next to nothing: it is put into
fields when somebody reads it.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from leveret.broker.terms import fields
from leveret.session import cipher_suite

if TYPE_CHECKING:
    from leveret.protocol.handshake import Agreement
    from leveret.session.channel import Channel
    from leveret.session.consumer import Consumer
    from leveret.session.identity import Peer
    from leveret.session.session import Session
    from leveret.wire.values import Table, Value

_PROTOCOL: Final = "{0,9,1}"
_NETWORK: Final = "network"
_IPV4_OCTETS: Final = 4


def logged_in(session: Session, name: str) -> None:
    """Heard, but not kept: that the connection was made says so, too."""
    events = session.broker.events
    if events.is_told:
        events.pass_on("user.authentication.success", _login(session, name))


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
    access, agreement = session.access, session.connection.agreement
    whose = (access.vhost.name, access.user.name, session.mechanism)
    what = (session.broker.node, session.pid, session.connected_at_ms)
    told = (session.peer, agreement, whose, what)
    events.tell(
        "connection.created", _connection, session.client_properties, told, by=access.user.name
    )


def _connection(
    client_properties: Table,
    peer: Peer,
    agreement: Agreement,
    whose: tuple[str, str, str],
    what: tuple[str, str, int],
) -> Table:
    vhost, user, mechanism = whose
    node, pid, connected_at_ms = what
    return {
        "node": node,
        "connected_at": connected_at_ms,
        "client_properties": fields(client_properties),
        "channel_max": agreement.channel_max,
        "frame_max": agreement.frame_max,
        "timeout": agreement.heartbeat_s,
        "vhost": vhost,
        "user": user,
        "protocol": _PROTOCOL,
        **_encryption(peer),
        "auth_mechanism": mechanism,
        **_certificate(peer),
        "ssl": peer.tls is not None,
        "peer_host": address(peer.peer_host),
        "host": address(peer.host),
        "peer_port": peer.peer_port,
        "port": peer.port,
        "name": peer.name,
        "pid": pid,
        "type": _NETWORK,
    }


def connection_closed(session: Session) -> None:
    """Also one that was never opened."""
    events = session.broker.events
    if events.is_heard:
        place = (session.broker.node, session.pid, session.peer.name)
        events.tell("connection.closed", _closed, session.client_properties, (place,), by=None)


def _closed(client_properties: Table, place: tuple[str, str, str]) -> Table:
    node, pid, name = place
    return {"client_properties": fields(client_properties), "node": node, "pid": pid, "name": name}


def connection_blocked(session: Session, reason: str) -> None:
    _noted(session, "connection.blocked", {"reason": reason})


def connection_unblocked(session: Session) -> None:
    _noted(session, "connection.unblocked", {})


def _noted(session: Session, name: str, told: dict[str, Value]) -> None:
    whose = {"name": session.peer.name, "user": session.access.user.name}
    session.broker.events.note(name, {**told, "vhost": session.access.vhost.name, **whose})


def channel_created(channel: Channel) -> None:
    """Heard, but not kept: channels come and go too often for anything else to be remembered."""
    session = channel.session
    events = session.broker.events
    if events.is_told:
        told: dict[str, Value] = {
            "vhost": channel.access.vhost.name,
            "user": channel.access.user.name,
            "number": channel.number,
            "connection": session.pid,
            "name": f"{session.peer.name} ({channel.number})",
            "pid": channel.pid,
        }
        events.pass_on("channel.created", told, channel.access.user.name)


def channel_closed(channel: Channel) -> None:
    events = channel.session.broker.events
    if events.is_told:
        events.pass_on("channel.closed", {"pid": channel.pid}, channel.access.user.name)


def consumer_created(consumer: Consumer, arguments: Table) -> None:
    channel = consumer.channel
    events = channel.session.broker.events
    if events.is_heard:
        flags = (not consumer.no_ack, consumer.exclusive, channel.prefetch_count)
        events.tell("consumer.created", _consumer, arguments, (flags, _place(consumer)))


def _consumer(
    arguments: Table, flags: tuple[bool, bool, int], place: tuple[str, str, str, str]
) -> Table:
    ack_required, exclusive, prefetch_count = flags
    return {
        "arguments": fields(arguments),
        "prefetch_count": prefetch_count,
        **_placed(*place[:3]),
        "ack_required": ack_required,
        "exclusive": exclusive,
        "consumer_tag": place[3],
    }


def consumer_deleted(consumer: Consumer) -> None:
    events = consumer.channel.session.broker.events
    if events.is_heard:
        events.tell("consumer.deleted", _cancelled, {}, _place(consumer))


def _cancelled(_said: Table, queue: str, vhost: str, channel: str, tag: str) -> Table:
    return {**_placed(queue, vhost, channel), "consumer_tag": tag}


def _place(consumer: Consumer) -> tuple[str, str, str, str]:
    queue = consumer.queue
    return queue.name, queue.vhost_name, consumer.channel.pid, consumer.tag


def _placed(queue: str, vhost: str, channel: str) -> dict[str, Value]:
    return {"queue": queue, "vhost": vhost, "channel": channel}


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
