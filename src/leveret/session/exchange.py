"""Class exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.broker.exchanges.exchange import ExchangeOptions
from leveret.wire import methods

if TYPE_CHECKING:
    from leveret.session.channel import Channel


def declare(channel: Channel, method: methods.ExchangeDeclare) -> methods.ExchangeDeclareOk:
    if method.passive:
        channel.access.check_exchange(method.exchange)
        return methods.ExchangeDeclareOk()
    options = ExchangeOptions(method.durable, method.auto_delete, method.internal, method.arguments)
    channel.access.declare_exchange(method.exchange, method.exchange_type, options)
    return methods.ExchangeDeclareOk()


def delete(channel: Channel, method: methods.ExchangeDelete) -> methods.ExchangeDeleteOk:
    channel.access.delete_exchange(method.exchange, if_unused=method.if_unused)
    return methods.ExchangeDeleteOk()


def bind(channel: Channel, method: methods.ExchangeBind) -> methods.ExchangeBindOk:
    channel.access.bind_exchange(
        method.destination, method.source, method.routing_key, method.arguments
    )
    return methods.ExchangeBindOk()


def unbind(channel: Channel, method: methods.ExchangeUnbind) -> methods.ExchangeUnbindOk:
    channel.access.unbind_exchange(
        method.destination, method.source, method.routing_key, method.arguments
    )
    return methods.ExchangeUnbindOk()
