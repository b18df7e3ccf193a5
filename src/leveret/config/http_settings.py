"""HTTP: the rows of where the management API and the metrics are served.

A port that nobody names lies where RabbitMQ's lies when AMQP is on 5672: as far beyond the AMQP
port, so that two nodes of one machine meet nowhere. Beside a free AMQP port it is a free one too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leveret.config import values
from leveret.config.rows import setting

if TYPE_CHECKING:
    from pathlib import Path

    from leveret.config.tls_settings import TlsSettings

MANAGEMENT_DISTANCE: Final = 10_000
PROMETHEUS_DISTANCE: Final = 10_020


@dataclass(frozen=True, slots=True)
class Place:
    """Where one of them is served. flag: what chooses another port."""

    protocol: str
    host: str
    port: int
    flag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Each field is a row of the table."""

    has_management: bool = setting(
        True,
        values.boolean,
        "serve no management API",
        key="management.enabled",
        flag="--no-management",
        switch="false",
        shown_default="it is served",
    )
    management_port: int | None = setting(
        None,
        values.port,
        "port of the management API, 0 for a free one",
        key="management.tcp.port",
        flag="--management-port",
        shown_default="the AMQP port and 10000: 15672",
    )
    management_host: str | None = setting(
        None,
        values.text,
        "address it listens on",
        key="management.tcp.ip",
        shown_default="--bind, or every interface",
    )
    management_tls_port: int | None = setting(
        None,
        values.port,
        "port of the management API with TLS, 0 for a free one",
        key="management.ssl.port",
        shown_default="none",
    )
    management_tls_host: str | None = setting(
        None,
        values.text,
        "address it listens on",
        key="management.ssl.ip",
        shown_default="--bind, or every interface",
    )
    management_certificate: Path | None = setting(
        None,
        values.path,
        "its certificate, PEM",
        key="management.ssl.certfile",
        shown_default="ssl_options.certfile",
    )
    management_key: Path | None = setting(
        None,
        values.path,
        "the certificate's private key",
        key="management.ssl.keyfile",
        shown_default="ssl_options.keyfile",
    )
    path_prefix: str = setting(
        "",
        values.path_prefix,
        "what every path of the management API begins with, such as /rabbit",
        key="management.path_prefix",
        shown_default="none",
    )
    body_bytes_max: int = setting(
        20_000_000,
        values.size(1024, 512 * 1024**2),
        "largest body of a request to the management API",
        key="management.max_http_body_size",
    )
    session_minutes: int = setting(
        480,
        values.whole_number(1, 60 * 24 * 365),
        "minutes until who has logged in to the console is to do so again",
        key="management.login_session_timeout",
    )
    has_metrics: bool = setting(
        True,
        values.boolean,
        "serve no metrics for Prometheus",
        key="prometheus.enabled",
        flag="--no-prometheus",
        switch="false",
        shown_default="they are served",
    )
    metrics_port: int | None = setting(
        None,
        values.port,
        "port of the metrics for Prometheus, 0 for a free one",
        key="prometheus.tcp.port",
        flag="--prometheus-port",
        shown_default="the AMQP port and 10020: 15692",
    )
    metrics_host: str | None = setting(
        None,
        values.text,
        "address they are served on",
        key="prometheus.tcp.ip",
        shown_default="--bind, or every interface",
    )
    metrics_path: str = setting(
        "/metrics", values.path_prefix, "path they are served at", key="prometheus.path"
    )
    has_metrics_per_object: bool = setting(
        False,
        values.boolean,
        "whether that path itself shows a line for each queue, channel and connection",
        key="prometheus.return_per_object_metrics",
        shown_default="false",
    )

    def has_certificate(self, tls: TlsSettings) -> bool:
        """Whether HTTPS has one, its own or AMQP's."""
        certificate = self.management_certificate or tls.certfile
        return certificate is not None and (self.management_key or tls.keyfile) is not None

    def places(self, bind: str | None, amqp_port: int) -> tuple[Place, ...]:
        """All places. amqp_port: the one that was asked for, 0 for a free one."""
        usual = bind or ""
        places = []
        if self.has_management:
            port = _port(self.management_port, amqp_port, MANAGEMENT_DISTANCE)
            host = self.management_host or usual
            places.append(Place("http", host, port, "--management-port"))
        if self.has_management and self.management_tls_port is not None:
            host, port = self.management_tls_host or usual, self.management_tls_port
            places.append(Place("https", host, port, "management.ssl.port"))
        if self.has_metrics:
            port = _port(self.metrics_port, amqp_port, PROMETHEUS_DISTANCE)
            host = self.metrics_host or usual
            places.append(Place("http/prometheus", host, port, "--prometheus-port"))
        return tuple(places)


def _port(named: int | None, amqp_port: int, distance: int) -> int:
    if named is not None:
        return named
    port = amqp_port + distance
    return port if amqp_port and port <= values.PORT_MAX else 0
