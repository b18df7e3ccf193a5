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

if TYPE_CHECKING:
    from leveret.broker.exchanges.exchange import ExchangeOptions
    from leveret.broker.permissions import Permission
    from leveret.broker.queues.queue import QueueOptions
    from leveret.broker.topic_permissions import TopicKey, TopicPermission
    from leveret.broker.users import User
    from leveret.wire.values import Table


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
    """password: told instead of a hash, which is made when the user is."""

    user: User
    password: str | None = None

    def __str__(self) -> str:
        return f"user '{self.user.name}'"


@dataclass(frozen=True, slots=True)
class DefinedVhost:
    name: str

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


Entry: TypeAlias = (
    DefinedUser
    | DefinedVhost
    | DefinedPermission
    | DefinedTopicPermission
    | DefinedExchange
    | DefinedQueue
    | DefinedBinding
)

# What each section of the document holds.
SECTION_OF: Final[dict[type, str]] = {
    DefinedUser: "users",
    DefinedVhost: "vhosts",
    DefinedPermission: "permissions",
    DefinedTopicPermission: "topic_permissions",
    DefinedExchange: "exchanges",
    DefinedQueue: "queues",
    DefinedBinding: "bindings",
}
SECTIONS: Final = tuple(SECTION_OF.values())
