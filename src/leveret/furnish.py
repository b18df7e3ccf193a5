"""A broker with what belongs in it: what the engine kept, or what a first start makes; and what the
settings want to be there at every start.
"""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from leveret.broker.attempts import Patience
from leveret.broker.broker import Broker
from leveret.broker.logins import Entry
from leveret.broker.memory import MEMORY
from leveret.broker.node_limits import NodeLimits
from leveret.broker.patterns import InvalidPattern
from leveret.broker.permissions import Permission
from leveret.broker.restore import Unrestorable
from leveret.broker.vhost_metadata import VhostMetadata
from leveret.errors import StartRefused

if TYPE_CHECKING:
    from leveret.broker.ports import Storage
    from leveret.config import Settings
    from leveret.storage.engine import Engine

# What RabbitMQ says of the vhost that a first start makes.
DEFAULT_VHOST: Final = VhostMetadata("Default virtual host")


class Shared(Protocol):
    """What a node in a cluster shares with the others (cluster/sharing.py)."""

    @property
    def storage(self) -> Storage:
        """What a broker is built on."""

    def furnish(self, broker: Broker) -> None:
        """Make it what all nodes know. Raises Unrestorable."""


def furnished(
    settings: Settings,
    engine: Engine | None,
    definitions: bytes | None,
    shared: Shared | None = None,
) -> Broker:
    """The broker of a node. Raises StartRefused.

    engine: what keeps its things; None for a node without a data directory.
    definitions: a document in RabbitMQ's JSON, laid over what the settings make.
    shared: what a cluster knows, without the definitions; None for a node alone.
    """
    storage = MEMORY if engine is None else engine.storage
    if shared is not None:
        storage = shared.storage
    broker = Broker(time.monotonic, secrets.token_bytes, _entry(settings), storage)
    broker.agenda.wall_clock = time.time
    broker.node = settings.node
    is_new = engine is None or not _restore(broker, shared)
    if is_new and not settings.definitions:
        _make_defaults(broker, settings)
    if shared is None:
        load_definitions(broker, settings, definitions)
    if engine is not None:
        engine.on_trouble(partial(_raise_alarm, broker))
        engine.tidy_up()
    limits = settings.limits
    broker.node_limits = NodeLimits(limits.channel_max_per_node, limits.cluster_queue_limit)
    broker.started_at = int(time.time())
    return broker


def _entry(settings: Settings) -> Entry:
    """What the settings ask of those who come in."""
    return Entry(
        settings.loopback_users,
        settings.password_hashing_module,
        Patience(settings.login_failures_max, settings.login_failures_window_s),
    )


def _restore(broker: Broker, shared: Shared | None) -> bool:
    """Whether there was anything. Raises StartRefused."""
    try:
        if shared is None:
            return broker.restore()
        shared.furnish(broker)
        return True
    except Unrestorable as error:
        raise StartRefused(
            f"cannot restore what the catalogue keeps: {error}; start the version of Leveret that "
            "wrote metadata.sqlite, or restore it from a backup"
        ) from error


def load_definitions(broker: Broker, settings: Settings, definitions: bytes | None) -> None:
    """What the settings want to be there at every start; in a cluster it is done with the pen in
    hand. Raises StartRefused."""
    paths = settings.definitions
    if not paths and definitions is None:
        return
    from leveret.definitions import starting  # noqa: PLC0415  # seldom used

    algorithm = settings.definitions_hashing if settings.skip_unchanged_definitions else None
    starting.load_at_start(broker, paths, algorithm)
    if definitions is not None:
        starting.load_document(broker, definitions)


def _make_defaults(broker: Broker, settings: Settings) -> None:
    """The vhost and the user of a first start. As RabbitMQ, a node that loads definitions makes
    none of its own: anybody would know the password."""
    vhost, user = settings.default_vhost, settings.default_user
    broker.add_vhost(vhost, DEFAULT_VHOST)
    broker.users.add(user, settings.default_pass, settings.default_user_tags)
    rights = (settings.default_configure, settings.default_write, settings.default_read)
    try:
        broker.set_permission(user, vhost, Permission(*rights))
    except InvalidPattern as error:
        raise StartRefused(f"cannot grant user '{user}' its permissions: {error}") from error


def _raise_alarm(broker: Broker, log_name: str, error: OSError | None) -> None:
    """Writing fails, or works again: publishers wait meanwhile."""
    source = f"writing {log_name}"
    if error is None:
        broker.alarms.clear("disk", source)
    else:
        broker.alarms.set("disk", source)
