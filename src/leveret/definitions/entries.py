"""The entries of RabbitMQ's document as they stand in its JSON, one class for each section.

Lenient where RabbitMQ is: tags are a list or a text with commas, an empty object may be an empty
list (Erlang's), what goes without saying may be left out. Keys that are no field here are told by
reading.py, but for those in `ALSO`, which say nothing new.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, Literal

from msgspec import UNSET, Struct, UnsetType

from leveret.broker.definitions.document import (
    DefinedBinding,
    DefinedExchange,
    DefinedGlobalParameter,
    DefinedParameter,
    DefinedPermission,
    DefinedPolicy,
    DefinedQueue,
    DefinedTopicPermission,
    DefinedUser,
    DefinedVhost,
)
from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.broker.names import without_line_breaks
from leveret.broker.passwords import MD5, NO_PASSWORD, SHA256
from leveret.broker.permissions import Permission
from leveret.broker.policies import Policy
from leveret.broker.queues.queue import QueueOptions
from leveret.broker.topic_permissions import TopicPermission
from leveret.broker.users import User
from leveret.definitions.arguments import table_of, value_of
from leveret.wire.values import octets

if TYPE_CHECKING:
    from leveret.wire.values import Table, Value

NAME_OCTETS_MAX: Final = 255
# RabbitMQ before 3.6 had one algorithm and did not name it.
_BEFORE_SHA256: Final = ("1.", "2.", "3.0.", "3.1.", "3.2.", "3.3.", "3.4.", "3.5.")

PairsForm = dict[str, object] | list[list[object]]
ArgumentsForm = dict[str, object] | list[object]


class UserForm(Struct):
    """password: a plain one, instead of password_hash. administrator: a tag's name of old."""

    name: str
    tags: str | list[str] | UnsetType = UNSET
    administrator: bool | str | UnsetType = UNSET
    password_hash: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    hashing_algorithm: str | UnsetType = UNSET
    limits: PairsForm | UnsetType = UNSET

    def entry(self, version: str) -> DefinedUser:
        """`version`: the RabbitMQ that wrote it. Raises ValueError."""
        if self.password is not UNSET and self.password_hash is not UNSET:
            raise ValueError("it has both password and password_hash; give one of them")
        password = None if self.password is UNSET else self.password
        user = User(named(self.name), self._hash(), self._tags(), self._algorithm(version))
        limits = None if self.limits is UNSET else pairs_of(self.limits)
        return DefinedUser(user, password, limits)

    def _hash(self) -> bytes:
        """Without hash and password nobody logs in."""
        if self.password_hash is UNSET:
            return NO_PASSWORD
        try:
            return base64.b64decode(self.password_hash, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("password_hash is not base64") from None

    def _tags(self) -> frozenset[str]:
        if self.tags is not UNSET:
            return frozenset(words_of(self.tags))
        if self.administrator is UNSET:
            raise ValueError('it has no tags; "tags": [] says that it has none')
        is_one = self.administrator in {True, "true"}
        return frozenset({"administrator"}) if is_one else frozenset()

    def _algorithm(self, version: str) -> str:
        if self.hashing_algorithm is not UNSET:
            return self.hashing_algorithm
        return MD5 if version.startswith(_BEFORE_SHA256) else SHA256


class MetadataForm(Struct):
    """ "undefined" is how Erlang says that there is none."""

    description: str | None = None
    tags: str | list[str] | None = None
    default_queue_type: str | None = None


class VhostForm(Struct):
    """What is known of it stands in metadata, or beside the name, or in both."""

    name: str
    metadata: MetadataForm | list[object] = []
    description: str | None = None
    tags: str | list[str] | None = None
    default_queue_type: str | None = None
    tracing: bool | None = None

    def entry(self, _version: str) -> DefinedVhost:
        inner = self.metadata if isinstance(self.metadata, MetadataForm) else MetadataForm()
        tags = inner.tags if self.tags is None else self.tags
        queue_type = self.default_queue_type or inner.default_queue_type
        return DefinedVhost(
            named(self.name),
            inner.description if self.description is None else self.description,
            None if tags is None else tuple(words_of(tags)),
            None if queue_type == "undefined" else queue_type,
            self.tracing,
        )


class PermissionForm(Struct):
    user: str
    vhost: str
    configure: str
    write: str
    read: str

    def entry(self, _version: str) -> DefinedPermission:
        granted = Permission(self.configure, self.write, self.read)
        return DefinedPermission(self.user, self.vhost, granted)


class TopicPermissionForm(Struct):
    user: str
    vhost: str
    exchange: str
    write: str
    read: str

    def entry(self, _version: str) -> DefinedTopicPermission:
        granted = TopicPermission(self.write, self.read)
        return DefinedTopicPermission(self.user, self.vhost, self.exchange, granted)


class GlobalParameterForm(Struct):
    name: str
    value: object

    def entry(self, _version: str) -> DefinedGlobalParameter:
        return DefinedGlobalParameter(self.name, value_of(self.value))


class ParameterForm(Struct):
    component: str
    vhost: str
    name: str
    value: object

    def entry(self, _version: str) -> DefinedParameter:
        value = self.value
        if isinstance(value, dict) and isinstance(value.get("definition"), list):
            # rabbitmqctl writes the definition of an operator policy as pairs.
            value = {**value, "definition": pairs_of(value["definition"])}
        return DefinedParameter(self.component, self.vhost, self.name, value_of(value))


class PolicyForm(Struct, rename={"apply_to": "apply-to"}):
    name: str
    vhost: str
    pattern: str
    definition: PairsForm
    priority: int | float = 0
    apply_to: str = "all"

    def entry(self, _version: str) -> DefinedPolicy:
        said = pairs_of(self.definition)
        policy = Policy(self.name, self.pattern, said, self.priority, self.apply_to)
        return DefinedPolicy(self.vhost, policy)


class ExchangeForm(Struct):
    name: str
    vhost: str
    type: str
    durable: bool = True
    auto_delete: bool = False
    internal: bool = False
    arguments: ArgumentsForm = {}

    def entry(self, _version: str) -> DefinedExchange:
        table = arguments_of(self.arguments)
        options = ExchangeOptions(self.durable, self.auto_delete, self.internal, table)
        return DefinedExchange(self.vhost, declared(self.name), self.type, options)


class QueueForm(Struct):
    name: str
    vhost: str
    durable: bool = True
    auto_delete: bool = False
    arguments: ArgumentsForm = {}

    def entry(self, _version: str) -> DefinedQueue:
        table = arguments_of(self.arguments)
        options = QueueOptions(self.durable, False, self.auto_delete, table)
        return DefinedQueue(self.vhost, declared(self.name), options)


class BindingForm(Struct):
    source: str
    vhost: str
    destination: str
    destination_type: Literal["queue", "exchange"]
    routing_key: str = ""
    arguments: ArgumentsForm = {}

    def entry(self, _version: str) -> DefinedBinding:
        return DefinedBinding(
            self.vhost,
            declared(self.source),
            self.destination_type,
            declared(self.destination),
            named(self.routing_key),
            arguments_of(self.arguments),
        )


Form = (
    UserForm
    | VhostForm
    | PermissionForm
    | TopicPermissionForm
    | GlobalParameterForm
    | ParameterForm
    | PolicyForm
    | ExchangeForm
    | QueueForm
    | BindingForm
)

FORMS: Final[dict[str, type[Form]]] = {
    "users": UserForm,
    "vhosts": VhostForm,
    "permissions": PermissionForm,
    "topic_permissions": TopicPermissionForm,
    "global_parameters": GlobalParameterForm,
    "policies": PolicyForm,
    "parameters": ParameterForm,
    "exchanges": ExchangeForm,
    "queues": QueueForm,
    "bindings": BindingForm,
}
# Keys that RabbitMQ writes and that say nothing that is not said elsewhere.
ALSO: Final[dict[str, frozenset[str]]] = {
    "queues": frozenset({"type"}),
    # They are a parameter as well, and that is what counts.
    "vhosts": frozenset({"limits"}),
}


def named(name: str) -> str:
    """A name that AMQP can say. Raises ValueError."""
    size = len(octets(name))
    if size > NAME_OCTETS_MAX:
        raise ValueError(f"a name of {size} octets; AMQP has room for {NAME_OCTETS_MAX}")
    return name


def declared(name: str) -> str:
    """A name as a client's declare would make it. Raises ValueError."""
    return named(without_line_breaks(name))


def words_of(told: str | list[str]) -> list[str]:
    """Tags: a list, or a text with commas."""
    words = told.split(",") if isinstance(told, str) else told
    return [word.strip() for word in words if word.strip()]


def pairs_of(told: PairsForm) -> dict[str, Value]:
    """An object, or the list of pairs that Erlang sometimes makes of one. Raises ValueError."""
    pairs = told.items() if isinstance(told, dict) else told
    try:
        named_values = {str(name): value_of(value) for name, value in pairs}
    except (TypeError, ValueError):
        raise ValueError("expected an object") from None
    return named_values


def arguments_of(told: ArgumentsForm) -> Table:
    """Raises ValueError."""
    if isinstance(told, dict):
        return table_of(told)
    if told:
        raise ValueError("arguments are a list, expected an object")
    return {}
