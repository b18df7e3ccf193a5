"""What is shown of an exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leveret.definitions.arguments import json_of, spelled
from leveret.management.view import ABSENT, View

if TYPE_CHECKING:
    from leveret.broker.exchanges.exchange import Exchange
    from leveret.management.look import Look


def _message_stats(exchange: Exchange, look: Look) -> object:
    return look.statistics.message_stats(exchange, look.span) or ABSENT


def _policy(exchange: Exchange, _look: Look) -> object:
    name = exchange.policy.policy
    return ABSENT if name is None else name


BARE_EXCHANGE: View[Exchange] = View(
    {
        "arguments": lambda exchange, _: json_of(exchange.options.arguments),
        "auto_delete": lambda exchange, _: exchange.options.auto_delete,
        "durable": lambda exchange, _: exchange.options.durable,
        "internal": lambda exchange, _: exchange.options.internal,
        "name": lambda exchange, _: spelled(exchange.name),
        "policy": _policy,
        "type": lambda exchange, _: exchange.type.name,
        "vhost": lambda exchange, _: exchange.vhost_name,
    }
)
EXCHANGE = BARE_EXCHANGE.extended({"message_stats": _message_stats})


def _no_pairs(_exchange: Exchange, _look: Look) -> list[object]:
    """Which channel publishes what: as in RabbitMQ's `basic` mode of rates, its default, nobody
    counts that."""
    return []


_DETAILS = {"incoming": _no_pairs, "outgoing": _no_pairs}
# One exchange alone.
BARE_EXCHANGE_DETAILED = BARE_EXCHANGE.extended(_DETAILS)
EXCHANGE_DETAILED = EXCHANGE.extended(_DETAILS)
