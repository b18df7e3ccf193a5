"""Every setting of a node: the one table.

A field of `Settings` is a row: its default, how its text is read, and where it may be written:
under a key of leveret.conf (RabbitMQ's own names), in environment variables, as a flag of
`leveret serve`. The loader, the flags and docs/configuration.md all follow this table.

Rule: a setting stands here only once it works.
Families of keys that belong together are parts with a table of their own (tls_settings.py,
socket_settings.py, http_settings.py, limit_settings.py, watch_settings.py, log_settings.py,
tap_settings.py, cluster_settings.py); rows.py says what a row is.
"""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leveret.config import values
from leveret.config.cluster_settings import ClusterSettings
from leveret.config.http_settings import HttpSettings
from leveret.config.limit_settings import LimitSettings
from leveret.config.log_settings import LogSettings
from leveret.config.rows import part, rows_of, setting
from leveret.config.socket_settings import SocketSettings
from leveret.config.tap_settings import TapSettings
from leveret.config.tls_settings import TlsSettings
from leveret.config.values import Listener
from leveret.config.watch_settings import WatchSettings

HOST = os.uname().nodename.split(".")[0] or "localhost"


# Where RabbitMQ's is when AMQP is on 5672.
NODE_DISTANCE = 20_000
ROUTE_DISTANCE = 20_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a node runs with; each field is a row of the table."""

    # The node and its files.
    node: str = setting(
        f"leveret@{HOST}",
        values.node_name(HOST),
        "the node's name",
        flag="--node",
        rabbitmq=("RABBITMQ_NODENAME",),
        shown_default="leveret@HOSTNAME",
    )
    data_dir: Path | None = setting(
        None,
        values.path,
        "directory of the node's files",
        flag="--data-dir",
        shown_default="~/.leveret/NODE",
    )
    config: Path | None = setting(
        None,
        values.path,
        "configuration file",
        flag="--config",
        metavar="FILE",
        shown_default="leveret.conf in the data directory, if there is one",
    )

    # Where it listens.
    bind: str | None = setting(
        None,
        values.text,
        "address to listen on; takes the place of the file's listeners",
        flag="--bind",
        metavar="ADDR",
        shown_default="every interface",
    )
    port: int | None = setting(
        None,
        values.port,
        "port to listen on, 0 for a free one; takes the place of the file's",
        flag="--port",
        rabbitmq=("RABBITMQ_NODE_PORT",),
        shown_default="5672",
    )
    listeners: tuple[Listener, ...] = setting(
        (Listener(),),
        values.no_listeners,
        "where to listen: listeners.tcp.default = PORT, listeners.tcp.1 = HOST:PORT",
        key="listeners.tcp",
        fold=values.add_listener,
        fold_start=(),
        environment=(),
        shown_default="5672",
    )
    tls_port: int | None = setting(
        None,
        values.port,
        "port to listen on with TLS, 0 for a free one; takes the place of the file's",
        flag="--tls-port",
        shown_default="none",
    )
    tls_listeners: tuple[Listener, ...] = setting(
        (),
        values.no_listeners,
        "where to listen with TLS: listeners.ssl.default = PORT, listeners.ssl.1 = HOST:PORT",
        key="listeners.ssl",
        fold=values.add_tls_listener,
        fold_start=(),
        environment=(),
        shown_default="none",
    )
    tls: TlsSettings = part(TlsSettings())
    sockets: SocketSettings = part(SocketSettings())
    is_proxied: bool = setting(
        False,
        values.boolean,
        "whether every connection begins with a PROXY protocol header",
        key="proxy_protocol",
        name="proxy_protocol",
        shown_default="false",
    )
    node_port: int | None = setting(
        None,
        values.port,
        "port for leveretctl and other nodes, 0 for a free one",
        flag="--node-port",
        shown_default="the AMQP port and 20000: 25672",
    )
    cookie_file: Path | None = setting(
        None,
        values.path,
        "file with the secret that nodes and leveretctl share; LEVERET_COOKIE may hold it instead",
        flag="--cookie-file",
        metavar="FILE",
        shown_default="~/.leveret.cookie",
    )

    # Clusters.
    cluster: ClusterSettings = part(ClusterSettings())

    # HTTP.
    http: HttpSettings = part(HttpSettings())

    # Who may come in.
    default_user: str = setting(
        "guest",
        values.text,
        "user made at the first start, an administrator",
        key="default_user",
        flag="--default-user",
        rabbitmq=("RABBITMQ_DEFAULT_USER",),
    )
    default_pass: str = setting(
        "guest",
        values.text,
        "that user's password",
        key="default_pass",
        flag="--default-pass",
        rabbitmq=("RABBITMQ_DEFAULT_PASS",),
    )
    default_vhost: str = setting(
        "/",
        values.text,
        "virtual host made at the first start",
        key="default_vhost",
        flag="--default-vhost",
        rabbitmq=("RABBITMQ_DEFAULT_VHOST",),
    )
    default_user_tags: frozenset[str] = setting(
        frozenset({"administrator"}),
        values.names,
        "that user's tags: none, or names; default_user_tags.TAG = true",
        key="default_user_tags",
        fold=values.add_name,
        fold_start=frozenset({"administrator"}),
        shown_default="administrator",
    )
    default_configure: str = setting(
        ".*",
        values.pattern,
        "what that user may configure: a regular expression",
        key="default_permissions.configure",
        name="default_permissions_configure",
    )
    default_write: str = setting(
        ".*",
        values.pattern,
        "what that user may write to",
        key="default_permissions.write",
        name="default_permissions_write",
    )
    default_read: str = setting(
        ".*",
        values.pattern,
        "what that user may read from",
        key="default_permissions.read",
        name="default_permissions_read",
    )
    loopback_users: frozenset[str] = setting(
        frozenset({"guest"}),
        values.names,
        "users who may come in from this machine only: none, or names; loopback_users.NAME = true",
        key="loopback_users",
        fold=values.add_name,
        fold_start=frozenset({"guest"}),
        shown_default="guest",
    )
    password_hashing_module: str = setting(
        values.SHA256, values.hashing, "how new passwords are hashed", key="password_hashing_module"
    )
    login_failures_max: int = setting(
        10, values.whole_number(0, 10_000), values.ABOUT_FAILURES, key="login_failures.max"
    )
    login_failures_window_s: float = setting(
        60.0,
        values.milliseconds,
        "milliseconds within which failed logins count",
        key="login_failures.window",
        name="login_failures_window",
        shown_default="60000",
    )
    auth_mechanisms: frozenset[str] = setting(
        frozenset({"PLAIN", "AMQPLAIN"}),
        values.mechanisms,
        "how clients may say who they are: auth_mechanisms.1 = PLAIN; also AMQPLAIN, EXTERNAL",
        key="auth_mechanisms",
        fold=values.add_mechanism,
        fold_start=frozenset(),
        shown_default="PLAIN, AMQPLAIN",
    )

    # What it loads when it starts.
    load_definitions: Path | None = setting(
        None,
        values.path,
        "definitions to load at every start: a file, or a directory of files",
        key="load_definitions",
        flag="--load-definitions",
        metavar="PATH",
        shown_default="none",
    )
    definitions_path: Path | None = setting(
        None,
        values.path,
        "the same, where definitions.import_backend is given",
        key="definitions.local.path",
        shown_default="none",
    )
    management_load_definitions: Path | None = setting(
        None,
        values.path,
        "the same, by the name that RabbitMQ's management plugin has for it",
        key="management.load_definitions",
        shown_default="none",
    )
    definitions_backend: str = setting(
        "local_filesystem",
        values.import_backend,
        "where definitions come from: local_filesystem",
        key="definitions.import_backend",
    )
    skip_unchanged_definitions: bool = setting(
        False,
        values.boolean,
        "do not load what was loaded before and has not changed since",
        key="definitions.skip_if_unchanged",
        shown_default="false",
    )
    definitions_hashing: str = setting(
        "sha256",
        values.one_of("sha", "sha224", "sha256", "sha384", "sha512"),
        "how it is told whether they have changed",
        key="definitions.hashing.algorithm",
    )

    # How far anybody may go.
    limits: LimitSettings = part(LimitSettings())

    # What it keeps, and with how much memory and disk.
    durability: str = setting(
        "fsync",
        values.one_of("fsync", "os"),
        "fsync: confirmed means on the disk; os: the system writes when it likes",
        key="durability",
        flag="--durability",
    )
    watches: WatchSettings = part(WatchSettings())

    # What it says of itself.
    cluster_name: str = setting(
        "",
        values.text,
        "name told to clients",
        key="cluster_name",
        shown_default="the node's name",
    )
    product: str = setting(
        "RabbitMQ",
        values.text,
        "product told to clients",
        key="product.name",
    )
    product_version: str = setting(
        "3.13.7",
        values.text,
        "version told to clients",
        key="product.version",
    )

    # The log.
    log: LogSettings = part(LogSettings())

    taps: TapSettings = part(TapSettings())

    @property
    def definitions(self) -> tuple[Path, ...]:
        """What to load at the start, in this order."""
        named = (self.load_definitions, self.definitions_path, self.management_load_definitions)
        return tuple(path for path in named if path is not None)

    @property
    def addresses(self) -> tuple[Listener, ...]:
        """Where to listen; bind and ports, when given, stand for the file's listeners."""
        plain = self._chosen(self.listeners, self.port, Listener())
        return plain + self._chosen(self.tls_listeners, self.tls_port, Listener(is_tls=True))

    @property
    def node_place(self) -> tuple[str | None, int]:
        """Where the node port is; no address stands for every interface, 0 for a free port."""
        return self.bind, self._beside_amqp(self.node_port, NODE_DISTANCE)

    @property
    def route_place(self) -> tuple[str | None, int]:
        """The same of the engine's routes in a cluster."""
        return self.bind, self._beside_amqp(self.cluster.route_port, ROUTE_DISTANCE)

    def _beside_amqp(self, told: int | None, distance: int) -> int:
        if told is not None:
            return told
        amqp_port = self.addresses[0].port
        port = amqp_port + distance
        return port if amqp_port and port <= values.PORT_MAX else 0

    def _chosen(
        self, listeners: tuple[Listener, ...], port: int | None, usual: Listener
    ) -> tuple[Listener, ...]:
        if port is None and (self.bind is None or not listeners):
            return listeners
        first = listeners[0] if listeners else usual
        host = first.host if self.bind is None else self.bind
        return (dataclasses.replace(first, host=host, port=first.port if port is None else port),)


ROWS = rows_of(Settings)


def settings_of(chosen: Mapping[str, object]) -> Settings:
    """The settings with these in them, by the names of their rows."""
    own: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for row in ROWS:
        if row.name in chosen:
            where = parts.setdefault(row.part, {}) if row.part else own
            where[row.attribute] = chosen[row.name]
    for name, told in parts.items():
        own[name] = dataclasses.replace(getattr(Settings(), name), **told)
    return Settings(**own)
