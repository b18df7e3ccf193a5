"""leveretctl's commands on connections: who is there, and asking them to go."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from leveret.control import exits
from leveret.control.elsewhere import at, everywhere, in_turn, others, rows_of_all
from leveret.control.verbs.columns import address, fields, listing
from leveret.control.verbs.refusing import refusal
from leveret.session.cipher_suite import parts
from leveret.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from leveret.broker.broker import Broker
    from leveret.broker.ended import Ended
    from leveret.control.call import Call, Reply, Verb
    from leveret.control.messages import Arguments, Plain

Read: TypeAlias = "Callable[[Session], Plain]"

_PID = re.compile(r"<[^@<>]+@[^<>]+\.\d+\.\d+\.\d+>")


def sessions(broker: Broker) -> list[Session]:
    """All that have been let in."""
    return [each for each in broker.connections if isinstance(each, Session)]


def list_connections(call: Call) -> Reply:
    return listing(call.words("columns"), sessions(call.broker), _COLUMNS)


def list_ended_connections(call: Call) -> Reply:
    """The last ones, the oldest first."""
    return listing(call.words("columns"), list(call.broker.connections.ended), _OF_ENDED)


def close_connection(call: Call) -> Reply:
    """One that is not there any more is no error."""
    pid = call.text("pid")
    if _PID.fullmatch(pid) is None:
        raise refusal(exits.UNAVAILABLE, f'Error:\n{{:invalid_pid_syntax, "{pid}"}}')
    for each in sessions(call.broker):
        if each.pid == pid:
            each.close_forced(call.text("reason"))
    return None


async def close_all_connections(call: Call) -> Reply:
    """In one vhost, or all; so many of them, one after the other, with a pause between two."""
    everybody = sessions(call.broker)
    if not call.flag("global"):
        vhost = call.text("vhost")
        everybody = [each for each in everybody if each.access.vhost.name == vhost]
    limit = int(call.number("limit", 0))
    chosen = list(islice(everybody, limit or None))
    await _close(chosen, call.text("reason"), call.number("per_connection_delay", 0) / 1000)
    return f"Closed {len(chosen)} connections"


async def close_all_user_connections(call: Call) -> Reply:
    chosen = [
        each
        for each in call.broker.connections.of_user(call.text("username"))
        if isinstance(each, Session)
    ]
    await _close(chosen, call.text("reason"), 0)
    return None


def close_everybody(call: Call, reason: str) -> None:
    """All at once."""
    for each in sessions(call.broker):
        each.close_forced(reason)


async def _close(chosen: Iterable[Session], reason: str, delay_s: float) -> None:
    for each in chosen:
        each.close_forced(reason)
        await asyncio.sleep(delay_s)


# Columns ----------------------------------------------------------------------------------------


def _agreed(name: str) -> Read:
    """What the handshake came to."""

    def read(session: Session) -> Plain:
        value: int = getattr(session.connection.agreement, name)
        return value

    return read


def _tls(name: str) -> Read:
    def read(session: Session) -> Plain:
        tls = session.peer.tls
        value: str = "" if tls is None else getattr(tls, name)
        return value

    return read


def _cipher_part(index: int) -> Read:
    """RabbitMQ tells a cipher suite in three parts."""

    def read(session: Session) -> Plain:
        tls = session.peer.tls
        return "" if tls is None else parts(tls.cipher)[index]

    return read


_COLUMNS: Mapping[str, Read] = {
    "pid": lambda session: session.pid,
    "name": lambda session: session.peer.name,
    "port": lambda session: session.peer.port,
    "host": lambda session: address(session.peer.host),
    "peer_port": lambda session: session.peer.peer_port,
    "peer_host": lambda session: address(session.peer.peer_host),
    "ssl": lambda session: session.peer.tls is not None,
    "ssl_protocol": _tls("protocol"),
    "ssl_key_exchange": _cipher_part(0),
    "ssl_cipher": _cipher_part(1),
    "ssl_hash": _cipher_part(2),
    "peer_cert_subject": _tls("subject"),
    "peer_cert_issuer": _tls("issuer"),
    "peer_cert_validity": _tls("validity"),
    "state": lambda session: session.state,
    "channels": lambda session: len(session.channels),
    "protocol": lambda _session: [0, 9, 1],
    "auth_mechanism": lambda session: session.mechanism,
    "user": lambda session: session.access.user.name,
    "vhost": lambda session: session.access.vhost.name,
    "timeout": _agreed("heartbeat_s"),
    "frame_max": _agreed("frame_max"),
    "channel_max": _agreed("channel_max"),
    "client_properties": lambda session: fields(session.client_properties),
    "recv_oct": lambda session: session.recv_oct,
    "recv_cnt": lambda session: session.recv_cnt,
    "send_oct": lambda session: session.send_oct,
    "send_cnt": lambda session: session.send_cnt,
    "send_pend": lambda session: session.send_pend,
    "connected_at": lambda session: session.connected_at_ms,
}

_OF_ENDED: Mapping[str, Callable[[Ended], Plain]] = {
    "name": lambda ended: ended.name,
    "user": lambda ended: ended.user,
    "vhost": lambda ended: ended.vhost,
    "connected_at": lambda ended: int(ended.connected_at * 1000),
    "ended_at": lambda ended: int(ended.ended_at * 1000),
    "by": lambda ended: ended.ending.by,
    "code": lambda ended: ended.ending.code,
    "reason": lambda ended: ended.ending.reason,
}


def _where_it_is(call: Call, verb: Verb) -> Reply | Awaitable[Reply]:
    """A pid begins with its node's name."""
    return at(call, call.text("pid")[1:].rsplit(".", 3)[0], verb)


async def _close_everywhere(call: Call, verb: Verb) -> Reply:
    """So many in all: on this node first, then on one after the other."""
    limit, closed = int(call.number("limit", 0)), 0
    for node in (call.broker.node, *others(call)):
        if limit and closed >= limit:
            break
        arguments: Arguments = {**call.arguments, "limit": limit - closed if limit else 0}
        told = await in_turn(replace(call, arguments=arguments), node, verb)
        closed += int(told.split()[1]) if isinstance(told, str) else 0
    return f"Closed {closed} connections"


AMONG = {
    "close_all_connections": _close_everywhere,
    "close_all_user_connections": everywhere,
    "close_connection": _where_it_is,
    "list_connections": rows_of_all,
    "list_ended_connections": rows_of_all,
}
VERBS = {
    "close_all_connections": close_all_connections,
    "close_all_user_connections": close_all_user_connections,
    "close_connection": close_connection,
    "list_connections": list_connections,
    "list_ended_connections": list_ended_connections,
}
