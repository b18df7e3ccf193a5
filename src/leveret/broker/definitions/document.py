"""Definitions: all that a broker knows besides messages, as values that anybody may write down.

RabbitMQ calls such a document definitions. An entry is one thing of it; the sections are the kinds
of things, in the order in which they can be made. What JSON says of each is
leveret/definitions/entries.py's business.

Rule: an entry holds what RabbitMQ's document holds and no more, so that it survives the way there
and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from leveret.broker.vhost_metadata import VhostMetadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leveret.broker.exchanges.exchange import ExchangeOptions
    from leveret.broker.permissions import Permission
    from leveret.broker.policies import Policy
    from leveret.broker.queues.queue import QueueOptions
    from leveret.broker.topic_permissions import TopicKey, TopicPermission
    from leveret.broker.users import User
    from leveret.wire.values import Table, Value


@dataclass(frozen=True, slots=True)
class Remark:
    """Why something of a document is not taken over. entry: which, in words."""

    section: str
    entry: str
    reason: str

    def __str__(self) -> str:
        return f"{self.section}: {self.entry}: {self.reason}"


@dataclass(frozen=True, slots=True)
class DefinedUser:
    """password: told instead of a hash, which is made when the user is.

    limits: all of them; None says nothing.
    """

    user: User
    password: str | None = None
    limits: Mapping[str, Value] | None = None

    def __str__(self) -> str:
        return f"user '{self.user.name}'"


@dataclass(frozen=True, slots=True)
class DefinedVhost:
    """What is None says nothing: it stays as it is, or as in any new vhost.

    tracing: whether the firehose is on; no export says so.
    """

    name: str
    description: str | None = None
    tags: tuple[str, ...] | None = None
    default_queue_type: str | None = None
    tracing: bool | None = None

    def metadata(self, there: VhostMetadata) -> VhostMetadata:
        """What comes of what is there already."""
        return VhostMetadata(
            there.description if self.description is None else self.description,
            there.tags if self.tags is None else self.tags,
            self.default_queue_type or there.default_queue_type,
        )

    def __str__(self) -> str:
        return f"vhost '{self.name}'"


@dataclass(frozen=True, slots=True)
class DefinedPermission:
    user: str
    vhost: str
    permission: Permission

    def __str__(self) -> str:
        return f"permission of user '{self.user}' in vhost '{self.vhost}'"


@dataclass(frozen=True, slots=True)
class DefinedTopicPermission:
    user: str
    vhost: str
    exchange: str
    permission: TopicPermission

    @property
    def key(self) -> TopicKey:
        return (self.user, self.vhost, self.exchange)

    def __str__(self) -> str:
        return (
            f"topic permission of user '{self.user}' for exchange '{self.exchange}' "
            f"in vhost '{self.vhost}'"
        )


@dataclass(frozen=True, slots=True)
class DefinedExchange:
    vhost: str
    name: str
    kind: str
    options: ExchangeOptions

    def __str__(self) -> str:
        return f"exchange '{self.name}' in vhost '{self.vhost}'"


@dataclass(frozen=True, slots=True)
class DefinedGlobalParameter:
    name: str
    value: Value

    def __str__(self) -> str:
        return f"global parameter '{self.name}'"


@dataclass(frozen=True, slots=True)
class DefinedPolicy:
    vhost: str
    policy: Policy

    def __str__(self) -> str:
        return f"policy '{self.policy.name}' in vhost '{self.vhost}'"


@dataclass(frozen=True, slots=True)
class DefinedParameter:
    """A runtime parameter; operator policies and vhost limits are such as well."""

    component: str
    vhost: str
    name: str
    value: Value

    def __str__(self) -> str:
        return f"{self.component} '{self.name}' in vhost '{self.vhost}'"


@dataclass(frozen=True, slots=True)
class DefinedQueue:
    vhost: str
    name: str
    options: QueueOptions

    def __str__(self) -> str:
        return f"queue '{self.name}' in vhost '{self.vhost}'"


@dataclass(frozen=True, slots=True)
class DefinedBinding:
    """destination_kind: queue or exchange."""

    vhost: str
    source: str
    destination_kind: str
    destination: str
    routing_key: str
    arguments: Table = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"binding from exchange '{self.source}' to {self.destination_kind} "
            f"'{self.destination}' with key '{self.routing_key}' in vhost '{self.vhost}'"
        )


InVhost: TypeAlias = (
    DefinedPolicy | DefinedParameter | DefinedExchange | DefinedQueue | DefinedBinding
)
Entry: TypeAlias = (
    DefinedUser
    | DefinedVhost
    | DefinedPermission
    | DefinedTopicPermission
    | DefinedGlobalParameter
    | InVhost
)

# What each section of the document holds.
SECTION_OF: Final[dict[type, str]] = {
    DefinedUser: "users",
    DefinedVhost: "vhosts",
    DefinedPermission: "permissions",
    DefinedTopicPermission: "topic_permissions",
    DefinedGlobalParameter: "global_parameters",
    DefinedPolicy: "policies",
    DefinedParameter: "parameters",
    DefinedExchange: "exchanges",
    DefinedQueue: "queues",
    DefinedBinding: "bindings",
}
# The global parameter that says which definitions were loaded last, by RabbitMQ's name.
LOADED_LAST: Final = "imported_definition_hash_value"
# Global parameters that every broker has its own of.
OWN_PARAMETERS: Final = frozenset({"internal_cluster_id", LOADED_LAST})
SECTIONS: Final = tuple(SECTION_OF.values())
