"""A binding: from an exchange, to a queue or another exchange, under a key and arguments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, Union

from leveret.wire.values import Table, encode_table

if TYPE_CHECKING:
    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.queues.kinds import AnyQueue

Destination: TypeAlias = Union["AnyQueue", "Exchange"]
BindingKey: TypeAlias = tuple[str, str, str, bytes]

_NO_FIELDS: Final = encode_table({})


@dataclass(slots=True, eq=False)
class Binding:
    """Two bindings with the same `key` are one: binding twice changes nothing.

    destination: what stands for it at the moment (replacing.py); all else of a binding is fixed.
    """

    source: Exchange
    destination: Destination
    routing_key: str
    arguments: Table = field(default_factory=dict)

    @property
    def key(self) -> BindingKey:
        """What tells it from the source's other bindings."""
        destination = self.destination
        return (destination.kind, destination.name, self.routing_key, fingerprint(self.arguments))


def fingerprint(arguments: Table) -> bytes:
    """Equal for tables with equal fields in any order."""
    # Most have none, and a binding is asked several times.
    return encode_table(dict(sorted(arguments.items()))) if arguments else _NO_FIELDS


class Bindings:
    """The bindings of a vhost seen from their ends: what has to go when a destination goes.

    Each exchange keeps the bindings that leave it; this index keeps those that arrive.
    """

    def __init__(self) -> None:
        self._arriving: dict[Destination, dict[tuple[str, BindingKey], Binding]] = {}

    def __contains__(self, binding: Binding) -> bool:
        return (binding.source.name, binding.key) in self._arriving.get(binding.destination, {})

    def add(self, binding: Binding) -> bool:
        """Bind; False when such a binding is there already, which stays as it is."""
        if not binding.source.bind(binding):
            return False
        arriving = self._arriving.setdefault(binding.destination, {})
        arriving[(binding.source.name, binding.key)] = binding
        return True

    def remove(self, binding: Binding) -> bool:
        """Unbind; False when there is none, no error (RabbitMQ: unbinding is idempotent)."""
        if not binding.source.unbind(binding.key):
            return False
        self._forget(binding)
        return True

    def remove_arriving(self, destination: Destination) -> list[Exchange]:
        """The destination is going: the exchanges that lost a binding by it."""
        arriving = self._arriving.pop(destination, {})
        for binding in arriving.values():
            binding.source.unbind(binding.key)
        return list(dict.fromkeys(binding.source for binding in arriving.values()))

    def remove_leaving(self, exchange: Exchange) -> None:
        """The exchange is going, and what it was bound to loses those bindings."""
        for binding in exchange.bindings:
            exchange.unbind(binding.key)
            self._forget(binding)

    def redirect(self, old: Destination, new: Destination) -> None:
        """Another object stands for the destination: the exchanges keep their bindings."""
        arriving = self._arriving.pop(old, None)
        if arriving is None:
            return
        for binding in arriving.values():
            binding.destination = new
        self._arriving[new] = arriving

    def arriving(self, destination: Destination) -> list[Binding]:
        """The bindings that end at a destination, oldest first."""
        return list(self._arriving.get(destination, {}).values())

    def _forget(self, binding: Binding) -> None:
        arriving = self._arriving[binding.destination]
        del arriving[(binding.source.name, binding.key)]
        if not arriving:
            del self._arriving[binding.destination]
