"""Who is speaking: what the server says of itself, and what is known of a peer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from leveret.broker.logins import Source
from leveret.protocol.sasl import MECHANISMS
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

    def server_properties(self) -> Table:
        """As connection.start carries them."""
        return {
            "capabilities": CAPABILITIES,
            "cluster_name": self.cluster_name,
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
    """

    limits: Limits
    identity: Identity
    report: Callable[[str], None]
    consumer_timeout_ms: int = 0
    _greetings: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def greeting(self, version: tuple[int, int]) -> bytes:
        """connection.start as a frame: the same for every client, so it is encoded once."""
        known = self._greetings.get(version)
        if known is None:
            start = methods.ConnectionStart(
                version_major=version[0],
                version_minor=version[1],
                server_properties=self.identity.server_properties(),
                mechanisms=" ".join(MECHANISMS).encode(),
                locales=b"en_US",
            )
            known = frames.encode_frame(frames.METHOD, 0, codec.encode(start))
            self._greetings[version] = known
        return known


@dataclass(frozen=True, slots=True)
class Peer:
    """The far end of a socket. name: as logs show it, e.g. 127.0.0.1:50000 -> 127.0.0.1:5672."""

    name: str
    is_loopback: bool
    peer_host: str = ""

    @property
    def source(self) -> Source:
        """Where its attempts to log in come from."""
        return Source(self.peer_host, self.is_loopback)
