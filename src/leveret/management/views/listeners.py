"""Where a node listens, as RabbitMQ's overview and nodes show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.config import Listening
    from leveret.config.tls_settings import TlsSettings
    from leveret.management.host import Host

_AMQP: Final = frozenset({"amqp", "amqp/ssl"})
_DESCRIPTIONS: Final = {
    "http": "RabbitMQ Management",
    "https": "RabbitMQ Management",
    "http/prometheus": "RabbitMQ Prometheus",
}
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # what "every interface" means
# Cowboy serves RabbitMQ's HTTP; here there is nothing of it to be told.
NO_COWBOY: Final = "[]"


def listeners(host: Host) -> list[dict[str, Any]]:
    """All of them, by protocol."""
    return [
        {
            "node": host.broker.node,
            "protocol": each.protocol,
            "ip_address": each.host,
            "port": each.port,
            "socket_opts": _socket_options(host, each),
        }
        for each in sorted(host.listeners, key=lambda each: (each.protocol, each.port))
    ]


def amqp(host: Host) -> dict[str, Any] | None:
    """Where programs connect: without TLS where that is possible. None: nowhere."""
    served = [each for each in host.listeners if each.protocol in _AMQP]
    if not served:
        return None
    first = min(served, key=lambda each: (each.protocol, each.port))
    return {"port": first.port, "ssl": first.protocol == "amqp/ssl"}


def _socket_options(host: Host, listening: Listening) -> Mapping[str, Any] | list[str]:
    if listening.protocol in _DESCRIPTIONS:
        return {**_ip(listening), "port": listening.port, **_protocol(listening)}
    if listening.protocol not in _AMQP:
        return []
    sockets = host.settings.sockets
    told: dict[str, Any] = {"backlog": sockets.backlog, "nodelay": sockets.has_no_delay}
    if listening.protocol == "amqp/ssl":
        told |= _tls_options(host.settings.tls)
    return told


def _tls_options(tls: TlsSettings) -> dict[str, Any]:
    files = {"keyfile": tls.keyfile, "certfile": tls.certfile, "cacertfile": tls.cacertfile}
    return {
        **{name: str(path) for name, path in files.items() if path is not None},
        "versions": list(tls.versions),
        "fail_if_no_peer_cert": tls.needs_certificate,
        "verify": "verify_peer" if tls.is_verifying else "verify_none",
    }


def contexts(host: Host) -> list[dict[str, Any]]:
    """What is served over HTTP, without the node's name."""
    return [
        {
            "description": _DESCRIPTIONS[each.protocol],
            "path": _path(host, each),
            "cowboy_opts": NO_COWBOY,
            **_ip(each),
            "port": str(each.port),
            **_protocol(each),
        }
        for each in host.listeners
        if each.protocol in _DESCRIPTIONS
    ]


def _ip(listening: Listening) -> dict[str, str]:
    return {} if listening.host in _EVERYWHERE else {"ip": listening.host}


def _protocol(listening: Listening) -> dict[str, str]:
    """Told where it is not the API's."""
    is_metrics = listening.protocol == "http/prometheus"
    return {"protocol": listening.protocol} if is_metrics else {}


def _path(host: Host, listening: Listening) -> str:
    prefix = "" if listening.protocol == "http/prometheus" else host.settings.http.path_prefix
    return prefix or "/"


def contexts_of_node(host: Host) -> list[dict[str, Any]]:
    """The same with the node's name, as the overview has it."""
    return [{"ssl_opts": [], "node": host.broker.node, **each} for each in contexts(host)]
