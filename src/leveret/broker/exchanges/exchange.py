"""An exchange: a name, a type that routes, and the bindings that leave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, Union

from leveret.broker.exchanges.delayed import DelayedMessage
from leveret.broker.policies import NOTHING_APPLIED, Applied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from leveret.broker.agenda import Agenda
    from leveret.broker.bindings import Binding, BindingKey
    from leveret.broker.exchanges.delays import Delays
    from leveret.broker.message import Message
    from leveret.broker.ports import Leaving
    from leveret.broker.queues.paging import Paging
    from leveret.broker.routing import Receiver, Route, Witness
    from leveret.wire.properties import Properties
    from leveret.wire.values import Table


# Where a route may lead from an exchange: to a queue or another receiver, or to an exchange.
Stop: TypeAlias = Union["Receiver", "Witness", "Exchange"]


class ExchangeType(Protocol):
    """How an exchange chooses. The one plug point for routing.

    looks_at_message: the choice depends on more than bindings and routing keys (properties,
    chance), so it can't be remembered.
    """

    name: ClassVar[str]

    @property
    def looks_at_message(self) -> bool: ...

    def check_binding(self, binding: Binding) -> None:
        """Raises PreconditionFailed for one that it can't use. Asked before clients bind."""

    def bind(self, binding: Binding) -> None:
        """A new binding, never one that is there."""

    def unbind(self, binding: Binding) -> None:
        """A binding that was bound."""

    def route(self, routing_keys: tuple[str, ...], properties: Properties) -> Iterable[Stop]:
        """Where the message goes; a destination may come up more than once.

        routing_keys: the message's own, then those of its CC and BCC.
        """


class Send(Protocol):
    """See Sender.send."""

    def __call__(self, message: Message, route: Route, leaving: Leaving | None = None, /) -> bool:
        """Publish the message."""


@dataclass(frozen=True, slots=True)
class ExchangeHome:
    """What the exchanges of a vhost have in common.

    random_bytes: that many octets of chance. route, send: for a type that publishes itself; see
    Vhost.route and Sender.send.
    """

    random_bytes: Callable[[int], bytes]
    agenda: Agenda
    paging: Paging
    route: Callable[[str, str, Properties, tuple[str, ...]], Route]
    send: Send


@dataclass(frozen=True, slots=True)
class Foundation:
    """What an exchange type is made of.

    name, arguments: its exchange's. number: of a type that keeps messages; see kinds.HOLDING.
    """

    home: ExchangeHome
    name: str
    arguments: Table
    number: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeOptions:
    """What exchange.declare says of an exchange besides its name and type."""

    durable: bool = False
    auto_delete: bool = False
    internal: bool = False
    arguments: Table = field(default_factory=dict)


class Exchange:
    """One exchange and the bindings that leave it.

    publish_in, publish_out: messages that clients published to it, and places they went to.
    """

    __slots__ = (
        "_bindings",
        "alternate",
        "name",
        "options",
        "policy",
        "publish_in",
        "publish_out",
        "type",
        "vhost_name",
        "was_bound",
    )

    kind: ClassVar[str] = "exchange"

    def __init__(
        self, vhost_name: str, name: str, exchange_type: ExchangeType, options: ExchangeOptions
    ) -> None:
        self.vhost_name = vhost_name
        self.name = name
        self.type = exchange_type
        self.options = options
        self.follow(NOTHING_APPLIED)
        self.was_bound = False
        self.publish_in = self.publish_out = 0
        self._bindings: dict[BindingKey, Binding] = {}

    def __str__(self) -> str:
        """As error texts name it."""
        return f"exchange '{self.name}' in vhost '{self.vhost_name}'"

    def follow(self, policy: Applied) -> None:
        """Another policy applies from now on. An argument beats it."""
        self.policy = policy
        said = self.options.arguments.get("alternate-exchange")
        alternate = policy.definition.get("alternate-exchange") if said is None else said
        self.alternate = alternate if isinstance(alternate, str) else None

    @property
    def delays(self) -> Delays | None:
        """What a delayed exchange holds back."""
        return self.type.delays if isinstance(self.type, DelayedMessage) else None

    def delete(self) -> None:
        """The end, called by the vhost: what it holds goes with it."""
        if self.delays is not None:
            self.delays.delete()

    @property
    def bindings(self) -> list[Binding]:
        """The bindings that leave this exchange, oldest first."""
        return list(self._bindings.values())

    @property
    def is_unused(self) -> bool:
        return not self._bindings

    @property
    def is_finished(self) -> bool:
        """An auto-delete exchange goes when its last binding has gone."""
        return self.options.auto_delete and self.was_bound and not self._bindings

    def bind(self, binding: Binding) -> bool:
        """True when the binding is new."""
        if binding.key in self._bindings:
            return False
        self._bindings[binding.key] = binding
        self.was_bound = True
        self.type.bind(binding)
        return True

    def unbind(self, key: BindingKey) -> bool:
        """True when there was such a binding."""
        binding = self._bindings.pop(key, None)
        if binding is None:
            return False
        self.type.unbind(binding)
        return True
