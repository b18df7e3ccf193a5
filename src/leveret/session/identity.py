"""Who is speaking: what the server says of itself, and what is known of a peer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.broker.logins import Source
from leveret.protocol.sasl import EXTERNAL, MECHANISMS
from leveret.wire import codec, frames, methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from leveret.protocol.limits import Limits
    from leveret.wire.values import Table

# What RabbitMQ announces; clients switch features on by it.
CAPABILITIES: Final[Table] = {
    "publisher_confirms": True,
    "exchange_exchange_bindings": True,
    "basic.nack": True,
    "consumer_cancel_notify": True,
    "connection.blocked": True,
    "consumer_priorities": True,
    "authentication_failure_close": True,
    "per_consumer_qos": True,
    "direct_reply_to": True,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """The server's name cards. kombu keeps global QoS only for a RabbitMQ from 3.3 to below 4."""

    product: str
    version: str
    platform: str
    cluster_name: str

    def server_properties(self, cluster_name: str | None = None) -> Table:
        """As connection.start carries them. cluster_name: what it was named since the start."""
        return {
            "capabilities": CAPABILITIES,
            "cluster_name": self.cluster_name if cluster_name is None else cluster_name,
            "copyright": "Copyright (c) The Leveret authors",
            "information": "Licensed under the Apache License 2.0",
            "platform": self.platform,
            "product": self.product,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True)
class Terms:
    """What all sessions of a server have in common.

    report: takes what an operator may want to know, a sentence a call.
    consumer_timeout_ms: how long a delivery may wait for its acknowledgement; 0 for ever.
    mechanisms: how clients may say who they are.
    """

    limits: Limits
    identity: Identity
    report: Callable[[str], None]
    consumer_timeout_ms: int = 0
    mechanisms: frozenset[str] = frozenset({"PLAIN", "AMQPLAIN"})
    _greetings: dict[tuple[tuple[int, int], bool, str | None], bytes] = field(default_factory=dict)

    def offers(self, peer: Peer) -> list[str]:
        """The mechanisms for this peer: EXTERNAL with TLS alone, certificate or not."""
        return [
            name
            for name in MECHANISMS
            if name in self.mechanisms and (name != EXTERNAL or peer.tls is not None)
        ]

    def greeting(
        self, version: tuple[int, int], peer: Peer, cluster_name: str | None = None
    ) -> bytes:
        """connection.start as a frame: the same for every client of a kind, so encoded once."""
        kind = version, peer.tls is not None, cluster_name
        known = self._greetings.get(kind)
        if known is None:
            start = methods.ConnectionStart(
                version_major=version[0],
                version_minor=version[1],
                server_properties=self.identity.server_properties(cluster_name),
                mechanisms=" ".join(self.offers(peer)).encode(),
                locales=b"en_US",
            )
            known = frames.encode_frame(frames.METHOD, 0, codec.encode(start))
            self._greetings[kind] = known
        return known


@dataclass(frozen=True, slots=True)
class Encryption:
    """What a TLS handshake came to.

    subject, issuer, validity: of the client's certificate, as RabbitMQ spells them; empty without.
    login: the user name that the certificate stands for; without one, trouble says why.
    """

    protocol: str
    cipher: str
    subject: str = ""
    issuer: str = ""
    validity: str = ""
    login: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """The far end of a socket, and where it reached us: behind a proxy, as the proxy tells.

    name: as logs show it, e.g. 127.0.0.1:50000 -> 127.0.0.1:5672.
    """

    name: str
    is_loopback: bool
    peer_host: str = ""
    peer_port: int = 0
    host: str = ""
    port: int = 0
    tls: Encryption | None = None

    @property
    def source(self) -> Source:
        """Where its attempts to log in come from."""
        return Source(self.peer_host, self.is_loopback)
