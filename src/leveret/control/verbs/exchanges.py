"""leveretctl's commands on exchanges and bindings: what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.bindings import Binding
from leveret.control.verbs.columns import fields, listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from leveret.broker.exchanges.exchange import Exchange
    from leveret.broker.vhost import Vhost
    from leveret.control.call import Call, Reply
    from leveret.control.messages import Plain


def list_exchanges(call: Call) -> Reply:
    """A vhost that is not there has none."""
    vhost = call.broker.vhosts.get(call.text("vhost"))
    exchanges = [] if vhost is None else list(vhost.exchanges.values())
    return listing(call.words("columns"), exchanges, _OF_EXCHANGE)


def list_bindings(call: Call) -> Reply:
    """The default exchange's first: every queue is bound to it, by its name."""
    vhost = call.broker.vhosts.get(call.text("vhost"))
    return listing(call.words("columns"), [] if vhost is None else _bindings(vhost), _OF_BINDING)


def _bindings(vhost: Vhost) -> list[Binding]:
    default = vhost.exchanges[""]
    implied = [Binding(default, queue, name) for name, queue in vhost.queues.items()]
    return [
        *implied,
        *(each for exchange in vhost.exchanges.values() for each in exchange.bindings),
    ]


_OF_EXCHANGE: Mapping[str, Callable[[Exchange], Plain]] = {
    "name": lambda exchange: exchange.name,
    "type": lambda exchange: exchange.type.name,
    "durable": lambda exchange: exchange.options.durable,
    "auto_delete": lambda exchange: exchange.options.auto_delete,
    "internal": lambda exchange: exchange.options.internal,
    "arguments": lambda exchange: fields(exchange.options.arguments),
    "policy": lambda exchange: exchange.policy.policy or "",
}

_OF_BINDING: Mapping[str, Callable[[Binding], Plain]] = {
    "source_name": lambda binding: binding.source.name,
    "source_kind": lambda binding: binding.source.kind,
    "destination_name": lambda binding: binding.destination.name,
    "destination_kind": lambda binding: binding.destination.kind,
    "routing_key": lambda binding: binding.routing_key,
    "arguments": lambda binding: fields(binding.arguments),
}

VERBS = {"list_bindings": list_bindings, "list_exchanges": list_exchanges}
