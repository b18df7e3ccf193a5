"""What an engine is set up with, as values: its member, the others, its places.

A member's server has the member's name and incarnation: a name that was removed from a cluster is
not let in again for five minutes, so who comes again comes as somebody else.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.cluster.nats.naming import server_of, tags_of
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from pathlib import Path

    from leveret.cluster.engine.passwords import Passwords
    from leveret.config import Settings

LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class EngineMember:
    """One node's engine, as the others know it. host, port: where its routes come in."""

    node: str
    incarnation: int
    host: str
    port: int

    @property
    def server(self) -> str:
        return server_of(self.node, self.incarnation)

    @property
    def address(self) -> str:
        return address_of(self.host, self.port)


@dataclass(frozen=True, slots=True)
class RouteTls:
    """What engines show each other, and whose certificates they believe. All in PEM."""

    certificate: Path
    key: Path
    authorities: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one engine is set up.

    members: all of the cluster, this one among them. bind: where its routes listen, None for
    every interface. client_port: where this node talks to it, on loopback.
    groups: sets of nodes that this one is in, for logs that are to be on them alone.
    """

    member: EngineMember
    members: tuple[EngineMember, ...]
    bind: str | None
    client_port: int
    directory: Path
    passwords: Passwords
    tls: RouteTls | None = None
    groups: tuple[tuple[str, ...], ...] = ()

    @property
    def store(self) -> Path:
        return self.directory / "store"

    @property
    def conf_file(self) -> Path:
        return self.directory / "nats-server.conf"

    @property
    def lock_file(self) -> Path:
        return self.directory / "nats-server.lock"

    @property
    def tags(self) -> tuple[str, ...]:
        named = ((self.member.node,), *self.groups)
        return tuple(tag for nodes in named for tag in tags_of(nodes))


def address_of(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def free_port(host: str = LOOPBACK) -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def route_tls_of(settings: Settings) -> RouteTls | None:
    """As the settings have it. Raises StartRefused when they have half of it."""
    told = settings.cluster
    if told.certificate is None and told.key is None and told.authorities is None:
        return None
    if told.certificate is None or told.authorities is None:
        raise StartRefused(
            "TLS between nodes needs both cluster.ssl_options.certfile "
            "and cluster.ssl_options.cacertfile"
        )
    return RouteTls(told.certificate, told.key or told.certificate, told.authorities)
