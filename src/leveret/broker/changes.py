"""What is durable besides messages, as values: one class for each thing that can change.

A catalogue is a row of these: applying what it has loaded, in order, gives the broker as it was;
committing one makes it part of the row.

Rule: an exchange, queue, vhost or user takes what hangs on it along when it goes (bindings,
permissions, limits, a vhost everything in it), and no further change says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker.passwords import SHA256

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.exchanges.exchange import ExchangeOptions
    from leveret.broker.permissions import Permission
    from leveret.broker.queues.queue import QueueOptions
    from leveret.broker.streams.outline import Outline
    from leveret.broker.topic_permissions import TopicPermission
    from leveret.broker.vhost_metadata import VhostMetadata
    from leveret.wire.values import Table, Value


@dataclass(frozen=True, slots=True)
class VhostAdded:
    name: str


@dataclass(frozen=True, slots=True)
class VhostDescribed:
    """What is known of a vhost besides its name."""

    name: str
    metadata: VhostMetadata


@dataclass(frozen=True, slots=True)
class VhostRemoved:
    name: str


@dataclass(frozen=True, slots=True)
class UserSet:
    """A new account, or other credentials or tags for an old one."""

    name: str
    password_hash: bytes
    tags: frozenset[str]
    hashing_algorithm: str = SHA256


@dataclass(frozen=True, slots=True)
class UserRemoved:
    name: str


@dataclass(frozen=True, slots=True)
class UserLimitsSet:
    """All limits of an account; none there means none."""

    user: str
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PermissionSet:
    user: str
    vhost: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class PermissionCleared:
    user: str
    vhost: str


@dataclass(frozen=True, slots=True)
class TopicPermissionSet:
    user: str
    vhost: str
    exchange: str
    permission: TopicPermission


@dataclass(frozen=True, slots=True)
class TopicPermissionCleared:
    user: str
    vhost: str
    exchange: str


# Components of runtime parameters that mean something to a broker.
POLICY: Final = "policy"
OPERATOR_POLICY: Final = "operator_policy"
VHOST_LIMITS: Final = "vhost-limits"


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """A runtime parameter: a policy, an operator policy, limits, ... value: any JSON."""

    component: str
    vhost: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class ParameterCleared:
    component: str
    vhost: str
    name: str


@dataclass(frozen=True, slots=True)
class GlobalParameterSet:
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class GlobalParameterCleared:
    name: str


@dataclass(frozen=True, slots=True)
class ExchangeDeclared:
    """number: as a queue's, of one that keeps messages of its own; 0 for all others."""

    vhost: str
    name: str
    kind: str
    options: ExchangeOptions
    number: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeDeleted:
    vhost: str
    name: str


@dataclass(frozen=True, slots=True)
class QueueDeclared:
    """number: the queue's own for ever; a later queue of the same name has another."""

    number: int
    vhost: str
    name: str
    options: QueueOptions


@dataclass(frozen=True, slots=True)
class QueueDeleted:
    number: int
    vhost: str
    name: str


@dataclass(frozen=True, slots=True)
class StreamGrew:
    """A block of a stream's messages is full."""

    number: int
    vhost: str
    name: str
    block: Outline


@dataclass(frozen=True, slots=True)
class StreamCut:
    """A stream begins here: what was before is gone."""

    number: int
    vhost: str
    name: str
    first_offset: int
    first_position: int


@dataclass(frozen=True, slots=True)
class Bound:
    """destination_kind: queue or exchange."""

    vhost: str
    source: str
    destination_kind: str
    destination: str
    routing_key: str
    arguments: Table


@dataclass(frozen=True, slots=True)
class Unbound:
    vhost: str
    source: str
    destination_kind: str
    destination: str
    routing_key: str
    arguments: Table


Change: TypeAlias = (
    VhostAdded
    | VhostDescribed
    | VhostRemoved
    | UserSet
    | UserRemoved
    | UserLimitsSet
    | PermissionSet
    | PermissionCleared
    | TopicPermissionSet
    | TopicPermissionCleared
    | ParameterSet
    | ParameterCleared
    | GlobalParameterSet
    | GlobalParameterCleared
    | ExchangeDeclared
    | ExchangeDeleted
    | QueueDeclared
    | QueueDeleted
    | StreamGrew
    | StreamCut
    | Bound
    | Unbound
)
